import * as z from 'zod/v4'
import { sha256 } from '../../lib/ids.ts'
import { commandId } from '../../protocol/commands/command-table.ts'
import { invitationEntry, type MemberAct, memberChange, memberEntry } from '../../protocol/commands/member-schema.ts'
import { personRole } from '../../protocol/roles.ts'
import { idText } from '../../protocol/text-schema.ts'
import { invitationId } from '../../rooms/members/invitations.ts'
import { maxListed } from '../../rooms/members/member-list.ts'
import type { MembersResult } from '../../rpc/channel.ts'
import { channelNotFound, openChannel, refusalResponse } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'
import { countParam } from '../middleware/validate.ts'

const daySeconds = 86_400
const invitationIdPattern = /^[0-9a-f]{16}$/ // a code is a UUID

const invitationRequest = z.strictObject({
  role: personRole.default('member'),
  uses: z.int().min(1).max(1_000).default(1),
  expires_in: z
    .int()
    .min(60)
    .max(30 * daySeconds)
    .default(7 * daySeconds), // seconds
})

/** `GET /api/circles/:name/members`: a page of who is present, and of those with a role or a restriction of their own. */
export const listMembers = endpoint(
  {
    id: 'listMembers',
    method: 'get',
    path: '/api/circles/:name/members',
    summary: 'List the members of a circle',
    query: z.object({ after: idText().max(256).default(''), limit: countParam(1, maxListed).default(maxListed) }),
    responses: { 200: z.object({ members: z.array(memberEntry), more: z.boolean() }) },
  },
  context =>
    manage(context, { do: 'list', ...context.req.valid('query') }, result =>
      context.json({ members: [], ...result, more: 'more' in result }, 200),
    ),
)

/** `PATCH /api/circles/:name/members/:user`: changes a member's role, mutes or bans them. */
export const changeMember = endpoint(
  {
    id: 'updateMember',
    method: 'patch',
    path: '/api/circles/:name/members/:user',
    summary: 'Change the role of a member, mute or ban them',
    body: memberChange,
    responses: { 200: memberEntry },
  },
  context => {
    const change = context.req.valid('json')
    return manageUser(
      context,
      user => ({ do: 'change', user, change }),
      result => context.json(memberIn(result), 200),
    )
  },
)

/** `DELETE /api/circles/:name/members/:user`: removes a member, who may return. */
export const removeMember = endpoint(
  {
    id: 'removeMember',
    method: 'delete',
    path: '/api/circles/:name/members/:user',
    summary: 'Remove a member, or leave',
    responses: { 204: 'They are gone, and may come back.' },
  },
  context =>
    manageUser(
      context,
      user => ({ do: 'remove', user }),
      () => context.body(null, 204),
    ),
)

/** `POST /api/circles/:name/invitations`: creates a code that makes its users members of a private circle. */
export const createInvitation = endpoint(
  {
    id: 'createInvitation',
    method: 'post',
    path: '/api/circles/:name/invitations',
    summary: 'Create an invitation',
    body: invitationRequest,
    responses: {
      201: z.object({ id: z.string(), invitation: z.string(), role: personRole, uses: z.int(), expires_in: z.int() }),
    },
  },
  context => {
    const { role, uses, expires_in } = context.req.valid('json')
    const code = crypto.randomUUID()
    const hash = sha256(code)
    const act = { do: 'invite', hash, role, uses, expiresIn: expires_in * 1000 } as const
    const made = { id: invitationId({ hash }), invitation: code, role, uses, expires_in }
    return manage(context, act, () => context.json(made, 201))
  },
)

/** `GET /api/circles/:name/invitations`: the open invitations, without their codes. */
export const listInvitations = endpoint(
  {
    id: 'listInvitations',
    method: 'get',
    path: '/api/circles/:name/invitations',
    summary: 'List the open invitations',
    responses: { 200: z.object({ invitations: z.array(invitationEntry) }) },
  },
  context => manage(context, { do: 'invitations' }, result => context.json(result, 200)),
)

/** `DELETE /api/circles/:name/invitations/:invitation`: revokes one invitation. */
export const revokeInvitation = endpoint(
  {
    id: 'revokeInvitation',
    method: 'delete',
    path: '/api/circles/:name/invitations/:invitation',
    summary: 'Take back one invitation',
    responses: { 204: 'It is not open any more.' },
  },
  context => {
    const idOrCode = context.req.param('invitation')
    const id = invitationIdPattern.test(idOrCode) ? idOrCode : sha256(idOrCode)
    return manage(context, { do: 'uninvite', id }, () => context.body(null, 204))
  },
)

/** `DELETE /api/circles/:name/invitations`: revokes every open invitation. */
export const revokeInvitations = endpoint(
  {
    id: 'revokeInvitations',
    method: 'delete',
    path: '/api/circles/:name/invitations',
    summary: 'Revoke every open invitation',
    responses: { 204: 'None is open.' },
  },
  context => manage(context, { do: 'uninvite' }, () => context.body(null, 204)),
)

/** `POST /api/circles/:name/join`: makes the caller a member by an invitation. */
export const joinCircle = endpoint(
  {
    id: 'joinCircle',
    method: 'post',
    path: '/api/circles/:name/join',
    summary: 'Use an invitation',
    body: z.strictObject({ invitation: commandId }),
    responses: { 200: memberEntry },
  },
  context => {
    const hash = sha256(context.req.valid('json').invitation)
    return manage(context, { do: 'join', hash }, result => context.json(memberIn(result), 200))
  },
)

type Done = Exclude<MembersResult, { refused: unknown }>

/** Acts on the members of the circle that the path names; returns the response to the result, or the refusal. */
async function manage<Answer extends Response>(
  context: HttpContext,
  act: MemberAct,
  respond: (result: Done) => Answer,
): Promise<Answer | Failure> {
  const call = await openChannel(context, 'circle')
  if (call instanceof Response) return call
  const result = await call.stub.manage(call.caller, act)
  if (result === null) return channelNotFound(call.channel)
  return 'refused' in result ? refusalResponse(result.refused) : respond(result)
}

/** The same for an act on the user whom the path names. */
async function manageUser<Answer extends Response>(
  context: HttpContext,
  actOn: (user: string) => MemberAct,
  respond: (result: Done) => Answer,
): Promise<Answer | Failure> {
  const user = readUserId(context.req.param('user') ?? '')
  return user === null ? failure('invalid', 'No user can have this id.') : manage(context, actOn(user), respond)
}

function memberIn(result: Done) {
  return 'member' in result ? result.member : result
}

/** The user id in a path, or null if no user can have it. */
function readUserId(user: string): string | null {
  return user.length > 0 && user.length <= 256 && user.isWellFormed() && !/\p{Cc}/u.test(user) ? user : null
}
