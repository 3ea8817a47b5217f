import type { CloseName } from '../../protocol/close-codes.ts'
import type { EncodeContext } from '../../protocol/dialects/dialect.ts'
import type { LoggedEvent } from '../../protocol/events/events.ts'
import type { TurnRequest } from '../../protocol/turns.ts'
import type { Effect, EphemeralDelivery, Outcome } from '../outcome.ts'
import type { Session, SessionId } from '../sessions/session.ts'
import { type AnyFrame, Broadcaster, type Receivers } from './broadcaster.ts'
import type { Subscriber } from './subscriber.ts'

/** The room as it is now, as far as its outcomes are sent to its sessions. */
type Audience = { sessions: ReadonlyMap<SessionId, Session>; encodeContext: EncodeContext }

/** What performs the effects of an outcome, and counts what is sent. */
export type PerformerPorts = {
  audience(): Audience | null // null: the room is gone
  subscriberOf(session: SessionId): Subscriber
  receivers?: Receivers // of broadcasts; absent: every session of the audience
  verifyToken(effect: Extract<Effect, { do: 'verifyToken' }>): void
  callAgent(request: TurnRequest): void
  cancelCall(turn: string): void
  cancelAllCalls(): void
  reload(): void // opens the room anew from what is stored
  delete(): void // deletes the channel
  onEvents?(events: readonly LoggedEvent[]): void
  onError?(code: string, session: Session | undefined): void // an error frame; undefined: for a request over HTTP
  onClose?(session: Session, code: CloseName): void
  onDelivery?(frames: number): void
}

/** Performs the outcomes of a room in their order. Frames are collected and sent by `flush`. */
export class OutcomePerformer {
  readonly #ports: PerformerPorts
  readonly #broadcaster = new Broadcaster()

  constructor(ports: PerformerPorts) {
    this.#ports = ports
  }

  /** Performs an outcome and those that follow it. `sender`: the session that gets the response. */
  perform(first: Outcome, sender: SessionId | null): void {
    for (let step: Outcome | null = first; step !== null; step = step.next) this.#step(step, sender)
  }

  /** Sends what was collected. `packed`: frames were handled together, and leave together (N1). */
  flush(packed: boolean): void {
    const { audience, subscriberOf, onDelivery, receivers } = this.#ports
    const room = audience()
    if (room === null) return
    const everybody: Receivers = () => room.sessions.values()
    const collecting = new Set<Subscriber>()
    this.#broadcaster.flush(receivers ?? everybody, packed, (session, delivery) => {
      const subscriber = subscriberOf(session)
      if (subscriber.flush !== undefined) collecting.add(subscriber)
      onDelivery?.(delivery.frames.length)
      subscriber.deliver(session, delivery)
    })
    for (const subscriber of collecting) subscriber.flush?.()
  }

  #step({ events, response, ephemeral, effects }: Outcome, sender: SessionId | null): void {
    const room = this.#ports.audience()
    if (room !== null && events.length > 0) {
      this.#ports.onEvents?.(events)
      this.#broadcaster.addEvents(events, room.encodeContext)
    }
    if (room !== null && response !== null) this.#send(response, room, sender)
    if (room !== null) for (const delivery of ephemeral) this.#ephemeral(delivery, room)
    for (const effect of effects) this.#effect(effect)
  }

  #ephemeral({ frame, to, except }: EphemeralDelivery, room: Audience): void {
    if (to !== undefined) this.#send(frame, room, to)
    else {
      const excepted = (typeof except === 'string' ? [except] : (except ?? [])).flatMap(
        id => room.sessions.get(id) ?? [],
      )
      this.#broadcaster.addEphemeral(frame, excepted, room.encodeContext)
    }
  }

  #send(frame: AnyFrame, { sessions, encodeContext }: Audience, to: SessionId | null): void {
    const session = to === null ? undefined : sessions.get(to)
    if (frame.type === 'error' && 'data' in frame) this.#ports.onError?.(frame.data.code, session)
    if (session !== undefined) this.#broadcaster.addFor(session, frame, encodeContext)
  }

  #effect(effect: Effect): void {
    const ports = this.#ports
    switch (effect.do) {
      case 'close':
        this.flush(false)
        ports.subscriberOf(effect.session.id).close(effect.session.id, effect.code, effect.reason)
        ports.onClose?.(effect.session, effect.code)
        break
      case 'verifyToken':
        ports.verifyToken(effect)
        break
      case 'callAgent':
        ports.callAgent(effect.request)
        break
      case 'cancelCall':
        ports.cancelCall(effect.turn)
        break
      case 'reload':
        this.flush(false)
        ports.cancelAllCalls()
        ports.reload()
        break
      case 'delete':
        this.flush(false)
        ports.cancelAllCalls()
        ports.delete()
        break
      default:
        effect satisfies never
    }
  }
}
