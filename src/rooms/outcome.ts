import { type CloseName, closeCodes } from '../protocol/close-codes.ts'
import type { Dialect } from '../protocol/dialects/dialect.ts'
import { dialects } from '../protocol/dialects/index.ts'
import type { Refusal, RefusalCode } from '../protocol/errors.ts'
import type { EventOf, EventType, LoggedEvent } from '../protocol/events/events.ts'
import type { Ephemeral, EphemeralData, EphemeralOf, EphemeralType, Retry } from '../protocol/frames.ts'
import type { TurnRequest } from '../protocol/turns.ts'
import type { CommandResponse } from '../rpc/channel.ts'
import type { Session, SessionId } from './sessions/session.ts'

/** Something that only the object can do for its room. `reload` and `delete` come last. */
export type Effect =
  | { do: 'close'; session: Session; code: CloseName; reason: string }
  | { do: 'verifyToken'; session: SessionId; token: string; id: string | null } // answered by room.tokenVerified
  | { do: 'callAgent'; request: TurnRequest } // answered by room.turnProgressed and room.turnEnded
  | { do: 'cancelCall'; turn: string } // if a call of this turn runs
  | { do: 'reload' } // the storage holds another log: open the room on it
  | { do: 'delete' } // keep nothing of this channel

/** Bytes of a component's own protocol, sent as one binary frame. `isEphemeral`: a slow reader may miss it. */
export type BinaryFrame = { type: 'binary'; bytes: Uint8Array; isEphemeral?: boolean }

/** A frame that is not logged, for one session, or for all but one or some. */
export type EphemeralDelivery = {
  frame: Ephemeral | Retry | BinaryFrame
  to?: SessionId
  except?: SessionId | readonly SessionId[]
}

/** What follows from an input, performed in the order of its keys. Several events go out in few frames (N1). */
export type Outcome = {
  events: readonly LoggedEvent[] // stored; for every live session
  response: CommandResponse | null // for the session whose command it was; HTTP returns it
  ephemeral: readonly EphemeralDelivery[]
  effects: readonly Effect[]
  next: Outcome | null // performed after all of this
}

const none: readonly never[] = []

/** The outcome of an input that leads to nothing. */
export const nothing: Outcome = { events: none, response: null, ephemeral: none, effects: none, next: null }

/** An outcome with these parts. */
export function outcome(parts: Partial<Outcome>): Outcome {
  return { ...nothing, ...parts }
}

/** Outcomes that are performed one after the other. */
export function sequence(...outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduceRight((rest, first) => {
    if (first === nothing) return rest
    return rest === nothing ? first : after(first, rest)
  }, nothing)
}

function after(first: Outcome, rest: Outcome): Outcome {
  return { ...first, next: first.next === null ? rest : after(first.next, rest) }
}

/** The outcome and those that follow it, in order. */
export function* stepsOf(first: Outcome): Generator<Outcome> {
  for (let step: Outcome | null = first; step !== null; step = step.next) yield step
}

/** The response among an outcome and those that follow it, or null. */
export function responseOf(first: Outcome): CommandResponse | null {
  for (let step: Outcome | null = first; step !== null; step = step.next) {
    if (step.response !== null) return step.response
  }
  return null
}

/** An outcome of a command that ran later than it came: its response goes to the session as a frame of its own. */
export function respondTo({ id }: Pick<Session, 'id'>, first: Outcome): Outcome {
  const { response, next } = first
  const rest = next === null ? null : respondTo({ id }, next)
  if (response === null) return { ...first, next: rest }
  return { ...first, response: null, ephemeral: [{ frame: response, to: id }, ...first.ephemeral], next: rest }
}

/** Stored events, with an ack for the command that led to them, if it has an id. */
export function stored(event: EventOf<EventType>, id: string | null, now: number): Outcome {
  return { ...nothing, events: [event], response: id === null ? null : ack({ id, seq: event.seq }, now) }
}

/** A command was carried out and stored nothing. Commands without an id get no ack. */
export function accepted(id: string | null, now: number): Outcome {
  return id === null ? nothing : outcome({ response: ack({ id }, now) })
}

/** A command was refused, for the reason given. */
export function refuse(id: string | null, refusal: Refusal, now: number): Outcome {
  return outcome({ response: { type: 'error', data: id === null ? refusal : { id, ...refusal }, at: now } })
}

/** An ack frame. */
export function ack(data: EphemeralData['ack'], now: number): EphemeralOf<'ack'> {
  return { type: 'ack', data, at: now }
}

/** A frame that is not logged. */
export function ephemeral<Type extends EphemeralType>(type: Type, data: EphemeralData[Type], now: number): Ephemeral {
  return { type, data, at: now } as Extract<Ephemeral, { type: Type }>
}

/** A frame that is not logged, for one session. */
export function ephemeralTo<Type extends EphemeralType>(
  session: Session,
  type: Type,
  data: EphemeralData[Type],
  now: number,
): EphemeralDelivery {
  return { frame: ephemeral(type, data, now), to: session.id }
}

/** Closes a session's connection. */
export function close(session: Session, code: CloseName, reason: string): Effect {
  const { againAs }: Dialect = dialects[session.dialect]
  const isAgain = againAs !== undefined && closeCodes[code][1] === 'again'
  return { do: 'close', session, code: isAgain ? againAs : code, reason }
}

/** A refusal: a code for programs, a sentence for people. */
export function refusal(code: RefusalCode, message: string): Refusal {
  return { code, message }
}
