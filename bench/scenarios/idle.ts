import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { startInterval } from '../load/measurement.ts'
import type { ServerTarget } from '../load/target.ts'
import { mint } from '../load/token.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const pingSeconds = 25 // as a native client pings (H2)
const spanSeconds = 150

/** Measures how often idle sockets wake the object, by the object's own cost report. */
export const idle: Scenario = {
  name: 'idle',
  title: 'Idle connections',
  description: `sockets of one room that only ping every ${pingSeconds} s, once all of them are connected`,
  sizes: ({ idle }) => [idle.connections],
  columns: [
    column('seconds', 'seconds', 0),
    column('wakeups', `wake-ups in ${spanSeconds} s`, 2, 'less'),
    column('rows', 'rows written', 0, 'less'),
    column('idle_cpu_ms', 'CPU ms/s', 1, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  supports: ({ protocol }) => protocol === 'circles',
  primaryFigure: () => 'wakeups',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const group = await ClientGroup.open(target, { room: 'idle', count: size })
    const pingAll = () => {
      for (const client of group.clients) client.sendFrame('{"type":"ping"}')
    }
    const pings = setInterval(pingAll, pingSeconds * 1_000)
    await pause(profile.idle.seconds * 100) // for the work that connects leave behind
    const before = await readCost(target)
    const idling = startInterval(usage)
    await pause(profile.idle.seconds * 1_000)
    const { cpuMicros, seconds, generator } = idling.end()
    const after = await readCost(target)
    clearInterval(pings)
    const lost = group.clients.filter(({ closeCode }) => closeCode !== null).length
    group.close()
    const spans = Math.max(1, seconds / spanSeconds)
    const figures = {
      seconds,
      wakeups: (after.alarms + after.messages - before.alarms - before.messages) / spans,
      rows: after.rows_written + after.alarm_sets - before.rows_written - before.alarm_sets,
      idle_cpu_ms: cpuMicros / 1_000 / seconds,
      memory_mb: usage.memoryBytes() / 2 ** 20,
      generator,
      lost,
      duplicates: 0,
      out_of_order: 0,
    }
    return [{ variant: `${size} connections`, figures }]
  },
}

type Counted = { alarms: number; messages: number; rows_written: number; alarm_sets: number }

/** Reads the circle's own cost report. The read itself is a request, which none of these counters counts. */
async function readCost({ port }: ServerTarget): Promise<Counted> {
  const headers = { authorization: `Bearer ${mint('owner', 'owner')}` }
  const response = await fetch(`http://127.0.0.1:${port}/api/circles/idle/cost`, { headers })
  const { counted } = (await response.json()) as { counted: Counted }
  return counted
}
