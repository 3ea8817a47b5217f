/** The value of `RELAYS` with which every socket stands at a relay. */
export const everySocket = '{"from":0,"size":50}'

/** The settings of a Worker in this run: with `CIRCLES_BEHIND_RELAYS=1`, every socket stands at a relay (test/relay/behaviour.full.test.ts). */
export const settingsOfRun = (): { RELAYS?: string } =>
  process.env.CIRCLES_BEHIND_RELAYS === '1' ? { RELAYS: everySocket } : {}
