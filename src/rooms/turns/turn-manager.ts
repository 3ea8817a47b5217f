import type { TurnOutcome, TurnProgress } from '../../agents/run-turn.ts'
import type { EventOf } from '../../protocol/events.ts'
import type { LiveTurn } from '../../protocol/frames.ts'
import type { ApprovalAsk, Decision } from '../../protocol/turns.ts'
import { broadcast, type Effect, refuse } from '../effects.ts'
import type { StoredMessage } from '../log/messages.ts'
import type { Session } from '../sessions/session.ts'
import { activityEffect } from './activity.ts'
import { type Approval, Approvals } from './approvals.ts'
import { deltaInterval, StreamingTurn } from './streaming-turn.ts'
import { TurnAdmission } from './turn-admission.ts'
import type { TurnContext } from './turn-context.ts'
import {
  appendApprovalRequest,
  appendFailure,
  appendReply,
  deltaFrame,
  queuedTurn,
  type ReplyMarks,
  statusFrame,
} from './turn-events.ts'
import { failedAttempts, maxAttempts, type Turn, type TurnDraft, TurnQueue } from './turn-queue.ts'
import { turnRequest } from './turn-request.ts'

/** A lease outlives the call by this: while we are alive, the runner ends a call that takes too long. */
const leaseSlackMs = 15_000
/** Calls that begin in one event; what is left is called by the next alarm (platform: 32 invocations per request). */
const callsAtOnce = 16

/** A call that failed. `pauseMs`: until it is tried again; if absent, longer each time. */
type Failure = { code: string; message: string; retry: boolean; pauseMs?: number }

/** The turns of a room's agents: who is asked, what they say meanwhile, and the one end each turn has. */
export class TurnManager {
  readonly turns: TurnQueue
  readonly #context: TurnContext
  readonly #approvals: Approvals
  readonly #live = new Map<string, StreamingTurn>()
  readonly #asking: TurnAdmission
  readonly #leaseMs: number

  constructor(context: TurnContext) {
    this.#context = context
    this.#leaseMs = context.limits.turn_seconds * 1_000 + leaseSlackMs
    this.turns = new TurnQueue(context.sql, context.limits.turns_at_once)
    this.#approvals = new Approvals(context.sql)
    this.#asking = new TurnAdmission(context, this.turns)
  }

  /** When the alarm owes something (ms), or null. */
  get nextDue(): number | null {
    return this.turns.nextDue
  }

  /** When something held back is to be told (ms), or null. */
  nextTick(): number | null {
    if (this.#live.size === 0) return null
    const pauseMs = deltaInterval(this.#context.presence.subscribers)
    const due = [...this.#live.values()].flatMap(live => live.nextTelling(pauseMs) ?? [])
    return due.length === 0 ? null : Math.min(...due)
  }

  /** Turns in flight, for a newcomer: those that are answered just now, and those in line. */
  inFlight(): LiveTurn[] {
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
  ask(line: StoredMessage, session: Session | null, now: number, request = session?.request ?? null): Effect[] {
    const effects: Effect[] = []
    let told = false // one frame to the asker, however many agents it asked
    for (const { question, objection } of this.#asking.questionsOf(line, request, now)) {
      if (objection === null) effects.push(...this.#begin(question, now))
      else if (line.type === 'agent_message' || objection.code === 'loop_guard')
        effects.push(broadcast(appendFailure(this.#context, { ...question, attempt: 0 }, objection, now)))
      else if (session !== null && !told) {
        const { code, message, retryAfterMs } = objection
        effects.push(refuse(session, null, { code, message, retry_after_ms: retryAfterMs }, now))
        told = true
      }
    }
    return effects
  }

  /** Does what is due: calls whoever is free and owes an answer, gives up what is lost or was never decided. */
  runDue(now: number): Effect[] {
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
  onPart(turnId: string, attempt: number, part: TurnProgress, now: number): Effect[] {
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
  onEnd(turnId: string, attempt: number, outcome: TurnOutcome, now: number): Effect[] {
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
    const live = this.#live.get(turnId) ?? new StreamingTurn(turn, now)
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
    return this.#context.sql.transaction(() => this.#close(approval, decision, id, now))
  }

  /** Tells what was held back and whose pause is over. */
  flushHeld(now: number): Effect[] {
    return [...this.#live.values()].flatMap(live => [...this.#tellStatus(live, now), ...this.#tellDelta(live, now)])
  }

  #begin(question: TurnDraft, now: number): Effect[] {
    if (this.turns.isFree(question.agent)) return this.#call(this.turns.begin(question, this.#leaseMs, now), now)
    this.turns.queue(question, now)
    return [statusFrame({ ...question, attempt: 0 }, 'queued', undefined, now)]
  }

  #attend(turn: Turn, now: number): Effect[] {
    switch (turn.state) {
      case 'queued':
        return this.#call(this.turns.claim(turn, this.#leaseMs, now), now)
      case 'planned':
        return [statusFrame(this.turns.resume(turn, [], now), 'queued', undefined, now)]
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
          ...this.#fail(this.#live.get(turn.id) ?? new StreamingTurn(turn, now), lost, now),
        ]
      }
      default:
        return turn.state satisfies never
    }
  }

  #call(turn: Turn, now: number): Effect[] {
    const live = new StreamingTurn(turn, now)
    const request = turnRequest(this.#context, turn, now)
    if (request === null) {
      return this.#fail(live, { code: 'not_found', message: 'The question is no longer kept.', retry: false }, now)
    }
    this.#live.set(turn.id, live)
    const retries = failedAttempts(turn) - 1
    const asked = retries > 0 ? this.#context.lines.at(turn.seq) : null
    return [
      ...(asked === null ? [] : [broadcast({ type: 'retry', event: asked, attempt: retries, at: now })]),
      statusFrame(turn, 'thinking', undefined, now),
      { do: 'call', request },
      activityEffect(this.#context, turn, { activity: 'started' }),
    ]
  }

  #tellStatus(live: StreamingTurn, now: number): Effect[] {
    const next = live.takeStatus(now)
    if (next === null) return []
    const { state, tool } = next
    const told = statusFrame(live.turn, state, tool, now)
    return tool === undefined
      ? [told]
      : [told, activityEffect(this.#context, live.turn, { activity: 'status', detail: tool })]
  }

  #tellDelta(live: StreamingTurn, now: number, atOnce = false): Effect[] {
    const { presence } = this.#context
    const next = live.takeDelta(now, atOnce ? Number.NEGATIVE_INFINITY : deltaInterval(presence.subscribers))
    return next === null ? [] : [deltaFrame(live.turn, next, now)]
  }

  /** The turn as it runs here; null if this attempt is over, also if another instance has ended it since. */
  #current(turnId: string, attempt: number): StreamingTurn | null {
    const live = this.#live.get(turnId)
    if (live?.turn.attempt !== attempt) return null
    const stored = this.turns.find(turnId)
    return stored?.state === 'running' && stored.attempt === attempt ? live : null
  }

  #commit(live: StreamingTurn, marks: ReplyMarks, now: number): Effect[] {
    const { turn, text } = live
    const rest = this.#tellDelta(live, now, true)
    const answer = this.#context.sql.transaction(() => {
      const event = appendReply(this.#context, turn, { content: text, ...marks }, now)
      this.#forget(turn)
      return [broadcast(event), statusFrame(turn, 'idle', undefined, now), ...this.ask(event, null, now, turn.request)]
    })
    const { usage } = marks
    if (usage) this.#asking.used(turn, usage, now)
    const ms = now - live.startedAt
    const finished = { activity: 'finished' as const, duration_ms: ms, ...(usage && { usage }) }
    const outcome = marks.stopped ? 'stopped' : 'answered'
    return [...rest, ...answer, activityEffect(this.#context, turn, finished), { do: 'turn ended', turn, outcome, ms }]
  }

  #fail(live: StreamingTurn, why: Failure, now: number): Effect[] {
    const { turn } = live
    this.#live.delete(turn.id)
    if (why.retry && failedAttempts(turn) < maxAttempts) {
      return [statusFrame(this.turns.retry(turn, why.pauseMs, now), 'queued', undefined, now)]
    }
    const failed = this.#context.sql.transaction(() => {
      this.#forget(turn)
      return broadcast(appendFailure(this.#context, turn, why, now))
    })
    const ms = now - live.startedAt
    return [
      failed,
      statusFrame(turn, 'idle', undefined, now),
      activityEffect(this.#context, turn, { activity: 'failed', detail: why.code, duration_ms: ms }),
      { do: 'turn ended', turn, outcome: 'failed', code: why.code, ms },
    ]
  }

  /** The agent asks before it acts: what it said so far is void, and the turn waits without a call. */
  #waitFor({ turn }: StreamingTurn, ask: ApprovalAsk, now: number): Effect[] {
    this.#live.delete(turn.id)
    return this.#context.sql.transaction(() => {
      const approval = this.#approvals.open(this.#context.newId(), turn, ask, now)
      this.turns.wait(turn, approval.expires)
      const event = appendApprovalRequest(this.#context, turn, approval, ask.description, now)
      return [broadcast(event), statusFrame(turn, 'idle', undefined, now)]
    })
  }

  #close(approval: Approval, { decision, by, note }: Omit<Decision, 'approval'>, id: string | null, now: number) {
    const turn = this.turns.find(approval.turn)
    this.#approvals.close(approval.id)
    const told = { approval: approval.id, decision, ...(note !== undefined && { note }) }
    const data = { ...told, turn: approval.turn, user_id: by }
    const event = this.#context.log.append({ type: 'approval_decided', user: by ?? '', id, data }, now)
    if (turn === null) return [broadcast(event)]
    const resumed = this.turns.resume(turn, [...turn.decisions, { ...told, by }], now)
    return [broadcast(event), statusFrame(resumed, 'queued', undefined, now)]
  }

  #forget(turn: Turn): void {
    this.turns.remove(turn.id)
    this.#live.delete(turn.id)
  }
}
