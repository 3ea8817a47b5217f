import type { TurnResult } from '../lib/logger.ts'
import type { CloseName } from '../protocol/close-codes.ts'
import type { ErrorCode, Refusal } from '../protocol/errors.ts'
import type { EventData, LoggedEvent } from '../protocol/events.ts'
import type { Ephemeral, EphemeralData, EphemeralType, ServerFrame } from '../protocol/frames.ts'
import type { TurnRequest } from '../protocol/turns.ts'
import type { Digest } from './outbound/digests/format.ts'
import type { Session, SessionId } from './sessions/session.ts'
import type { Turn } from './turns/turn-queue.ts'

/** What must happen because of a frame. The room says it, the shell does it, in this order. */
export type Effect =
  | { do: 'send'; to: SessionId; frame: ServerFrame }
  | { do: 'broadcast'; frame: ServerFrame | readonly LoggedEvent[]; except?: SessionId } // a list goes out in few frames (N1)
  | { do: 'close'; session: Session; code: CloseName; reason: string }
  | { do: 'taken'; session: SessionId } // what it was sent so far has arrived
  | { do: 'verify'; session: SessionId; token: string; id: string | null } // answer with room.identified
  | { do: 'call'; request: TurnRequest } // answer with room.part and room.ended
  | { do: 'cancel'; turn: string } // stop the call of this turn, if one runs
  | { do: 'turn ended'; turn: Turn; outcome: TurnResult; code?: string; ms: number } // for those who count
  | { do: 'renew' } // the storage holds another log: begin anew from it; comes last
  | { do: 'forget' } // nothing of this channel is kept; comes last
  | { do: 'digest'; circle: string; digest: Digest } // answer with digests.heard or digests.failed
  | { do: 'report'; agent: string; data: EventData<'agent_activity'> } // to the agent's own channel

export function ephemeral<Type extends EphemeralType>(type: Type, data: EphemeralData[Type], now: number): Ephemeral {
  return { type, data, at: now } as Extract<Ephemeral, { type: Type }>
}

export function send<Type extends EphemeralType>(
  session: Session,
  type: Type,
  data: EphemeralData[Type],
  now: number,
): Effect {
  return { do: 'send', to: session.id, frame: ephemeral(type, data, now) }
}

export function broadcast(frame: ServerFrame | readonly LoggedEvent[], except?: Session): Effect {
  return except === undefined ? { do: 'broadcast', frame } : { do: 'broadcast', frame, except: except.id }
}

/** Tells the one who asked that it was not done, and why. */
export function refuse(session: Session, id: string | null, refusal: Refusal, now: number): Effect {
  return send(session, 'error', id === null ? refusal : { id, ...refusal }, now)
}

export function close(session: Session, code: CloseName, reason: string): Effect {
  return { do: 'close', session, code, reason }
}

/** A refusal in plain words for people. */
export function refusal(code: ErrorCode, message: string): Refusal {
  return { code, message }
}
