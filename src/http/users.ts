import { Hono } from 'hono'
import { roleIn } from '../auth/grants.ts'
import { missing } from '../auth/identify.ts'
import { passesOf } from '../passes/stubs.ts'
import type { Http } from './api.ts'
import { callerOf, credentialsIn } from './entrance.ts'
import { failure, methodNotAllowed } from './errors.ts'

/** `POST /api/users/:id/revoke`: every token of a user issued until now ends, on open sockets too. */
export const users = new Hono<Http>()
  .post('/:id/revoke', async context => {
    const id = context.req.param('id')
    const caller = await callerOf(context.var.policy, credentialsIn(context.req.raw), Date.now())
    if (caller instanceof Response) return caller
    if (caller.by !== 'token') return failure(missing.denied, missing.message)
    const { claims } = caller
    if (claims.id !== id && roleIn('deployment:users', claims.grants) !== 'owner') {
      return failure('forbidden', 'Only an owner of the deployment ends the tokens of others.')
    }
    const { at, channels } = await passesOf(context.env, id).revoke(id)
    return context.json({ user: id, revoked_at: new Date(at).toISOString(), channels }, 200)
  })
  .all('/:id/revoke', () => methodNotAllowed('POST'))
