import { isLoopback } from '../lib/public-url.ts'
import type { Configured } from './policy.ts'

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
