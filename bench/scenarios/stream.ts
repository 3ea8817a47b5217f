import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { slidingWindow, type Workload } from '../load/workload.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const deltaBytes = 36
const deltasPerTurn = 800 // a reply of 28,800 bytes
const window = 64 // deltas in flight, for the other subjects
const maxTurns = 100 // that markers can tell apart

/** Measures an agent's reply that streams as fast as its deltas are taken. */
export const stream: Scenario = {
  name: 'stream',
  title: "An agent's reply, streamed",
  description: `deltas of ${deltaBytes} bytes to all members: Circles streams an agent's turns, the others relay what a member sends`,
  sizes: ({ streamReceivers }) => streamReceivers,
  columns: [
    column('deliveries_per_s', 'deltas/s', 0, 'more'),
    column('cpu_us', 'CPU µs/delta', 2, 'less'),
    column('events_per_frame', 'deltas/frame', 1),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  primaryFigure: () => 'deliveries_per_s',
  supports: ({ protocol }) => protocol !== 'circles-plain', // replies are not streamed there
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const group = await ClientGroup.open(target, { room: 'stream', count: size, senders: 1 })
    const workload =
      target.protocol === 'circles'
        ? turns
        : slidingWindow({ name: 'a stream', inFlight: window, step: window / 4, bytes: deltaBytes })
    await workload.run(group, profile.seconds / 4)
    const figures = await measure([group], usage, () => workload.run(group, profile.seconds))
    group.close()
    return [{ variant: `${size} receivers`, figures }]
  },
}

/** Prompts the agent for one reply after the other. Each reply's deltas carry another sender in their markers. */
const turns: Workload = {
  name: 'turns',
  async run(group, seconds) {
    const end = performance.now() + seconds * 1_000
    while (performance.now() < end) {
      const turn = group.turns++ % maxTurns
      for (const { receiver } of group.clients) {
        receiver.ignoreRepeats = true // the final message repeats its deltas
        receiver.expect(turn, 0)
      }
      const { events } = group.stats
      const content = `@stream ${deltasPerTurn} ${turn}`
      group.clients[0]?.sendMessages([{ content, id: `turn${group.turns}` }])
      if (!(await group.waitForDelivery(events, deltasPerTurn))) {
        group.missing += group.clients.length * deltasPerTurn - (group.stats.events - events)
        return
      }
    }
  },
}
