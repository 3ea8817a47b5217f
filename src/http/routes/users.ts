import * as z from 'zod/v4'
import { missingCredentials } from '../../auth/authenticate.ts'
import { roleIn } from '../../auth/grants.ts'
import { usersResource } from '../../auth/resource.ts'
import { registryFor } from '../../deployment/tokens/clients.ts'
import { endpoint } from '../endpoint.ts'
import { authFailure, failure, retryAfter } from '../errors.ts'

/** `POST /api/users/:user/revoke`: revokes every token of a user that was issued before now, on open sockets too. */
export const revokeUser = endpoint(
  {
    id: 'revokeUserTokens',
    method: 'post',
    path: '/api/users/:user/revoke',
    summary: 'Revoke the tokens of a user',
    responses: { 200: z.object({ user: z.string(), revoked_at: z.iso.datetime(), channels: z.int() }) },
  },
  async context => {
    const id = context.req.param('user')
    const { caller } = context.var
    if (caller.by !== 'token') return authFailure(missingCredentials)
    const { claims } = caller
    if (claims.id !== id && roleIn(usersResource, claims.grants) !== 'owner') {
      return failure('forbidden', 'Only an owner of the deployment may revoke the tokens of other users.')
    }
    const revocation = await registryFor(context.env, id).revoke(id)
    if ('retryAfterMs' in revocation)
      return failure('rate_limited', 'They were revoked a moment ago.', retryAfter(revocation.retryAfterMs))
    const { at, channels } = revocation
    return context.json({ user: id, revoked_at: new Date(at).toISOString(), channels }, 200)
  },
)
