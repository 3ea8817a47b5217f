import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { bursts, slidingWindow } from '../load/workload.ts'
import { deliveryColumns, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

/** Measures one room in which people go on writing: nobody waits until everyone has the last message. */
export const sustained: Scenario = {
  name: 'sustained',
  title: 'One room, a steady flow',
  description:
    'one room: 200-byte messages to all members, each sent on its own as soon as one came back, so many of them in flight',
  sizes: ({ receivers }) => receivers.filter(size => size <= 1_000),
  columns: deliveryColumns,
  primaryFigure: () => 'deliveries_per_s',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const variants: VariantFigures[] = []
    for (const senders of [1, Math.min(16, size)]) {
      const room = `sustained-${senders}`
      const group = await ClientGroup.open(target, { room, count: size, senders, userPrefix: `${room}-` })
      await pause(profile.settleMs)
      await bursts(16).run(group, profile.seconds / 2) // so that a just-in-time compiler has seen every path
      for (const inFlight of [16, 64]) {
        const flow = slidingWindow({ name: `${inFlight} in flight`, inFlight, step: 1 })
        await flow.run(group, profile.seconds / 4) // warm-up
        const figures = await measure([group], usage, () => flow.run(group, profile.seconds))
        const writers = senders === 1 ? '1 sender' : `${senders} senders`
        variants.push({ variant: `${size} receivers, ${flow.name}, ${writers}`, figures })
      }
      group.close()
    }
    return variants
  },
}
