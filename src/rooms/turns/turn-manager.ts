import { agentsFor } from '../../agents/routing.ts'
import type { TurnOutcome, TurnProgress } from '../../agents/run-turn.ts'
import type { Usage } from '../../protocol/events/events.ts'
import type { LiveTurn } from '../../protocol/frames.ts'
import type { User } from '../../protocol/roles.ts'
import { hasVisibleText } from '../../protocol/text.ts'
import type { ApprovalAsk, Decision } from '../../protocol/turns.ts'
import type { Changed, Component } from '../component.ts'
import { beforeStore } from '../hooks.ts'
import { type EphemeralDelivery, ephemeralTo, nothing, type Outcome, outcome, sequence, stepsOf } from '../outcome.ts'
import { reportActivity, reportEnd, type TurnSummary } from './activity.ts'
import { type Approval, Approvals } from './approvals.ts'
import { StepStore } from './step-store.ts'
import { deltaInterval, StreamingTurn } from './streaming-turn.ts'
import { TurnAdmission } from './turn-admission.ts'
import { personBehind, type TurnContext, type TurnPrompt } from './turn-context.ts'
import {
  appendApprovalRequest,
  appendDecision,
  appendFailure,
  appendReply,
  decisionForAgent,
  dueDelta,
  dueStatus,
  queuedTurn,
  type ReplyMarks,
  retryFrames,
  shownTurn,
  statusFrame,
} from './turn-events.ts'
import { type Failure, mayRetry, type Turn, type TurnDraft, TurnQueue } from './turn-queue.ts'
import { turnRequest } from './turn-request.ts'
import { interrupted, isOfBanned, noRight, promptGone, refuseCall, refuseReminder } from './turn-rights.ts'

/** How much longer than the call a lease is: while the object lives, the runner ends a call that takes too long. */
const leaseSlackMs = 15_000
/** Calls that begin in one event; the next alarm begins the others (platform: 32 invocations per request). */
const callsAtOnce = 16

/** Runs the turns of a room's agents: begins them, streams their progress, and ends each exactly once. */
export class TurnManager implements Component {
  readonly queue: TurnQueue
  readonly #context: TurnContext
  readonly #changed: Changed
  readonly #approvals: Approvals
  readonly #steps: StepStore
  readonly #streaming = new Map<string, StreamingTurn>() // by turn
  readonly #admission: TurnAdmission
  readonly #leaseMs: number

  constructor(context: TurnContext, changed: Changed) {
    this.#context = context
    this.#changed = changed
    this.#leaseMs = context.limits.turn_seconds * 1_000 + leaseSlackMs
    const isHeld = () => context.settings.value.status !== 'active'
    this.queue = new TurnQueue(context.sql, context.limits.turns_at_once, changed, isHeld)
    this.#approvals = new Approvals(context.sql)
    this.#steps = new StepStore(context.sql)
    this.#admission = new TurnAdmission(context, this.queue)
  }

  welcome(): object {
    return { live: this.inFlight() }
  }

  nextAlarm(): number | null {
    return this.queue.nextDue
  }

  onAlarm(now: number): Outcome {
    return this.runDue(now)
  }

  /** Turns are held while the channel is not active. */
  onConfigure(): void {
    this.queue.refresh()
  }

  /** When a held-back delta or status is due (ms), or null. */
  nextTick(): number | null {
    if (this.#streaming.size === 0) return null
    const intervalMs = deltaInterval(this.#context.presence.subscribers)
    const due = [...this.#streaming.values()].flatMap(turn => turn.nextFrame(intervalMs) ?? [])
    return due.length === 0 ? null : Math.min(...due)
  }

  onTick(now: number): Outcome {
    const ephemeral = [...this.#streaming.values()].flatMap(turn => [
      ...this.#statusOf(turn, now),
      ...this.#deltaOf(turn, now),
    ])
    return ephemeral.length === 0 ? nothing : outcome({ ephemeral })
  }

  /** Turns in flight, for a newcomer: those that stream just now, and those in the queue. */
  inFlight(): LiveTurn[] {
    const isAnyQueued = this.queue.levels.waiting > 0 // known without reading: most circles have none
    const waiting = isAnyQueued ? this.queue.all() : []
    const queued = waiting.filter(({ id, state }) => state === 'queued' && !this.#streaming.has(id))
    const all = [...[...this.#streaming.values()].map(turn => turn.snapshot()), ...queued.map(queuedTurn)]
    return all.map(turn => shownTurn(this.#context, turn))
  }

  /** Begins or queues the turns that a message prompts, in the transaction that stores the message. */
  prompt({ message, agents, session, request = session?.request ?? null }: TurnPrompt, now: number): Outcome {
    let all = nothing
    let isRefused = false // one frame to the sender, however many agents it prompted
    for (const { draft, violation } of this.#admission.admit(message, { agents, request }, now)) {
      if (violation === null) all = sequence(all, this.#begin(draft, now))
      else if (message.type === 'agent_message' || violation.code === 'loop_guard') {
        all = sequence(
          all,
          outcome({ events: [appendFailure(this.#context, { ...draft, attempt: 0 }, violation, now)] }),
        )
      } else if (session !== null && !isRefused) {
        const { code, message, retryAfterMs } = violation
        const error = ephemeralTo(session, 'error', { code, message, retry_after_ms: retryAfterMs }, now)
        all = sequence(all, outcome({ ephemeral: [error] }))
        isRefused = true
      }
    }
    return all
  }

  /** Handles the turns that are due: calls free agents, and ends lost calls and expired approvals. */
  runDue(now: number): Outcome {
    let all = nothing
    let calls = 0
    while (calls < callsAtOnce) {
      const turn = this.queue.next(now, turn => !this.#streaming.has(turn.id))
      if (turn === null) break
      const next = this.#handleDue(turn, now)
      for (const { effects } of stepsOf(next)) calls += effects.filter(effect => effect.do === 'callAgent').length
      all = sequence(all, next)
    }
    return all
  }

  /** An attempt at a turn made progress. Progress of earlier attempts is ignored. */
  onPart(turnId: string, attempt: number, part: TurnProgress, now: number): Outcome {
    const turn = this.#current(turnId, attempt)
    if (turn === null) return nothing
    this.#changed()
    switch (part.type) {
      case 'status':
        turn.setState(part.state, part.tool)
        return outcome({ ephemeral: this.#statusOf(turn, now) })
      case 'step':
        this.#steps.add(turnId, part)
        return nothing
      case 'delta': {
        turn.add(part.text)
        const checkpoint = turn.takeCheckpoint(now)
        if (checkpoint !== null) this.queue.checkpoint(turnId, checkpoint)
        return outcome({ ephemeral: this.#deltaOf(turn, now) })
      }
      default:
        return part satisfies never
    }
  }

  /** An attempt at a turn is over. The next turn in the queue is called by the alarm, in an event of its own. */
  onEnd(turnId: string, attempt: number, result: TurnOutcome, now: number): Outcome {
    const turn = this.#current(turnId, attempt)
    if (turn === null) return nothing
    switch (result.type) {
      case 'answered': {
        const { usage, truncated } = result
        return this.#commit(turn, { ...(usage && { usage }), ...(truncated && { truncated }) }, now)
      }
      case 'silent':
        return this.#endSilently(turn, result.usage, now)
      case 'asks':
        return this.#awaitApproval(turn, result.ask, now)
      case 'failed': {
        const isCut = result.code === 'agent_timeout' && !mayRetry(turn.turn, result) && hasVisibleText(turn.text)
        return isCut ? this.#commit(turn, { truncated: true }, now) : this.#fail(turn, result, now)
      }
      case 'stopped': // not stopped here, or it would be over: the call was cut off
        return this.#fail(turn, { code: 'agent_died', message: 'The agent stopped early.', retry: true }, now)
      default:
        return result satisfies never
    }
  }

  /** The turn if this attempt is the current one, or null. */
  current(turnId: string, attempt: number): Turn | null {
    return this.#current(turnId, attempt)?.turn ?? null
  }

  /** Ends a turn early and keeps its text. Null: no such turn. */
  stop(turnId: string, { id: by, name: by_name }: Pick<User, 'id' | 'name'>, now: number): Outcome | null {
    const turn = this.queue.find(turnId)
    if (turn === null || turn.state === 'planned') return null
    const approval = this.#approvals.ofTurn(turnId)
    const rejected =
      approval === null ? nothing : this.#close(approval, { decision: 'rejected', by, by_name }, null, now)
    const streaming = this.#streaming.get(turnId) ?? new StreamingTurn(turn, now)
    return sequence(cancelCall(turnId), rejected, this.#commit(streaming, { stopped: true }, now))
  }

  /** Ends the turns that a deleted message prompted; nothing of their text is kept. */
  dropPromptedAt(seq: number, now: number): Outcome {
    return this.#drop(turn => turn.seq === seq, promptGone, now)
  }

  /** Ends the turns of people who may not be here any more, and drops their reminders. */
  dropForbidden(now: number): Outcome {
    if (this.queue.isEmpty) return nothing
    return this.#drop(turn => isOfBanned(this.#context, turn), noRight, now)
  }

  /** The user who prompted a turn, or null if there is no such turn. */
  promptedBy(turnId: string): string | null {
    return this.queue.find(turnId)?.promptedBy ?? null
  }

  /** An approval that is to be decided, or null. */
  approval(id: string): Approval | null {
    return this.#approvals.find(id)
  }

  /** Stores a decision and puts its turn back into the queue. */
  decide(approval: Approval, decision: Omit<Decision, 'approval'>, id: string | null, now: number): Outcome {
    return this.#context.sql.transaction(() => this.#close(approval, decision, id, now))
  }

  #begin(draft: TurnDraft, now: number): Outcome {
    // A turn that is refused waits for the alarm: its failure is stored in a transaction, and this runs in one.
    if (this.queue.isFree(draft.agent) && refuseCall(this.#context, draft) === null) {
      return this.#start(new StreamingTurn(this.queue.begin(draft, this.#leaseMs, now), now), now)
    }
    this.queue.queue(draft, now)
    return outcome({ ephemeral: [statusFrame({ ...draft, attempt: 0 }, { state: 'queued' }, now)] })
  }

  #drop(isDropped: (turn: Turn) => boolean, why: Failure, now: number): Outcome {
    return sequence(
      ...this.queue
        .all()
        .filter(isDropped)
        .map(turn => this.#dropOne(turn, why, now)),
    )
  }

  #dropOne(turn: Turn, why: Failure, now: number): Outcome {
    if (turn.state === 'planned') {
      this.queue.remove(turn.id) // nobody has seen it
      return nothing
    }
    const approval = this.#approvals.ofTurn(turn.id)
    const expired = approval === null ? nothing : this.decide(approval, { decision: 'expired', by: null }, null, now)
    const cancelled = cancelCall(turn.id)
    const streaming = this.#streaming.get(turn.id) ?? new StreamingTurn(turn, now)
    return sequence(cancelled, expired, this.#fail(streaming, why, now))
  }

  #handleDue(turn: Turn, now: number): Outcome {
    switch (turn.state) {
      case 'queued':
        return this.#call(this.queue.claim(turn, this.#leaseMs, now), now)
      case 'planned':
        if (refuseReminder(this.#context, turn) !== null) return this.#dropOne(turn, noRight, now)
        return outcome({ ephemeral: [statusFrame(this.queue.resume(turn, [], now), { state: 'queued' }, now)] })
      case 'waiting': {
        const approval = this.#approvals.ofTurn(turn.id)
        if (approval === null) throw new Error(`turn ${turn.id} waits for an approval that does not exist`)
        return this.decide(approval, { decision: 'expired', by: null }, null, now)
      }
      case 'running': {
        // The lease ran out, or the object died while the agent was at work.
        const streaming = this.#streaming.get(turn.id) ?? new StreamingTurn(turn, now)
        return sequence(cancelCall(turn.id), this.#fail(streaming, interrupted, now))
      }
      default:
        return turn.state satisfies never
    }
  }

  #call(turn: Turn, now: number): Outcome {
    const streaming = new StreamingTurn(turn, now)
    const refused = refuseCall(this.#context, turn)
    return refused === null ? this.#start(streaming, now) : this.#fail(streaming, refused, now)
  }

  #start(streaming: StreamingTurn, now: number): Outcome {
    const { turn } = streaming
    const steps = turn.attempt === 1 ? [] : this.#steps.of(turn.id)
    const request = turnRequest(this.#context, turn, steps, now)
    if (request === null) return this.#fail(streaming, promptGone, now)
    this.#streaming.set(turn.id, streaming)
    this.#changed()
    reportActivity(this.#context, turn, { activity: 'started' })
    return outcome({
      ephemeral: [...retryFrames(this.#context, turn, now), statusFrame(turn, { state: 'thinking' }, now)],
      effects: [{ do: 'callAgent', request }],
    })
  }

  #statusOf(streaming: StreamingTurn, now: number): EphemeralDelivery[] {
    const status = dueStatus(this.#context, streaming, now)
    if (status.length > 0) this.#changed()
    return status
  }

  #deltaOf(streaming: StreamingTurn, now: number, isLast = false): EphemeralDelivery[] {
    const intervalMs = isLast ? Number.NEGATIVE_INFINITY : deltaInterval(this.#context.presence.subscribers)
    const delta = dueDelta(this.#context, streaming, intervalMs, now)
    if (delta.length > 0) this.#changed()
    return delta
  }

  /** The turn as it runs here; null if this attempt is over, also if another instance has ended it since. */
  #current(turnId: string, attempt: number): StreamingTurn | null {
    const streaming = this.#streaming.get(turnId)
    if (streaming?.turn.attempt !== attempt) return null
    const stored = this.queue.find(turnId)
    return stored?.state === 'running' && stored.attempt === attempt ? streaming : null
  }

  /** Stores the reply and ends the turn; the reply may prompt other agents. */
  #commit(streaming: StreamingTurn, marks: ReplyMarks, now: number): Outcome {
    const { turn, text } = streaming
    const rest = this.#deltaOf(streaming, now, true)
    const content = beforeStore(this.#context, { type: 'agent_message', content: text, session: null })
    if ('refused' in content) return this.#fail(streaming, { ...content.refused, retry: false }, now)
    const reply = this.#context.sql.transaction(() => {
      const event = appendReply(this.#context, turn, { ...content, ...marks }, now)
      this.#remove(turn)
      const agents = agentsFor(this.#context, event)
      return sequence(
        outcome({ events: [event], ephemeral: [statusFrame(turn, { state: 'idle' }, now)] }),
        this.prompt({ message: event, agents, session: null, request: turn.request }, now),
      )
    })
    this.#reportEnd(streaming, { outcome: marks.stopped ? 'stopped' : 'answered', usage: marks.usage }, now)
    return sequence(rest.length === 0 ? nothing : outcome({ ephemeral: rest }), reply)
  }

  /** The agent has nothing to add: the turn ends without an event. */
  #endSilently(streaming: StreamingTurn, usage: Usage | undefined, now: number): Outcome {
    this.#context.sql.transaction(() => this.#remove(streaming.turn))
    this.#reportEnd(streaming, { outcome: 'silent', usage }, now)
    return outcome({ ephemeral: [statusFrame(streaming.turn, { state: 'idle' }, now)] })
  }

  #reportEnd(streaming: StreamingTurn, summary: TurnSummary, now: number): void {
    if (summary.usage) this.#admission.recordUsage(streaming.turn, summary.usage, now)
    reportEnd(this.#context, streaming, summary, now)
  }

  #fail(streaming: StreamingTurn, why: Failure, now: number): Outcome {
    const { turn } = streaming
    this.#streaming.delete(turn.id)
    this.#changed()
    if (mayRetry(turn, why)) {
      return outcome({ ephemeral: [statusFrame(this.queue.retry(turn, why, now), { state: 'queued' }, now)] })
    }
    const failed = this.#context.sql.transaction(() => {
      this.#remove(turn)
      return appendFailure(this.#context, turn, why, now)
    })
    const ms = now - streaming.startedAt
    reportActivity(this.#context, turn, { activity: 'failed', detail: why.code, duration_ms: ms })
    this.#context.observer.turnEnded({ turn, outcome: 'failed', code: why.code, ms })
    return outcome({ events: [failed], ephemeral: [statusFrame(turn, { state: 'idle' }, now)] })
  }

  /** The agent asks for approval: its text so far is dropped, and the turn waits without a call. */
  #awaitApproval({ turn }: StreamingTurn, ask: ApprovalAsk, now: number): Outcome {
    this.#streaming.delete(turn.id)
    return this.#context.sql.transaction(() => {
      const { kind, log, name, newId } = this.#context
      const asker = kind.isDirect(name) ? null : personBehind(log, turn) // a direct chat has nobody else
      const approval = this.#approvals.open(newId(), turn, { ask, asker }, now)
      this.queue.wait(turn, approval.expires)
      const event = appendApprovalRequest(this.#context, turn, { approval, ask }, now)
      return outcome({ events: [event], ephemeral: [statusFrame(turn, { state: 'idle' }, now)] })
    })
  }

  #close(approval: Approval, answer: Omit<Decision, 'approval'>, id: string | null, now: number) {
    const turn = this.queue.find(approval.turn)
    this.#approvals.close(approval.id)
    const event = appendDecision(this.#context, approval, answer, { id, now })
    if (turn === null) return outcome({ events: [event] })
    const resumed = this.queue.resume(turn, [...turn.decisions, decisionForAgent(approval, answer)], now)
    return outcome({ events: [event], ephemeral: [statusFrame(resumed, { state: 'queued' }, now)] })
  }

  #remove(turn: Turn): void {
    this.queue.remove(turn.id)
    this.#steps.clear(turn.id)
    this.#streaming.delete(turn.id)
  }
}

const cancelCall = (turn: string): Outcome => outcome({ effects: [{ do: 'cancelCall', turn }] })
