import type { RoomContext } from '../context.ts'
import { refuseWriting } from '../hooks.ts'
import type { Session } from './session.ts'

/**
 * Removes the presence state of a session's user, unless one of their sessions may write: everybody else reads it (N3).
 * Called after everything that changes what a session may do, or which sessions there are.
 */
export function dropForbiddenState(context: RoomContext, { user }: Session): void {
  const { presence, sessions, touched } = context
  const own = [...presence.sessionsOf(user.id)].flatMap(id => sessions.get(id) ?? [])
  if (own.every(({ state }) => state === null) || own.some(one => refuseWriting(context, one) === null)) return
  for (const one of own) {
    one.state = null
    touched.add(one)
  }
  presence.setState(user.id, null)
}
