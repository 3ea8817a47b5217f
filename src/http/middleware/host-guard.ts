import { isHostAllowed } from '../../auth/origin.ts'
import { readPolicy } from '../../auth/policy.ts'
import { isSameSecret } from '../../lib/ids.ts'
import type { HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'

const secretHeader = 'x-circles-proxy-secret'

/**
 * Refuses requests to hosts that are not answered here, on every path; under `token` all are. With PROXY_SECRET, only
 * requests through the proxy that knows it are answered: wrangler's development server lets a request say its own host.
 */
export async function guardHost(context: HttpContext, next: () => Promise<void>): Promise<Failure | undefined> {
  const { PROXY_SECRET: secret } = context.env
  if (secret && !isSameSecret(context.req.header(secretHeader) ?? '', secret)) {
    return failure('host_not_allowed', 'This server answers only through the proxy in front of it.')
  }
  const policy = readPolicy(context.env)
  if (policy.kind !== 'unconfigured' && !hostsOf(context.req.raw).every(host => isHostAllowed(policy, host))) {
    return failure(
      'host_not_allowed',
      'With AUTH=open this server answers to localhost and the hosts of ALLOWED_ORIGINS.',
    )
  }
  await next()
  return undefined
}

/** The host of the URL, and that of the header: a proxy in front may have rewritten one of them. */
function hostsOf({ url, headers }: Request): string[] {
  const header = headers.get('host')
  return [new URL(url).hostname, ...(header === null ? [] : [URL.parse(`http://${header}`)?.hostname ?? ''])]
}
