import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { sha256 } from '../../lib/ids.ts'
import { commandId } from '../../protocol/commands.ts'
import { type MemberAct, memberChange } from '../../protocol/member-schema.ts'
import { personRole } from '../../protocol/roles.ts'
import type { MembersResult } from '../../rpc/channel.ts'
import { channelNotFound, openChannel, refusalResponse } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure, methodNotAllowed } from '../errors.ts'
import { validatedBody } from '../middleware/validate.ts'

const daySeconds = 86_400

export const invitationCode = z.strictObject({ invitation: commandId })
export const invitation = z.strictObject({
  role: personRole.default('member'),
  uses: z.int().min(1).max(1_000).default(1),
  expires_in: z
    .int()
    .min(60)
    .max(30 * daySeconds)
    .default(7 * daySeconds), // seconds
})

/** `/api/circles/:name/members`: who is here and who may be; mute, ban, raise, remove. */
export const members = new Hono<HttpEnv>()
  .get('/', async context => {
    const managed = await manage(context, { do: 'list' })
    return managed instanceof Response ? managed : context.json(managed, 200)
  })
  .all('/', () => methodNotAllowed('GET'))
  .patch('/:user', validatedBody(memberChange), async context => {
    const user = userIn(context)
    if (user === null) return failure('invalid', 'Nobody has such an id.')
    const managed = await manage(context, { do: 'change', user, change: context.req.valid('json') })
    return managed instanceof Response ? managed : context.json('member' in managed ? managed.member : managed, 200)
  })
  .delete('/:user', async context => {
    const user = userIn(context)
    if (user === null) return failure('invalid', 'Nobody has such an id.')
    const managed = await manage(context, { do: 'remove', user })
    return managed instanceof Response ? managed : context.body(null, 204)
  })
  .all('/:user', () => methodNotAllowed('PATCH', 'DELETE'))

/** `/api/circles/:name/invitations`: a code that makes members of a private circle; taking all of them back. */
export const invitations = new Hono<HttpEnv>()
  .post('/', validatedBody(invitation), async context => {
    const { role, uses, expires_in } = context.req.valid('json')
    const code = crypto.randomUUID()
    const act = { do: 'invite', hash: sha256(code), role, uses, expiresIn: expires_in * 1000 } as const
    const managed = await manage(context, act)
    return managed instanceof Response ? managed : context.json({ invitation: code, role, uses, expires_in }, 201)
  })
  .delete('/', async context => {
    const managed = await manage(context, { do: 'uninvite' })
    return managed instanceof Response ? managed : context.body(null, 204)
  })
  .all('/', () => methodNotAllowed('POST', 'DELETE'))

/** `POST /api/circles/:name/join`: an invitation is used. */
export const join = new Hono<HttpEnv>()
  .post('/', validatedBody(invitationCode), async context => {
    const managed = await manage(context, { do: 'join', hash: sha256(context.req.valid('json').invitation) })
    return managed instanceof Response ? managed : context.json('member' in managed ? managed.member : managed, 200)
  })
  .all('/', () => methodNotAllowed('POST'))

async function manage(
  context: Context<HttpEnv>,
  act: MemberAct,
): Promise<Exclude<MembersResult, { refused: unknown }> | Failure> {
  const called = await openChannel(context, 'circle')
  if (called instanceof Response) return called
  const managed = await called.object.manage(called.visit, act)
  if (managed === null) return channelNotFound(called.channel)
  return 'refused' in managed ? refusalResponse(managed.refused) : managed
}

/** The user in the path, as others know them. */
function userIn(context: Context<HttpEnv>): string | null {
  const user = context.req.param('user') ?? ''
  return user.length > 0 && user.length <= 256 && user.isWellFormed() && !/\p{Cc}/u.test(user) ? user : null
}
