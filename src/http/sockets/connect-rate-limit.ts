import type { Env } from '../../env.ts'
import { isLoopback } from '../../lib/public-url.ts'

/**
 * May the sender's address ask for one more socket just now? The platform counts, per location and about right;
 * where its binding is absent nobody does. This machine's own programs are not held back.
 */
export async function allowConnect(request: Request, env: Env): Promise<boolean> {
  const address = request.headers.get('cf-connecting-ip')
  if (!env.UPGRADES || address === null || address === '::1' || isLoopback(address)) return true
  const { success } = await env.UPGRADES.limit({ key: networkOfAddress(address) })
  return success
}

/** An IPv4 address as it is; of IPv6 the first 64 bits, all of which usually belong to one customer. */
export function networkOfAddress(address: string): string {
  if (!address.includes(':')) return address
  const [front = [], back] = address.split('::').map(part => part.split(':').filter(group => group !== ''))
  const zeros = back === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  return [...front, ...Array<string>(zeros).fill('0'), ...(back ?? [])].slice(0, 4).join(':')
}
