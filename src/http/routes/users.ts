import { z } from 'zod'
import { missingCredentials } from '../../auth/authenticate.ts'
import { roleIn } from '../../auth/grants.ts'
import { registryFor } from '../../deployment/tokens/clients.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'
import { authenticateRequest, readCredentials } from '../middleware/request-guard.ts'

/** `POST /api/users/:user/revoke`: revokes every token of a user that was issued before now, on open sockets too. */
export const revokeUser = endpoint(
  {
    id: 'revokeUserTokens',
    method: 'post',
    path: '/api/users/:user/revoke',
    summary: 'Revoke the tokens of a user',
    description:
      'Every token of the user that was issued until now; open sockets close with 4401. For the user and for owners of the deployment.',
    responses: { 200: z.object({ user: z.string(), revoked_at: z.iso.datetime(), channels: z.int() }) },
  },
  async context => {
    const id = context.req.param('user')
    const caller = await authenticateRequest(context.var.policy, readCredentials(context.req.raw), Date.now())
    if (caller instanceof Response) return caller
    if (caller.by !== 'token') return failure(missingCredentials.denied, missingCredentials.message)
    const { claims } = caller
    if (claims.id !== id && roleIn('deployment:users', claims.grants) !== 'owner') {
      return failure('forbidden', 'Only an owner of the deployment may revoke the tokens of other users.')
    }
    const { at, channels } = await registryFor(context.env, id).revoke(id)
    return context.json({ user: id, revoked_at: new Date(at).toISOString(), channels }, 200)
  },
)
