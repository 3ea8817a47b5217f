/** A client's next step: `again` = reconnect with backoff, `token` = only with a new token, `never` = do not come back. */
export type Next = 'again' | 'token' | 'never'

/** The close codes that this server sends, by name, each with the client's next step. */
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
  deleted: [4410, 'never'],
  outdated: [4426, 'never'],
  flooding: [4429, 'again'],
  tooSlow: [4430, 'again'],
} as const satisfies Record<string, readonly [number, Next]>

/** The name of a close code. */
export type CloseName = keyof typeof closeCodes

const known = new Map<number, Next>(Object.values(closeCodes).map(([code, next]) => [code, next]))

/** Returns the client's next step after a close with this code; an unknown code most likely comes from the network. */
export function nextAfter(code: number): Next {
  return known.get(code) ?? 'again'
}
