import type { Limits } from '../../protocol/limits.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
/** What is older counts for nothing. */
export const budgetWindowMs = 86_400_000

/** How many turns two agents may ask of each other within a minute (T7). */
const turnsPerPair = 20
/** How many agents may stand between a person's line and an answer (T7): what they say has a hop below this. */
const hops = 8

const agentPrefix = 'agent:' // of an agent that asks

/** A turn that was asked, and what it cost. */
export type UsageEntry = { at: number; asker: string; agent: string; tokens: number }

/** Why a turn is not begun. */
export type BudgetViolation = { code: 'loop_guard' | 'rate_limited'; message: string; retryAfterMs: number }

/** What a circle may spend on its agents. It remembers a day, and is told by the log what happened before it began. */
export class Budget {
  readonly #limits: Limits
  #spent: UsageEntry[]

  constructor(limits: Limits, spent: UsageEntry[]) {
    this.#limits = limits
    this.#spent = spent
  }

  /** Why this turn may not begin now; null if it may. */
  check({ asker, agent, hop }: { asker: string; agent: string; hop: number }, now: number): BudgetViolation | null {
    this.#spent = this.#spent.filter(({ at }) => at > now - budgetWindowMs)
    if (hop > hops) return loop('Agents have talked to each other long enough.', 0)
    const { turns_per_person_hour, turns_per_circle_day, tokens_per_circle_day } = this.#limits
    const pair = within(this.#spent, minuteMs, now).filter(one => isPair(one, asker, agent))
    if (pair.length >= turnsPerPair) {
      return loop(`They asked each other ${turnsPerPair} times within a minute.`, untilFree(pair, minuteMs, now))
    }
    const hour = within(this.#spent, hourMs, now).filter(one => one.asker === asker)
    if (!asker.startsWith(agentPrefix) && hour.length >= turns_per_person_hour) {
      return spent(`you have asked agents ${turns_per_person_hour} times within an hour`, untilFree(hour, hourMs, now))
    }
    if (this.#spent.length >= turns_per_circle_day) {
      const wait = untilFree(this.#spent, budgetWindowMs, now)
      return spent(`agents were asked ${turns_per_circle_day} times here within a day`, wait)
    }
    if (this.#spent.reduce((sum, { tokens }) => sum + tokens, 0) >= tokens_per_circle_day) {
      const wait = untilFree(this.#spent, budgetWindowMs, now)
      return spent(`agents have used up this circle's ${tokens_per_circle_day} tokens of the day`, wait)
    }
    return null
  }

  asked(asker: string, agent: string, now: number): void {
    this.#spent.push({ at: now, asker, agent, tokens: 0 })
  }

  /** An answer has cost so many tokens. */
  used(asker: string, agent: string, tokens: number, now: number): void {
    const turn = this.#spent.findLast(one => one.asker === asker && one.agent === agent && one.tokens === 0)
    if (turn) turn.tokens = tokens
    else this.#spent.push({ at: now, asker, agent, tokens })
  }
}

/** Did these two agents talk to each other, whoever asked? A person and an agent are no pair. */
function isPair(one: UsageEntry, asker: string, agent: string): boolean {
  if (!asker.startsWith(agentPrefix)) return false
  const isSame = one.asker === asker && one.agent === agent
  return isSame || (one.asker === agentPrefix + agent && agentPrefix + one.agent === asker)
}

function within(spent: UsageEntry[], ms: number, now: number): UsageEntry[] {
  return spent.filter(({ at }) => at > now - ms)
}

/** When the oldest of them counts no longer. */
function untilFree(spent: UsageEntry[], ms: number, now: number): number {
  return Math.max(0, (spent[0]?.at ?? now) + ms - now)
}

function loop(message: string, retryAfterMs: number): BudgetViolation {
  return { code: 'loop_guard', message, retryAfterMs }
}

function spent(message: string, retryAfterMs: number): BudgetViolation {
  return { code: 'rate_limited', message, retryAfterMs }
}
