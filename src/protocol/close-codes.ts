// The values are published (`circles-rooms/protocol`), so they stay as they are.
/** Whether a client reconnects: `again` = with backoff, `token` = only with a new token, `never` = not at all. */
export type ReconnectPolicy = 'again' | 'token' | 'never'

/** The close codes that this server sends, by name, each with the client's reconnect policy. */
export const closeCodes = {
  normal: [1000, 'never'],
  policy: [1008, 'never'],
  tooBig: [1009, 'never'],
  internal: [1011, 'again'],
  restart: [1012, 'again'],
  overloaded: [1013, 'again'],
  unauthenticated: [4001, 'token'],
  expired: [4401, 'token'],
  forbidden: [4403, 'never'],
  notFound: [4404, 'never'],
  heartbeat: [4408, 'again'],
  replaced: [4409, 'never'], // another program connected as the same agent
  deleted: [4410, 'never'],
  outdated: [4426, 'never'],
  flooding: [4429, 'again'],
  tooSlow: [4430, 'again'],
} as const satisfies Record<string, readonly [number, ReconnectPolicy]>

/** The name of a close code. */
export type CloseName = keyof typeof closeCodes

const known = new Map<number, ReconnectPolicy>(Object.values(closeCodes))

/**
 * Returns whether a client reconnects after a close with this code. An unknown code most likely comes from an
 * intermediary (proxy or load balancer).
 */
export function nextAfter(code: number): ReconnectPolicy {
  return known.get(code) ?? 'again'
}
