import type { Env } from '../../env.ts'
import { isLoopback } from '../../lib/public-url.ts'

/**
 * Returns whether the sender's address may open another socket now. The platform counts, per location and approximately;
 * without its binding there is no limit, and there is none for programs on this machine.
 */
export async function allowConnect(request: Request, env: Env): Promise<boolean> {
  const address = request.headers.get('cf-connecting-ip')
  if (!env.UPGRADES || address === null || address === '::1' || isLoopback(address)) return true
  const { success } = await env.UPGRADES.limit({ key: networkOfAddress(address) })
  return success
}

/** An IPv4 address as it is; the first 64 bits of an IPv6 address, all of which usually belong to one customer. */
export function networkOfAddress(address: string): string {
  if (!address.includes(':')) return address
  const [front = [], back] = address.split('::').map(part => part.split(':').filter(group => group !== ''))
  const zeros = back === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  return [...front, ...Array<string>(zeros).fill('0'), ...(back ?? [])].slice(0, 4).join(':')
}
