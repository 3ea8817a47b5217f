import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { sha256 } from '../lib/ids.ts'
import { commandId } from '../protocol/commands.ts'
import { type MemberAct, memberChange } from '../protocol/membership.ts'
import { personRole } from '../protocol/roles.ts'
import type { Managed } from '../rooms/membership.ts'
import { call, type Http, nothingThere, refused } from './api.ts'
import { readBody } from './body.ts'
import { failure, methodNotAllowed } from './errors.ts'

const daySeconds = 86_400

const invitation = z.strictObject({
  role: personRole.default('member'),
  uses: z.int().min(1).max(1_000).default(1),
  expires_in: z
    .int()
    .min(60)
    .max(30 * daySeconds)
    .default(7 * daySeconds), // seconds
})

/** `/api/circles/:name/members`: who is here and who may be; mute, ban, raise, remove. */
export const members = new Hono<Http>()

members.get('/', async context => {
  const managed = await manage(context, { do: 'list' })
  return managed instanceof Response ? managed : context.json(managed)
})
members.all('/', () => methodNotAllowed('GET'))

members.patch('/:user', async context => {
  const user = userIn(context)
  if (user === null) return failure('invalid', 'Nobody has such an id.')
  const change = await readBody(context.req.raw, memberChange)
  if (change instanceof Response) return change
  const managed = await manage(context, { do: 'change', user, change })
  return managed instanceof Response ? managed : context.json('member' in managed ? managed.member : managed)
})
members.delete('/:user', async context => {
  const user = userIn(context)
  if (user === null) return failure('invalid', 'Nobody has such an id.')
  const managed = await manage(context, { do: 'remove', user })
  return managed instanceof Response ? managed : context.body(null, 204)
})
members.all('/:user', () => methodNotAllowed('PATCH', 'DELETE'))

/** `/api/circles/:name/invitations`: a code that makes members of a private circle; taking all of them back. */
export const invitations = new Hono<Http>()

invitations.post('/', async context => {
  const body = await readBody(context.req.raw, invitation)
  if (body instanceof Response) return body
  const { role, uses, expires_in } = body
  const code = crypto.randomUUID()
  const act = { do: 'invite', hash: sha256(code), role, uses, expiresIn: expires_in * 1000 } as const
  const managed = await manage(context, act)
  return managed instanceof Response ? managed : context.json({ invitation: code, role, uses, expires_in }, 201)
})
invitations.delete('/', async context => {
  const managed = await manage(context, { do: 'uninvite' })
  return managed instanceof Response ? managed : context.body(null, 204)
})
invitations.all('/', () => methodNotAllowed('POST', 'DELETE'))

/** `POST /api/circles/:name/join`: an invitation is used. */
export const join = new Hono<Http>()

join.post('/', async context => {
  const body = await readBody(context.req.raw, z.strictObject({ invitation: commandId }))
  if (body instanceof Response) return body
  const managed = await manage(context, { do: 'join', hash: sha256(body.invitation) })
  return managed instanceof Response ? managed : context.json('member' in managed ? managed.member : managed)
})
join.all('/', () => methodNotAllowed('POST'))

async function manage(
  context: Context<Http>,
  act: MemberAct,
): Promise<Exclude<Managed, { refused: unknown }> | Response> {
  const called = await call(context, 'circle')
  if (called instanceof Response) return called
  const managed = await called.object.manage(called.visit, act)
  if (managed === null) return nothingThere(called.channel)
  return 'refused' in managed ? refused(managed.refused) : managed
}

/** The user in the path, as others know them. */
function userIn(context: Context<Http>): string | null {
  const user = context.req.param('user') ?? ''
  return user.length > 0 && user.length <= 256 && user.isWellFormed() && !/\p{Cc}/u.test(user) ? user : null
}
