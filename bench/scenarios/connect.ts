import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { startInterval } from '../load/measurement.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

// As multiples of a measurement: until the objects that only checked tokens are gone, and how long the sockets sit idle.
const settleFactor = 5
const idleFactor = 3

/** Measures opening sockets and the memory of each one. */
export const connect: Scenario = {
  name: 'connect',
  title: 'Connections',
  description: 'sockets of one room, opened 64 at a time and then left idle',
  sizes: ({ connections }) => connections,
  columns: [
    column('upgrades_per_s', 'upgrades/s', 0, 'more'),
    column('cpu_us', 'CPU µs/upgrade', 0, 'less'),
    column('kb_per_connection', 'KB/connection', 1, 'less'),
    column('idle_cpu_ms', 'CPU ms/s idle', 1, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  supports: ({ persists }) => persists,
  primaryFigure: () => 'kb_per_connection',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const warmUp = await ClientGroup.open(target, { room: 'warm', count: Math.min(size, 100) })
    warmUp.close()
    await pause(profile.seconds * 500)
    const memoryBefore = usage.memoryBytes()
    const opening = startInterval(usage)
    const group = await ClientGroup.open(target, { room: 'connect', count: size })
    const { seconds, cpuMicros, generator } = opening.end()
    await pause(profile.seconds * settleFactor * 1_000) // for the work that connects leave behind
    const idling = startInterval(usage)
    await pause(profile.seconds * idleFactor * 1_000)
    const idle = idling.end()
    const memory = usage.memoryBytes()
    const lost = group.clients.filter(({ closeCode }) => closeCode !== null).length
    group.close()
    const figures = {
      upgrades_per_s: size / seconds,
      cpu_us: cpuMicros / size,
      kb_per_connection: (memory - memoryBefore) / size / 1_024,
      idle_cpu_ms: idle.cpuMicros / 1_000 / idle.seconds,
      memory_mb: memory / 2 ** 20,
      generator,
      lost,
      duplicates: 0,
      out_of_order: 0,
    }
    return [{ variant: `${size} connections`, figures }]
  },
}
