import type { FrameOf } from '../../../client/frames.ts'

type Request = FrameOf<'approval_requested'>['data']

const roles = ['reader', 'member', 'moderator', 'owner'] // weakest first; importing protocol/roles.ts would load zod

/** Returns whether a user is among those who decide: by name, or else by role. */
export function isAsked({ users, role }: Pick<Request, 'users' | 'role'>, me: { id: string; role: string }): boolean {
  return users === undefined ? roles.indexOf(me.role) >= roles.indexOf(role) : users.includes(me.id)
}

/** Returns whether a user may approve: who prompted the agent may not, unless they are a moderator or were named. */
export function isAskedToApprove(
  request: Pick<Request, 'users' | 'role' | 'except'>,
  me: { id: string; role: string },
): boolean {
  const isOwn = request.users === undefined && request.except === me.id
  return isAsked(request, me) && (!isOwn || roles.indexOf(me.role) >= roles.indexOf('moderator'))
}
