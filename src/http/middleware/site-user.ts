import type { Caller } from '../../auth/authenticate.ts'
import { readGrants } from '../../auth/grants.ts'
import { isOriginAllowed } from '../../auth/origin.ts'
import type { Configured } from '../../auth/policy.ts'
import { cleanName, fits, isUserId } from '../../protocol/text.ts'
import type { HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'

const hourMs = 3_600_000
const idBytes = 128

/**
 * The user that the Worker around Circles knows, or null: it knows none, and Circles' own credentials count. By a cookie,
 * which a page of any other site could have sent, only a request of an allowed origin may change something or open a socket.
 */
export async function siteUser(
  context: HttpContext,
  policy: Configured,
  now: number,
): Promise<Caller | Failure | null> {
  const { authenticate } = context.var.site
  if (authenticate === null) return null
  const request = context.req.raw
  const user = await authenticate(request, context.env)
  if (user === null || user === undefined) return null
  if (isByCookie(request) && !isRead(request) && !isFromHere(request, policy)) {
    return failure('origin_not_allowed', 'Who signs in by a cookie must come from a page of this server.')
  }
  const { id, issued = now, expires = now + hourMs } = user
  const name = typeof user.name === 'string' ? cleanName(user.name) : null
  if (typeof id !== 'string' || !fits(id, idBytes) || !isUserId(id) || name === null) {
    throw new Error('authenticate returned a wrong id or name')
  }
  if (expires <= now) return null
  return {
    by: 'token',
    claims: { id, name, grants: readGrants(user.channels), expires, issued, ...(user.bot && { bot: true }) },
  }
}

function isByCookie({ headers }: Request): boolean {
  return headers.has('cookie') && !headers.has('authorization')
}

function isRead({ method, headers }: Request): boolean {
  return (method === 'GET' || method === 'HEAD') && !headers.has('upgrade')
}

function isFromHere({ url, headers }: Request, policy: Configured): boolean {
  const origin = headers.get('origin')
  return origin !== null && isOriginAllowed(policy, origin, new URL(url).origin)
}
