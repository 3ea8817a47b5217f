import type { Region } from '../protocol/channels/region.ts'
import type { RelaySettings } from './settings.ts'

/** Whether new sockets of a circle go to relays, and to how many in a region. */
export type Plan = { on: boolean; shards: number }

const staysFrom = 0.4 // of `from`: relays that are there are used down to this share
const fullTo = 0.7 // of `size`, on average: the choice is random, and a full relay costs a second attempt

/** The plan that follows from how many sessions and relays a circle has. It is derived, so it survives everything. */
export function planFor({ from, size }: RelaySettings, sessions: number, relays: number): Plan {
  const on = sessions >= from || (relays > 0 && sessions >= from * staysFrom)
  return { on, shards: on ? Math.max(1, Math.ceil(sessions / (size * fullTo))) : 0 }
}

/** A plan as the value of a header. */
export function writePlan({ on, shards }: Plan): string {
  return on ? `${shards}` : 'off'
}

/** Reads the value of a header; null: it is none. */
export function readPlan(text: string | null): Plan | null {
  if (text === 'off') return { on: false, shards: 0 }
  return text !== null && /^[1-9]\d{0,4}$/.test(text) ? { on: true, shards: Number(text) } : null
}

/** The name of a relay. The circle's name has no slash. */
export function relayName(circle: string, region: Region, shard: number): string {
  return `${circle}/${region}/${shard}`
}

/** The circle that a relay is for. */
export function circleOfRelay(name: string): string {
  return name.slice(0, name.indexOf('/'))
}

/** The region in a relay's name. */
export function regionOfRelay(name: string): Region {
  return name.split('/')[1] as Region // as `relayName` wrote it
}

/** The region in which a client's relay is: an object is made there, and stays. By the continent that the platform names. */
export function regionOf(continent: string | undefined): Region {
  return regions.get(continent ?? '') ?? 'enam'
}

const regions = new Map<string, Region>([
  ['NA', 'enam'],
  ['SA', 'sam'],
  ['EU', 'weur'],
  ['AS', 'apac'],
  ['OC', 'oc'],
  ['AF', 'afr'],
])
