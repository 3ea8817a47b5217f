import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { PlayedCircle } from '../load/played-circle.ts'
import { bursts } from '../load/workload.ts'
import { deliveryColumns, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const circle = 'member'
const mostReceivers = 2_000 // at one relay

/** Measures what a delivery costs a relay, whose circle the generator plays; a bare Durable Object is what it is compared with. */
export const relayMember: Scenario = {
  name: 'relay-member',
  title: 'A circle with relays: one relay',
  description: 'one relay alone: 200-byte messages from one member to all members; the generator plays the circle',
  sizes: ({ receivers }) => receivers.filter(count => count <= mostReceivers),
  isOfRelays: true,
  supports: ({ name, onlyRelays }) => onlyRelays === true || name === 'minimal',
  columns: deliveryColumns,
  primaryFigure: variant => (variant.includes('bursts') ? 'deliveries_per_s' : 'cpu_us'),
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const { calledPort } = target
    const played = calledPort === undefined ? null : await PlayedCircle.listen(calledPort, circle)
    const group = await ClientGroup.open(target, { room: circle, count: size })
    await pause(profile.settleMs)
    await bursts(16).run(group, profile.seconds)
    const variants: VariantFigures[] = []
    for (const workload of [bursts(1), bursts(16)]) {
      await workload.run(group, profile.seconds / 4)
      const figures = await measure([group], usage, () => workload.run(group, profile.seconds))
      variants.push({ variant: `${size} members, ${workload.name}`, figures })
    }
    group.close()
    played?.close()
    return variants
  },
}
