import { Live } from '../agents/live.ts'
import { mentionsIn } from '../agents/mentions.ts'
import { whoAnswers } from '../agents/routing.ts'
import type { Outcome, Progress } from '../agents/runner.ts'
import { attempts, type Turn, Turns } from '../agents/turns.ts'
import type { EventOf } from '../protocol/events.ts'
import type { LiveTurn } from '../protocol/frames.ts'
import { limits } from '../protocol/limits.ts'
import { broadcast, type Effect, ephemeral } from './effects.ts'
import type { Log } from './log.ts'
import { type Given, sessionIdOf } from './parts.ts'
import type { Settings } from './settings.ts'
import { turnRequest } from './turn-request.ts'

const leaseMs = 60_000
const hopsAllowed = 8

type Line = EventOf<'message'> | EventOf<'agent_message'>
type Around = Given & { log: Log; settings: Settings }

/** The turns of a room's agents: who is asked, what they say meanwhile, and the one answer each turn gets. */
export class Answers {
  readonly #around: Around
  readonly #turns: Turns
  readonly #live = new Map<string, Live>()

  constructor(around: Around) {
    this.#around = around
    this.#turns = new Turns(around.sql)
  }

  /** When the alarm owes something (ms), or null. */
  get nextDue(): number | null {
    return this.#turns.nextDue
  }

  /** When a held-back delta is to be told (ms), or null. */
  nextDelta(): number | null {
    let next: number | null = null
    for (const live of this.#live.values()) {
      const at = live.nextDelta()
      if (at !== null) next = next === null ? at : Math.min(next, at)
    }
    return next
  }

  /** Turns in flight, for a newcomer. */
  live(): LiveTurn[] {
    return [...this.#live.values()].map(live => live.show())
  }

  /** Stores the turns a line asks for. Belongs into the transaction that stores the line. */
  ask(line: Line, asker: string, now: number): Effect[] {
    if (!this.#around.channel.wakesAgents) return []
    return this.#asked(line).flatMap(agent => {
      const turn = {
        id: this.#around.newId(),
        seq: line.seq,
        agent,
        session: this.#sessionOf(line),
        asker,
        hop: line.data.hop + 1,
      }
      if (turn.hop > hopsAllowed)
        return [this.#failed(turn, 0, 'loop_guard', 'Agents talked to each other long enough.', now)]
      if (this.#turns.count(agent) > limits.turns_queued)
        return [this.#failed(turn, 0, 'queue_full', `${this.#nameOf(agent)} has too many questions waiting.`, now)]
      this.#turns.ask(turn, now)
      return []
    })
  }

  /** Calls whoever is free and owes an answer; gives up turns whose last call was lost. */
  start(now: number): Effect[] {
    if (this.#turns.nextDue === null || this.#turns.nextDue > now) return []
    const effects: Effect[] = []
    for (let ready = this.#ready(now); ready.length > 0; ready = this.#ready(now)) {
      for (const turn of ready) effects.push(...this.#call(turn, now))
    }
    return effects
  }

  /** An attempt at a turn said more. What earlier attempts still say means nothing any more. */
  part(turnId: string, attempt: number, part: Progress, now: number): Effect[] {
    const live = this.#running(turnId, attempt)
    if (live === null) return []
    if (part.type === 'status') {
      return live.setState(part.state, part.tool) ? [this.#status(live.turn, part.state, part.tool, now)] : []
    }
    live.add(part.text)
    const checkpoint = live.takeCheckpoint(now)
    if (checkpoint !== null) this.#turns.checkpoint(turnId, checkpoint)
    return this.#tellDelta(live, now)
  }

  /** An attempt at a turn is over. */
  ended(turnId: string, attempt: number, outcome: Outcome, now: number): Effect[] {
    const live = this.#running(turnId, attempt)
    if (live === null) return []
    switch (outcome.type) {
      case 'answered': {
        const { usage, truncated } = outcome
        return this.#commit(live, { ...(usage && { usage }), ...(truncated && { truncated }) }, now)
      }
      case 'failed':
        return this.#fail(live.turn, outcome, now)
      case 'stopped': // by a stop, which has committed what there was; the call itself comes later
      case 'asks':
        return this.#fail(
          live.turn,
          { code: 'agent_bad_answer', message: 'The agent asks for an approval.', retry: false },
          now,
        )
      default:
        return outcome satisfies never
    }
  }

  /** Ends a turn early, keeping what was said. Null: no such turn. */
  stop(turnId: string, now: number): Effect[] | null {
    const turn = this.#turns.find(turnId)
    if (turn === null) return null
    const live = this.#live.get(turnId) ?? new Live(turn, now)
    return [{ do: 'cancel', turn: turnId }, ...this.#commit(live, { stopped: true }, now)]
  }

  /** Who asked for a turn, or null if there is no such turn. */
  askerOf(turnId: string): string | null {
    return this.#turns.find(turnId)?.asker ?? null
  }

  /** Tells the deltas whose pause is over. */
  tell(now: number): Effect[] {
    return [...this.#live.values()].flatMap(live => this.#tellDelta(live, now))
  }

  #ready(now: number): Turn[] {
    return this.#turns.ready(now, turn => !this.#live.has(turn.id))
  }

  #asked(line: Line): string[] {
    const { settings, agents } = this.#around
    const known = agents.ids
    if (line.type === 'agent_message') {
      return mentionsIn(line.data.content, known).filter(agent => agent !== line.data.agent_id)
    }
    const { default_agent, rules } = settings.value
    return whoAnswers({
      to: line.data.to ?? null,
      content: line.data.content,
      rules,
      defaultAgent: default_agent,
      known,
    })
  }

  #call(turn: Turn, now: number): Effect[] {
    if (this.#live.delete(turn.id) || turn.state === 'running') {
      // The lease ran out, or the object died while the agent was at work.
      if (turn.attempt >= attempts) return this.#giveUp(turn, 'agent_timeout', 'The agent did not finish.', now)
    }
    const claimed = this.#turns.claim(turn, leaseMs, now)
    const asked = this.#around.log.at(turn.seq)
    if (asked === null || (asked.type !== 'message' && asked.type !== 'agent_message'))
      return this.#giveUp(claimed, 'not_found', 'The question is no longer kept.', now)
    this.#live.set(turn.id, new Live(claimed, now))
    return [
      ...(claimed.attempt > 1
        ? [broadcast({ type: 'retry', event: asked, attempt: claimed.attempt - 1, at: now })]
        : []),
      this.#status(claimed, 'thinking', undefined, now),
      { do: 'call', request: turnRequest(this.#around, claimed, asked, now) },
    ]
  }

  #tellDelta(live: Live, now: number, atOnce = false): Effect[] {
    const delta = live.takeDelta(now, atOnce)
    if (delta === null) return []
    const { id: turn, agent: agent_id } = live.turn
    return [broadcast(ephemeral('agent_delta', { turn, agent_id, ...delta }, now))]
  }

  #running(turnId: string, attempt: number): Live | null {
    const live = this.#live.get(turnId)
    return live?.turn.attempt === attempt ? live : null
  }

  #commit(
    live: Live,
    more: Pick<EventOf<'agent_message'>['data'], 'usage' | 'stopped' | 'truncated'>,
    now: number,
  ): Effect[] {
    const { turn } = live
    const rest = this.#tellDelta(live, now, true)
    const answer = this.#around.sql.transaction(() => {
      const event = this.#around.log.append(
        {
          type: 'agent_message',
          user: `agent:${turn.agent}`,
          id: `turn:${turn.id}`,
          data: {
            content: live.text,
            agent_id: turn.agent,
            agent_name: this.#nameOf(turn.agent),
            turn: turn.id,
            in_reply_to: turn.seq,
            session_id: turn.session,
            ...more,
            hop: turn.hop,
          },
        },
        now,
      )
      this.#turns.remove(turn.id)
      this.#live.delete(turn.id)
      return [broadcast(event), ...this.ask(event, `agent:${turn.agent}`, now)]
    })
    return [...rest, ...answer, this.#status(turn, 'idle', undefined, now), ...this.start(now)]
  }

  #fail(
    turn: Turn,
    { code, message, retry }: { code: string; message: string; retry: boolean },
    now: number,
  ): Effect[] {
    this.#live.delete(turn.id)
    if (turn.attempt >= attempts || !retry) return this.#giveUp(turn, code, message, now)
    this.#turns.retry(turn, now)
    return [this.#status(turn, 'queued', undefined, now)]
  }

  #giveUp(turn: Turn, code: string, message: string, now: number): Effect[] {
    const failed = this.#around.sql.transaction(() => {
      this.#turns.remove(turn.id)
      return this.#failed(turn, turn.attempt, code, message, now)
    })
    return [failed, this.#status(turn, 'idle', undefined, now), ...this.start(now)]
  }

  #failed(
    turn: Omit<Turn, 'state' | 'attempt' | 'due' | 'text'>,
    tries: number,
    code: string,
    message: string,
    now: number,
  ): Effect {
    const { id, agent: agent_id, seq: in_reply_to, session } = turn
    const data = { turn: id, agent_id, in_reply_to, code, message, attempts: tries }
    const origin = { session }
    return broadcast(
      this.#around.log.append({ type: 'turn_failed', user: `agent:${agent_id}`, id: `turn:${id}`, data, origin }, now),
    )
  }

  #status(turn: Turn, state: LiveTurn['state'], tool: string | undefined, now: number): Effect {
    const { id, agent: agent_id, seq: in_reply_to, attempt } = turn
    const data = { turn: id, agent_id, in_reply_to, state, ...(tool === undefined ? {} : { tool }), attempt }
    return broadcast(ephemeral('agent_status', data, now))
  }

  #sessionOf(line: Line): string {
    if (line.type === 'agent_message') return line.data.session_id
    return sessionIdOf(this.#around.settings, line.data.user_id, line.origin?.source)
  }

  #nameOf(agent: string): string {
    return this.#around.agents.about(agent).name
  }
}
