import type { Principal } from '../auth/principal.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { RoomContext } from '../rooms/context.ts'
import { type Outcome, sequence } from '../rooms/outcome.ts'
import { checkAccess } from '../rooms/sessions/check-access.ts'
import { closeSession } from '../rooms/sessions/lifecycle.ts'
import type { Session } from '../rooms/sessions/session.ts'
import { DocumentSync } from './document-sync.ts'
import { isSame } from './same-principal.ts'

/**
 * Gives the open sessions of a principal the rights that the circle answered. Null: it could not be asked, so they come
 * back and are asked again.
 */
export function readmit(
  context: RoomContext,
  before: Principal,
  admitted: Principal | Refusal | null,
  now: number,
): Outcome {
  const sessions = [...context.sessions.values()].filter(({ principal }) => isSame(principal, before))
  return sequence(...sessions.map(session => readmitSession(context, session, admitted, now)))
}

function readmitSession(
  context: RoomContext,
  session: Session,
  admitted: Principal | Refusal | null,
  now: number,
): Outcome {
  if (admitted === null) return closeSession(context, session, ['overloaded', 'rights could not be checked'], now)
  if ('code' in admitted) return closeSession(context, session, ['forbidden', admitted.message], now)
  const { role } = session.user
  session.principal = { ...session.principal, ...rightsOf(admitted) }
  checkAccess(context, session)
  context.touched.add(session)
  if (session.user.role === role) return sequence()
  context.presence.setUser(session.user)
  return context.components.get(DocumentSync).onRoleChanged(session, now)
}

function rightsOf({ inForce }: Principal): Pick<Principal, 'inForce'> {
  return inForce === undefined ? {} : { inForce }
}
