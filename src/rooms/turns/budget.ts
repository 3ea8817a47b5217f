import type { Limits } from '../../protocol/limits.ts'

/** How long a mention waits for its answer, and a pair counts (T7). */
export const minuteMs = 60_000
const hourMs = 3_600_000
/** How long a turn counts towards a budget. */
export const budgetWindowMs = 86_400_000

/** How often two agents may prompt each other, or two bots answer each other, within a minute (T7). */
export const turnsPerPair = 20
/** The highest hop of a reply: it is one above that of its prompt, and a person's message has 0 (T7). */
export const maxHops = 8

const agentPrefix = 'agent:' // of the user id of an agent that prompts

/**
 * A turn that began, and the tokens it used. `payer`: the person whom it is charged to, null if not known; `seq`: of its
 * prompt; `end`: of its reply, null before that.
 */
export type UsageEntry = {
  at: number
  promptedBy: string
  agent: string
  tokens: number
  payer: string | null
  seq: number
  end: number | null
}

/** The reason why a turn may not begin. */
export type BudgetViolation = { code: 'loop_guard' | 'rate_limited'; message: string; retryAfterMs: number }

/** The turns and tokens a circle may use in a day. Entries are oldest first; earlier usage is read from the log. */
export class Budget {
  readonly #limits: Limits
  #usage: UsageEntry[]

  constructor(limits: Limits, usage: UsageEntry[]) {
    this.#limits = limits
    this.#usage = usage
  }

  /** Returns the reason why this turn may not begin now, or null. */
  check(
    { promptedBy, agent, hop }: { promptedBy: string; agent: string; hop: number },
    now: number,
  ): BudgetViolation | null {
    this.#usage = this.#usage.filter(({ at }) => at > now - budgetWindowMs)
    if (hop > maxHops) return loop('The agents have replied to each other too many times in a row.', 0)
    const { turns_per_person_hour, turns_per_circle_day, tokens_per_circle_day } = this.#limits
    const pair = within(this.#usage, minuteMs, now).filter(one => isPair(one, promptedBy, agent))
    if (pair.length >= turnsPerPair) {
      return loop(
        `The agents prompted each other ${turnsPerPair} times within a minute.`,
        untilFree(pair, minuteMs, now),
      )
    }
    const hour = within(this.#usage, hourMs, now).filter(one => one.promptedBy === promptedBy)
    if (!promptedBy.startsWith(agentPrefix) && hour.length >= turns_per_person_hour) {
      const message = `You have prompted agents ${turns_per_person_hour} times within an hour.`
      return overLimit(message, untilFree(hour, hourMs, now))
    }
    if (this.#usage.length >= turns_per_circle_day) {
      const wait = untilFree(this.#usage, budgetWindowMs, now)
      return overLimit(`Agents were prompted ${turns_per_circle_day} times in this circle within a day.`, wait)
    }
    if (this.#usage.reduce((sum, { tokens }) => sum + tokens, 0) >= tokens_per_circle_day) {
      const wait = untilFree(this.#usage, budgetWindowMs, now)
      return overLimit(`Agents have used this circle's ${tokens_per_circle_day} tokens for the day.`, wait)
    }
    return null
  }

  /** Counts a turn that began. */
  recordTurn(turn: TurnOf, payer: string | null, now: number): void {
    this.#usage.push({ ...entryOf(turn), payer, at: now, tokens: 0, end: null })
  }

  /** Counts the tokens of a reply. `end`: its seq. */
  recordTokens(turn: TurnOf, { payer, tokens, end }: Pick<UsageEntry, 'payer' | 'tokens' | 'end'>, now: number): void {
    const { promptedBy, agent } = turn
    const entry = this.#usage.findLast(one => one.promptedBy === promptedBy && one.agent === agent && one.tokens === 0)
    if (entry) Object.assign(entry, { tokens, end })
    else this.#usage.push({ ...entryOf(turn), payer, at: now, tokens, end })
  }

  /** The turns or tokens that are charged to a person, or to anybody (null), since an event or a time (ms). */
  usedSince(resource: 'turns' | 'tokens', payer: string | null): (seq: number | null, time: number) => number {
    return (seq, time) => {
      const counted = this.#usage.filter(one => {
        if (payer !== null && one.payer !== payer) return false
        return seq === null ? one.at >= time : (resource === 'turns' ? one.seq : (one.end ?? 0)) > seq
      })
      return resource === 'turns' ? counted.length : counted.reduce((sum, { tokens }) => sum + tokens, 0)
    }
  }
}

type TurnOf = Pick<UsageEntry, 'promptedBy' | 'agent' | 'seq'>

function entryOf({ promptedBy, agent, seq }: TurnOf): TurnOf {
  return { promptedBy, agent, seq }
}

/** Returns whether an entry is between these two agents, in either direction. A person and an agent are no pair. */
function isPair(one: UsageEntry, promptedBy: string, agent: string): boolean {
  if (!promptedBy.startsWith(agentPrefix)) return false
  const isSame = one.promptedBy === promptedBy && one.agent === agent
  return isSame || (one.promptedBy === agentPrefix + agent && agentPrefix + one.agent === promptedBy)
}

function within(usage: UsageEntry[], ms: number, now: number): UsageEntry[] {
  return usage.filter(({ at }) => at > now - ms)
}

/** Ms until the oldest entry no longer counts. */
function untilFree(usage: UsageEntry[], ms: number, now: number): number {
  return Math.max(0, (usage[0]?.at ?? now) + ms - now)
}

function loop(message: string, retryAfterMs: number): BudgetViolation {
  return { code: 'loop_guard', message, retryAfterMs }
}

function overLimit(message: string, retryAfterMs: number): BudgetViolation {
  return { code: 'rate_limited', message, retryAfterMs }
}
