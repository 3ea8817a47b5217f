import type { Principal } from '../auth/principal.ts'
import type { RoomContext } from '../rooms/context.ts'
import type { Session, SessionId } from '../rooms/sessions/session.ts'

/** Returns whether two principals have the same rights by their tokens. */
export function isSame(one: Principal, other: Principal): boolean {
  return one.id === other.id && one.role === other.role && one.most === other.most
}

/** Says of another session whether it is of the same user. */
export function ofSameUser(
  { sessions }: Pick<RoomContext, 'sessions'>,
  { user }: Session,
): (other: SessionId) => boolean {
  return other => sessions.get(other)?.user.id === user.id
}
