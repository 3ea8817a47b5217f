import { prices } from '../../src/protocol/cost/prices.ts'
import { quietMs } from '../../src/relay/lease.ts'
import { table } from './tables.ts'

/** The computed parts of docs/scale.md, by the name in their markers. */
export const relayTables: Record<string, () => string> = { relays: relaysTable }

const receivers = 100_000
const relays = 50
const frameCharacters = 600 // a message of 200 bytes as it goes to a relay
const takenCharacters = 262_144 // after which a relay says that it has taken them
const backSeconds = 1 // until a relay that is called is connected, at most
const alarmSeconds = { connected: 30, parked: 120 } // of a relay
/** Each time a relay parks and comes back: three rows at the circle, two at the relay, and an alarm that comes forward. */
const parking = { rows: 6, requests: 2, messages: 2 } // requests: the call and the connection; messages: its hello, and that it would park

/** What a second costs (dollars) in which so many messages are sent, evenly. */
function secondOf(perSecond: number) {
  const gap = 1 / perSecond
  const isParking = gap > quietMs / 1_000
  const awake = isParking ? (quietMs / 1_000 + backSeconds) / gap : 1 // of each second
  const parkings = isParking ? relays * perSecond : 0
  const alarms = relays * (awake / alarmSeconds.connected + (1 - awake) / alarmSeconds.parked)
  const taken = (relays * perSecond * frameCharacters) / takenCharacters
  const messages = perSecond + taken + parkings * parking.messages
  const requests = messages / prices.messages_per_request + alarms + parkings * parking.requests
  const rows = 2 * perSecond + alarms + parkings * parking.rows
  const price = ({ per_million }: { per_million: number }, amount: number) => (amount * per_million) / 1_000_000
  return {
    duration: price(prices.duration, (relays + 1) * awake * prices.memory_gb),
    requests: price(prices.requests, requests),
    rows: price(prices.rows_written, rows),
  }
}

function relaysTable(): string {
  const rows = [
    ['one an hour', 1 / 3_600],
    ['one a minute', 1 / 60],
    ['one a second', 1],
    ['ten a second', 10],
  ] as const
  const cells = rows.map(([name, perSecond]) => {
    const { duration, requests, rows } = secondOf(perSecond)
    const total = duration + requests + rows
    const parts = [duration, requests, rows].map(part => `$${(part * 3_600).toFixed(3)}`)
    return [
      name,
      ...parts,
      `$${(total * 3_600).toFixed(2)}`,
      `$${((total / (perSecond * receivers)) * 1_000_000).toPrecision(3)}`,
    ]
  })
  return table(['messages', 'awake, an hour', 'requests', 'rows', 'an hour', 'a million deliveries'], cells)
}
