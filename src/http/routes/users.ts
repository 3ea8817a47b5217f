import { Hono } from 'hono'
import { missingCredentials } from '../../auth/authenticate.ts'
import { roleIn } from '../../auth/grants.ts'
import { registryFor } from '../../deployment/tokens/clients.ts'
import type { HttpEnv } from '../context.ts'
import { failure, methodNotAllowed } from '../errors.ts'
import { authenticateRequest, readCredentials } from '../middleware/request-guard.ts'

/** `POST /api/users/:id/revoke`: every token of a user issued until now ends, on open sockets too. */
export const users = new Hono<HttpEnv>()
  .post('/:id/revoke', async context => {
    const id = context.req.param('id')
    const caller = await authenticateRequest(context.var.policy, readCredentials(context.req.raw), Date.now())
    if (caller instanceof Response) return caller
    if (caller.by !== 'token') return failure(missingCredentials.denied, missingCredentials.message)
    const { claims } = caller
    if (claims.id !== id && roleIn('deployment:users', claims.grants) !== 'owner') {
      return failure('forbidden', 'Only an owner of the deployment ends the tokens of others.')
    }
    const { at, channels } = await registryFor(context.env, id).revoke(id)
    return context.json({ user: id, revoked_at: new Date(at).toISOString(), channels }, 200)
  })
  .all('/:id/revoke', () => methodNotAllowed('POST'))
