import { ClientGroup } from '../load/client-group.ts'
import { startInterval } from '../load/measurement.ts'
import { playRelay } from '../load/played-relay.ts'
import { bursts } from '../load/workload.ts'
import { Inspector } from '../servers/inspector.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const circle = 'join'
const relays = 5

/** Measures what it costs a circle's object that many members join through relays, which the generator plays. */
export const relayJoin: Scenario = {
  name: 'relay-join',
  title: 'A circle with relays: joins',
  description: `the circle alone: members join as fast as it admits them, through ${relays} relays that the generator plays`,
  sizes: profile => [profile.relays.joins],
  isOfRelays: true,
  readsHeap: true,
  supports: ({ onlyRelays }) => onlyRelays === true,
  columns: [
    column('joins_per_s', 'joins/s', 0, 'more'),
    column('cpu_us', 'CPU µs/join', 0, 'less'),
    column('kb_per_member', 'heap KB/member', 2, 'less'),
  ],
  primaryFigure: () => 'cpu_us',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const upstream = { ...target, protocol: 'circles-upstream' as const }
    const first = await ClientGroup.open(upstream, { room: circle, count: 1, userPrefix: 'first' })
    for (const client of first.clients) await playRelay(client, { circle, name: 'first', members: 1 }) // the circle exists now
    const group = await ClientGroup.open(upstream, { room: circle, count: relays, userPrefix: '' })
    if (target.inspectorPort === undefined) throw new Error('expected an inspector')
    const inspector = await Inspector.attach(target.inspectorPort)
    const heapBefore = await inspector.heapBytes()
    const interval = startInterval(usage)
    const members = size / relays
    await Promise.all(
      group.clients.map((client, number) => playRelay(client, { circle, name: `relay-${number}`, members })),
    )
    const { seconds, cpuMicros, generator } = interval.end()
    const heap = (await inspector.heapBytes()) - heapBefore
    inspector.close()
    await bursts(1).run(group, profile.seconds) // everybody that joined is still there
    const figures = { joins_per_s: size / seconds, cpu_us: cpuMicros / size, kb_per_member: heap / 1_024 / size }
    const { duplicates, outOfOrder: out_of_order } = group.stats
    const checks = { lost: group.lost(), duplicates, out_of_order }
    group.close()
    first.close()
    return [{ variant: `${size} joins`, figures: { ...figures, generator, ...checks } }]
  },
}
