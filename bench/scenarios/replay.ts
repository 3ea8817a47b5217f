import { ClientGroup } from '../load/client-group.ts'
import { DeliveryStats } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { startInterval } from '../load/measurement.ts'
import { RawClient } from '../load/raw-client.ts'
import { readWelcome } from './read-welcome.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const replayTimeoutMs = 20_000
const users = 10 // who join again and again
const joinersPerSecond = 50 // of a measurement's time
const batch = 50 // messages of the history that are sent at once

/** Measures how soon a joining client has the history; one joins after the other. */
export const replay: Scenario = {
  name: 'replay',
  title: 'Joining with history',
  description: 'a returning member receives the last messages; Circles resumes from a seq, the others send one frame',
  sizes: ({ replayEvents }) => replayEvents,
  supports: ({ persists, protocol }) => persists && protocol !== 'circles-plain',
  columns: [
    column('joined_p50_ms', 'from connect, p50 ms', 2, 'less'),
    column('joined_p99_ms', 'p99 ms', 2, 'less'),
    column('cpu_us', 'CPU µs/joiner', 0, 'less'),
  ],
  primaryFigure: () => 'joined_p50_ms',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const group = await ClientGroup.open(target, { room: 'replay', count: 1 })
    for (let sent = 0; sent < size; sent += batch) {
      const { events } = group.stats
      group.sendMessages(Math.min(batch, size - sent))
      await group.waitForDelivery(events, Math.min(batch, size - sent))
    }
    const since = target.protocol === 'circles' ? { seq: 0, epoch: readWelcome(group).epoch } : undefined
    const latencies = new Latencies()
    const faults = { lost: 0, duplicates: 0, out_of_order: 0 }
    const join = async (number: number) => {
      const stats = new DeliveryStats()
      const client = new RawClient(target, stats)
      client.receiver.expect(0, 0)
      const begin = performance.now()
      await client.open({ room: 'replay', user: `joiner${number % users}`, last: size, ...(since && { since }) })
      await stats.waitForEvents(size, replayTimeoutMs)
      latencies.add(performance.now() - begin)
      faults.lost += client.receiver.lost(0, size - 1)
      faults.duplicates += stats.duplicates
      faults.out_of_order += stats.outOfOrder
      client.reset()
    }
    const joiners = Math.max(5, Math.round(joinersPerSecond * profile.seconds))
    for (let number = 0; number < Math.max(users, joiners / 4); number++) await join(number) // warm-up
    latencies.clear()
    const interval = startInterval(usage)
    for (let number = 0; number < joiners; number++) await join(number)
    const { cpuMicros, generator } = interval.end()
    group.close()
    const { p50_ms: joined_p50_ms, p99_ms: joined_p99_ms } = latencies.summary()
    const figures = { joined_p50_ms, joined_p99_ms, cpu_us: cpuMicros / joiners, generator, ...faults }
    return [{ variant: `${size} events`, figures }]
  },
}
