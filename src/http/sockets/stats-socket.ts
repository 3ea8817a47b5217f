import { statsResource } from '../../auth/resource.ts'
import { recordToken } from '../../deployment/tokens/clients.ts'
import type { HttpContext } from '../context.ts'
import { authFailure } from '../errors.ts'
import { requireOwner } from '../middleware/require-owner.ts'
import { requireStats } from '../middleware/require-stats.ts'
import { identifyUpgrade, upgradeFor } from './deployment-socket.ts'

/** Answers an upgrade of `/ws/stats`: the statistics of the deployment as they change, for its owners. */
export async function statsSocket(context: HttpContext): Promise<Response> {
  const upgrade = await identifyUpgrade(context)
  if (upgrade instanceof Response) return upgrade
  context.set('policy', upgrade.policy)
  context.set('caller', upgrade.caller)
  const principal = await requireOwner(context)
  if (principal instanceof Response) return principal
  const stub = requireStats(context.env)
  if (stub instanceof Response) return stub
  const refused = await recordToken(context.env, principal, statsResource)
  return refused === null ? stub.fetch(upgradeFor(context, principal, upgrade)) : authFailure(refused)
}
