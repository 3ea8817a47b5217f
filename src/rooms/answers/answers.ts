import { deltaPause, Live } from '../../agents/live.ts'
import type { Outcome, Progress } from '../../agents/runner.ts'
import { failures, type Question, type Turn, Turns, tries } from '../../agents/turns.ts'
import type { EventOf } from '../../protocol/events.ts'
import type { LiveTurn } from '../../protocol/frames.ts'
import type { ApprovalAsk, Decision } from '../../protocol/turns.ts'
import { broadcast, type Effect, refuse } from '../effects.ts'
import type { Spoken } from '../lines.ts'
import type { Session } from '../session.ts'
import { activity } from './activity.ts'
import { type Approval, Approvals } from './approvals.ts'
import type { Around } from './around.ts'
import { Asking } from './asking.ts'
import { turnRequest } from './request.ts'
import { type AnswerMarks, appendAnswer, appendAsk, appendFailure, delta, queuedTurn, status } from './telling.ts'

/** A lease outlives the call by this: while we are alive, the runner ends a call that takes too long. */
const leaseSlackMs = 15_000
/** Calls that begin in one event; what is left is called by the next alarm (platform: 32 invocations per request). */
const callsAtOnce = 16

/** A call that failed. `pauseMs`: until it is tried again; if absent, longer each time. */
type Failure = { code: string; message: string; retry: boolean; pauseMs?: number }

/** The turns of a room's agents: who is asked, what they say meanwhile, and the one end each turn has. */
export class Answers {
  readonly turns: Turns
  readonly #around: Around
  readonly #approvals: Approvals
  readonly #live = new Map<string, Live>()
  readonly #asking: Asking
  readonly #leaseMs: number

  constructor(around: Around) {
    this.#around = around
    this.#leaseMs = around.limits.turn_seconds * 1_000 + leaseSlackMs
    this.turns = new Turns(around.sql, around.limits.turns_at_once)
    this.#approvals = new Approvals(around.sql)
    this.#asking = new Asking(around, this.turns)
  }

  /** When the alarm owes something (ms), or null. */
  get nextDue(): number | null {
    return this.turns.nextDue
  }

  /** When something held back is to be told (ms), or null. */
  nextTelling(): number | null {
    if (this.#live.size === 0) return null
    const pauseMs = deltaPause(this.#around.presence.listeners)
    const due = [...this.#live.values()].flatMap(live => live.nextTelling(pauseMs) ?? [])
    return due.length === 0 ? null : Math.min(...due)
  }

  /** Turns in flight, for a newcomer: those that are answered just now, and those in line. */
  live(): LiveTurn[] {
    const isAnyInLine = this.turns.levels.waiting > 0 // known without looking: most circles owe nobody an answer
    const waiting = isAnyInLine ? this.turns.all() : []
    const inLine = waiting.filter(({ id, state }) => state === 'queued' && !this.#live.has(id))
    return [...[...this.#live.values()].map(live => live.show()), ...inLine.map(queuedTurn)]
  }

  /** Does a line ask anybody? */
  isAsked(line: Pick<EventOf<'message'>, 'type' | 'data'>): boolean {
    return this.#asking.agentsOf(line).length > 0
  }

  /** Begins or stores the turns a line asks for. Belongs into the transaction that stores the line. */
  ask(line: Spoken, session: Session | null, now: number, request = session?.request ?? null): Effect[] {
    const effects: Effect[] = []
    let told = false // one frame to the asker, however many agents it asked
    for (const { question, objection } of this.#asking.questionsOf(line, request, now)) {
      if (objection === null) effects.push(...this.#begin(question, now))
      else if (line.type === 'agent_message' || objection.code === 'loop_guard')
        effects.push(broadcast(appendFailure(this.#around, { ...question, attempt: 0 }, objection, now)))
      else if (session !== null && !told) {
        const { code, message, retryAfterMs } = objection
        effects.push(refuse(session, null, { code, message, retry_after_ms: retryAfterMs }, now))
        told = true
      }
    }
    return effects
  }

  /** Does what is due: calls whoever is free and owes an answer, gives up what is lost or was never decided. */
  start(now: number): Effect[] {
    const effects: Effect[] = []
    let calls = 0
    while (calls < callsAtOnce) {
      const turn = this.turns.next(now, turn => !this.#live.has(turn.id))
      if (turn === null) break
      const next = this.#attend(turn, now)
      calls += next.filter(effect => effect.do === 'call').length
      effects.push(...next)
    }
    return effects
  }

  /** An attempt at a turn said more. What earlier attempts still say means nothing any more. */
  part(turnId: string, attempt: number, part: Progress, now: number): Effect[] {
    const live = this.#current(turnId, attempt)
    if (live === null) return []
    if (part.type === 'status') {
      live.setState(part.state, part.tool)
      return this.#tellStatus(live, now)
    }
    live.add(part.text)
    const checkpoint = live.takeCheckpoint(now)
    if (checkpoint !== null) this.turns.checkpoint(turnId, checkpoint)
    return this.#tellDelta(live, now)
  }

  /** An attempt at a turn is over. Whoever stands in line is called by the alarm, in an event of its own. */
  ended(turnId: string, attempt: number, outcome: Outcome, now: number): Effect[] {
    const live = this.#current(turnId, attempt)
    if (live === null) return []
    switch (outcome.type) {
      case 'answered': {
        const { usage, truncated } = outcome
        return this.#commit(live, { ...(usage && { usage }), ...(truncated && { truncated }) }, now)
      }
      case 'asks':
        return this.#waitFor(live, outcome.ask, now)
      case 'failed':
        return this.#fail(live, outcome, now)
      case 'stopped': // nobody stopped it here, or it would be over: the call was cut off
        return this.#fail(live, { code: 'agent_died', message: 'The agent broke off.', retry: true }, now)
      default:
        return outcome satisfies never
    }
  }

  /** The turn, if this attempt is the one that counts. */
  current(turnId: string, attempt: number): Turn | null {
    return this.#current(turnId, attempt)?.turn ?? null
  }

  /** Ends a turn early, keeping what was said. Null: no such turn. */
  stop(turnId: string, by: string, now: number): Effect[] | null {
    const turn = this.turns.find(turnId)
    if (turn === null || turn.state === 'planned') return null
    const approval = this.#approvals.ofTurn(turnId)
    const decided = approval === null ? [] : this.#close(approval, { decision: 'rejected', by }, null, now)
    const live = this.#live.get(turnId) ?? new Live(turn, now)
    return [{ do: 'cancel', turn: turnId }, ...decided, ...this.#commit(live, { stopped: true }, now)]
  }

  /** Who asked for a turn, or null if there is no such turn. */
  askerOf(turnId: string): string | null {
    return this.turns.find(turnId)?.asker ?? null
  }

  /** Something an agent wants to be allowed, or null if nobody asks for it any more. */
  approval(id: string): Approval | null {
    return this.#approvals.find(id)
  }

  /** Somebody decided: recorded, and the turn goes on with it. */
  decide(approval: Approval, decision: Omit<Decision, 'approval'>, id: string | null, now: number): Effect[] {
    return this.#around.sql.transaction(() => this.#close(approval, decision, id, now))
  }

  /** Tells what was held back and whose pause is over. */
  tell(now: number): Effect[] {
    return [...this.#live.values()].flatMap(live => [...this.#tellStatus(live, now), ...this.#tellDelta(live, now)])
  }

  #begin(question: Question, now: number): Effect[] {
    if (this.turns.isFree(question.agent)) return this.#call(this.turns.begin(question, this.#leaseMs, now), now)
    this.turns.queue(question, now)
    return [status({ ...question, attempt: 0 }, 'queued', undefined, now)]
  }

  #attend(turn: Turn, now: number): Effect[] {
    switch (turn.state) {
      case 'queued':
        return this.#call(this.turns.claim(turn, this.#leaseMs, now), now)
      case 'planned':
        return [status(this.turns.resume(turn, [], now), 'queued', undefined, now)]
      case 'waiting': {
        const approval = this.#approvals.ofTurn(turn.id)
        if (approval === null) throw new Error(`turn ${turn.id} waits for an approval that does not exist`)
        return this.decide(approval, { decision: 'expired', by: null }, null, now)
      }
      case 'running': {
        // The lease ran out, or the object died while the agent was at work.
        const lost = { code: 'agent_lost', message: 'The agent was interrupted.', retry: true, pauseMs: 0 }
        return [
          { do: 'cancel', turn: turn.id },
          ...this.#fail(this.#live.get(turn.id) ?? new Live(turn, now), lost, now),
        ]
      }
      default:
        return turn.state satisfies never
    }
  }

  #call(turn: Turn, now: number): Effect[] {
    const live = new Live(turn, now)
    const request = turnRequest(this.#around, turn, now)
    if (request === null) {
      return this.#fail(live, { code: 'not_found', message: 'The question is no longer kept.', retry: false }, now)
    }
    this.#live.set(turn.id, live)
    const retries = failures(turn) - 1
    const asked = retries > 0 ? this.#around.lines.at(turn.seq) : null
    return [
      ...(asked === null ? [] : [broadcast({ type: 'retry', event: asked, attempt: retries, at: now })]),
      status(turn, 'thinking', undefined, now),
      { do: 'call', request },
      activity(this.#around, turn, { activity: 'started' }),
    ]
  }

  #tellStatus(live: Live, now: number): Effect[] {
    const next = live.takeStatus(now)
    if (next === null) return []
    const { state, tool } = next
    const told = status(live.turn, state, tool, now)
    return tool === undefined ? [told] : [told, activity(this.#around, live.turn, { activity: 'status', detail: tool })]
  }

  #tellDelta(live: Live, now: number, atOnce = false): Effect[] {
    const { presence } = this.#around
    const next = live.takeDelta(now, atOnce ? Number.NEGATIVE_INFINITY : deltaPause(presence.listeners))
    return next === null ? [] : [delta(live.turn, next, now)]
  }

  /** The turn as it runs here; null if this attempt is over, also if another instance has ended it since. */
  #current(turnId: string, attempt: number): Live | null {
    const live = this.#live.get(turnId)
    if (live?.turn.attempt !== attempt) return null
    const stored = this.turns.find(turnId)
    return stored?.state === 'running' && stored.attempt === attempt ? live : null
  }

  #commit(live: Live, marks: AnswerMarks, now: number): Effect[] {
    const { turn, text } = live
    const rest = this.#tellDelta(live, now, true)
    const answer = this.#around.sql.transaction(() => {
      const event = appendAnswer(this.#around, turn, { content: text, ...marks }, now)
      this.#forget(turn)
      return [broadcast(event), status(turn, 'idle', undefined, now), ...this.ask(event, null, now, turn.request)]
    })
    const { usage } = marks
    if (usage) this.#asking.used(turn, usage, now)
    const ms = now - live.startedAt
    const finished = { activity: 'finished' as const, duration_ms: ms, ...(usage && { usage }) }
    const outcome = marks.stopped ? 'stopped' : 'answered'
    return [...rest, ...answer, activity(this.#around, turn, finished), { do: 'turn ended', turn, outcome, ms }]
  }

  #fail(live: Live, why: Failure, now: number): Effect[] {
    const { turn } = live
    this.#live.delete(turn.id)
    if (why.retry && failures(turn) < tries) {
      return [status(this.turns.retry(turn, why.pauseMs, now), 'queued', undefined, now)]
    }
    const failed = this.#around.sql.transaction(() => {
      this.#forget(turn)
      return broadcast(appendFailure(this.#around, turn, why, now))
    })
    const ms = now - live.startedAt
    return [
      failed,
      status(turn, 'idle', undefined, now),
      activity(this.#around, turn, { activity: 'failed', detail: why.code, duration_ms: ms }),
      { do: 'turn ended', turn, outcome: 'failed', code: why.code, ms },
    ]
  }

  /** The agent asks before it acts: what it said so far is void, and the turn waits without a call. */
  #waitFor({ turn }: Live, ask: ApprovalAsk, now: number): Effect[] {
    this.#live.delete(turn.id)
    return this.#around.sql.transaction(() => {
      const approval = this.#approvals.open(this.#around.newId(), turn, ask, now)
      this.turns.wait(turn, approval.expires)
      const event = appendAsk(this.#around, turn, approval, ask.description, now)
      return [broadcast(event), status(turn, 'idle', undefined, now)]
    })
  }

  #close(approval: Approval, { decision, by, note }: Omit<Decision, 'approval'>, id: string | null, now: number) {
    const turn = this.turns.find(approval.turn)
    this.#approvals.close(approval.id)
    const told = { approval: approval.id, decision, ...(note !== undefined && { note }) }
    const data = { ...told, turn: approval.turn, user_id: by }
    const event = this.#around.log.append({ type: 'approval_decided', user: by ?? '', id, data }, now)
    if (turn === null) return [broadcast(event)]
    const resumed = this.turns.resume(turn, [...turn.decisions, { ...told, by }], now)
    return [broadcast(event), status(resumed, 'queued', undefined, now)]
  }

  #forget(turn: Turn): void {
    this.turns.remove(turn.id)
    this.#live.delete(turn.id)
  }
}
