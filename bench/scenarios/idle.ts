import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../load/client-group.ts'
import { start } from '../load/measurement.ts'
import type { Target } from '../load/target.ts'
import { mint } from '../load/token.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

const pingEvery = 25 // seconds, as a native client does (H2)
const spanSeconds = 150

/** A crowd that only keeps its sockets open: how often is the object woken for it? It says so itself. */
export const idle: Scenario = {
  name: 'idle',
  about: `sockets of one room that do nothing but ping every ${pingEvery} s, once everybody is in`,
  sizes: ({ idle }) => [idle.connections],
  columns: [
    column('seconds', 'seconds', 0),
    column('wakes', `times woken in ${spanSeconds} s`, 2, 'less'),
    column('rows', 'rows written', 0, 'less'),
    column('idle_cpu_ms', 'CPU ms/s', 1, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  suits: ({ dialect }) => dialect === 'circles',
  chart: () => 'wakes',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const crowd = await Crowd.open(target, { room: 'idle', count: size })
    const everybody = () => {
      for (const member of crowd.members) member.send('{"type":"ping"}')
    }
    const pings = setInterval(everybody, pingEvery * 1_000)
    await pause(scale.idle.seconds * 100) // what their coming leaves to be done
    const before = await billed(target)
    const idling = start(meter)
    await pause(scale.idle.seconds * 1_000)
    const { cpu, seconds, generator } = idling.end()
    const after = await billed(target)
    clearInterval(pings)
    const lost = crowd.members.filter(({ closed }) => closed !== null).length
    crowd.close()
    const spans = Math.max(1, seconds / spanSeconds)
    const figures = {
      seconds,
      wakes: (after.alarms + after.messages - before.alarms - before.messages) / spans,
      rows: after.rows_written + after.alarm_sets - before.rows_written - before.alarm_sets,
      idle_cpu_ms: cpu / 1_000 / seconds,
      memory_mb: meter.memory() / 2 ** 20,
      generator,
      lost,
      duplicates: 0,
      disorder: 0,
    }
    return [{ cell: `${size} connections`, figures }]
  },
}

type Billed = { alarms: number; messages: number; rows_written: number; alarm_sets: number }

/** What the room itself says that it cost so far. Asking costs a request, which is none of these. */
async function billed({ port }: Target): Promise<Billed> {
  const headers = { authorization: `Bearer ${mint('owner', 'owner')}` }
  const response = await fetch(`http://127.0.0.1:${port}/api/circles/idle/cost`, { headers })
  const { counted } = (await response.json()) as { counted: Billed }
  return counted
}
