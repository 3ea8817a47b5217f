import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { bursts, constantRate } from '../load/workload.ts'
import { deliveryColumns, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

/** Measures one room with one sender (or a few) and many receivers. */
export const fanout: Scenario = {
  name: 'fanout',
  title: 'One room, many receivers',
  description: 'one room: 200-byte messages from one member to all members, the sender included',
  sizes: profile => profile.receivers,
  columns: deliveryColumns,
  primaryFigure: variant => (variant.includes('bursts') ? 'deliveries_per_s' : 'cpu_us'),
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const senders = Math.min(profile.senders, size)
    const group = await ClientGroup.open(target, { room: 'fanout', count: size, senders })
    await pause(profile.settleMs)
    await bursts(16).run(group, profile.seconds) // so that a just-in-time compiler has seen every path a few hundred times
    const variants: VariantFigures[] = []
    for (const workload of [bursts(1), ...profile.bursts.map(size => bursts(size)), constantRate(10)]) {
      await workload.run(group, profile.seconds / 4) // warm-up
      const figures = await measure([group], usage, () => workload.run(group, profile.seconds))
      const suffix = senders > 1 ? `, ${senders} senders` : ''
      variants.push({ variant: `${size} receivers, ${workload.name}${suffix}`, figures })
    }
    group.close()
    return variants
  },
}
