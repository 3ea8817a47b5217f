import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../load/client-group.ts'
import { start } from '../load/measurement.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

// In lengths of a measurement: until the objects that only admitted somebody are gone, and how long sockets sit there.
const settleFactor = 5
const idleFactor = 3

/** Sockets of one room that are opened and then do nothing. */
export const connect: Scenario = {
  name: 'connect',
  about: 'sockets of one room, 64 being opened at a time; then they are idle',
  sizes: ({ connections }) => connections,
  columns: [
    column('upgrades_per_s', 'upgrades/s', 0, 'more'),
    column('cpu_us', 'CPU µs/upgrade', 0, 'less'),
    column('kb_per_connection', 'KB/connection', 1, 'less'),
    column('idle_cpu_ms', 'CPU ms/s idle', 1, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  suits: ({ keeps }) => keeps,
  chart: () => 'kb_per_connection',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const warm = await Crowd.open(target, { room: 'warm', count: Math.min(size, 100) })
    warm.close()
    await pause(scale.seconds * 500)
    const before = meter.memory()
    const opening = start(meter)
    const crowd = await Crowd.open(target, { room: 'connect', count: size })
    const { seconds, cpu, generator } = opening.end()
    await pause(scale.seconds * settleFactor * 1_000) // what a crowd's coming leaves to be done
    const idle = start(meter)
    await pause(scale.seconds * idleFactor * 1_000)
    const idled = idle.end()
    const memory = meter.memory()
    const lost = crowd.members.filter(({ closed }) => closed !== null).length
    crowd.close()
    const figures = {
      upgrades_per_s: size / seconds,
      cpu_us: cpu / size,
      kb_per_connection: (memory - before) / size / 1_024,
      idle_cpu_ms: idled.cpu / 1_000 / idled.seconds,
      memory_mb: memory / 2 ** 20,
      generator,
      lost,
      duplicates: 0,
      disorder: 0,
    }
    return [{ cell: `${size} connections`, figures }]
  },
}
