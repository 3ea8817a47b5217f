import { isLoopback } from '../lib/public-url.ts'
import type { Configured } from './policy.ts'

/**
 * May a page of this origin speak to us? Browsers send the header with every upgrade and no page can change it;
 * programs leave it out. `own` is the origin under which the request reached us.
 */
export function isOriginAllowed(policy: Configured, origin: string | null, own: string): boolean {
  if (origin === null) return true
  const url = URL.parse(origin)
  if (url === null || url.origin === 'null') return false // `null`, file: and sandboxed pages could be anybody's
  if (url.origin === own || policy.origins.includes(url.origin)) return true
  return policy.kind === 'open' && isLoopback(url.hostname)
}
