import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { playRelay } from '../load/played-relay.ts'
import { bursts } from '../load/workload.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const circle = 'origin'

/**
 * Measures what a message costs a circle's object whose members are all behind relays, which the generator plays; a bare
 * Durable Object that stores a row and fans out to as many sockets is what it is compared with.
 */
export const relayOrigin: Scenario = {
  name: 'relay-origin',
  title: 'A circle with relays: the circle',
  description:
    'the circle alone: 200-byte messages from one member to all relays, each with some members, played by the generator',
  sizes: ({ relays }) => relays.connected,
  isOfRelays: true,
  supports: ({ name, onlyRelays }) => onlyRelays === true || name === 'minimal+sql',
  columns: [
    column('messages_per_s', 'messages/s', 0, 'more'),
    column('cpu_us_per_message', 'CPU µs/message', 0, 'less'),
    column('p50_ms', 'p50 ms', 2, 'less'),
    column('p99_ms', 'p99 ms', 2, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  primaryFigure: variant => (variant.includes('bursts') ? 'messages_per_s' : 'cpu_us_per_message'),
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const hasRelays = target.calledPort !== undefined
    const upstream = hasRelays ? { ...target, protocol: 'circles-upstream' as const } : target
    const group = await ClientGroup.open(upstream, { room: circle, count: size, ...(hasRelays && { userPrefix: '' }) })
    const members = profile.relays.membersOfEach
    for (const [number, client] of hasRelays ? group.clients.entries() : [])
      await playRelay(client, { circle, name: `r${number}`, members })
    await pause(profile.settleMs)
    await bursts(16).run(group, profile.seconds)
    const variants: VariantFigures[] = []
    for (const workload of [bursts(1), bursts(16)]) {
      await workload.run(group, profile.seconds / 4)
      const figures = await measure([group], usage, () => workload.run(group, profile.seconds))
      const own = { cpu_us_per_message: (figures.cpu_us ?? 0) * size } // a delivery is one to a relay
      variants.push({ variant: `${size} relays, ${workload.name}`, figures: { ...figures, ...own } })
    }
    group.close()
    return variants
  },
}
