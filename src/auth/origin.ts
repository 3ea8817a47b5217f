import { isLoopback } from '../lib/public-url.ts'
import type { Configured } from './policy.ts'

/**
 * Returns whether requests to a host are answered. Under `open`, only those to this machine and to the hosts of
 * ALLOWED_ORIGINS: a page of any other site could resolve its own name to this machine (DNS rebinding).
 */
export function isHostAllowed(policy: Configured, hostname: string): boolean {
  if (policy.kind !== 'open' || isLoopback(hostname)) return true
  return policy.origins.some(origin => new URL(origin).hostname === hostname)
}

/**
 * Returns whether pages of an origin may connect. Browsers send the header with every upgrade and no page can change it;
 * other programs omit it. `own` is the origin of the request's URL.
 */
export function isOriginAllowed(policy: Configured, origin: string | null, own: string): boolean {
  if (origin === null) return true
  const url = URL.parse(origin)
  if (url === null || url.origin === 'null') return false // `null`, file: and sandboxed pages could be anyone's
  if (url.origin === own || policy.origins.includes(url.origin)) return true
  return policy.kind === 'open' && isLoopback(url.hostname)
}
