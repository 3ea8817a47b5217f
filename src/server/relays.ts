import type { Env } from '../env.ts'
import type { WakeRelay } from '../relay/away-relays.ts'
import { regionOfRelay } from '../relay/plan.ts'
import { RelayHub } from '../relay/relay-hub.ts'
import { routeSocket } from '../relay/route.ts'
import { readRelays } from '../relay/settings.ts'
import type { RelaySessions, RelaySessionsPorts } from '../rooms/object/relay-sessions.ts'
import { relayStub } from '../stubs.ts'

/** Relays of circles, as `relays` gives them to `defineCircle` and `circles`. */
export type RelaysFeature = {
  readonly feature: 'relays'
  /** @internal */
  readonly route: typeof routeSocket
  /** @internal */
  sessions(ports: RelaySessionsPorts): RelaySessions | null
}

/**
 * Relays for circles with thousands of members, for `defineCircle` and `circles`. The Worker exports the class `CircleRelay`
 * as well, and the setting `RELAYS` says from how many members on they are used; without it, they are not.
 */
export const relays: RelaysFeature = {
  feature: 'relays',
  route: routeSocket,
  sessions(ports) {
    const settings = readRelays(ports.env.RELAYS)
    return settings === null ? null : new RelayHub(ports, settings, wakeIn(ports.env))
  },
}

/** Calls a relay that is parked; null: this Worker binds none. */
function wakeIn(env: Env): WakeRelay | null {
  if (env.CIRCLE_RELAYS === undefined) return null
  return async name => relayStub(env, name, regionOfRelay(name))?.wake()
}
