import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { bursts } from '../load/workload.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

/** Measures the cost of a message without fan-out. */
export const echo: Scenario = {
  name: 'echo',
  title: 'One member alone',
  description: 'one member alone in a room receives its own messages',
  sizes: () => [1],
  columns: [
    column('messages_per_s', 'messages/s', 0, 'more'),
    column('cpu_us', 'CPU µs/message', 0, 'less'),
    column('p50_ms', 'p50 ms', 2, 'less'),
    column('p99_ms', 'p99 ms', 2, 'less'),
  ],
  primaryFigure: () => 'cpu_us',
  async run({ target, usage, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const group = await ClientGroup.open(target, { room: 'echo', count: 1 })
    const variants: VariantFigures[] = []
    for (const workload of [bursts(1), bursts(16)]) {
      await workload.run(group, profile.seconds / 2)
      const figures = await measure([group], usage, () => workload.run(group, profile.seconds))
      variants.push({ variant: workload.name, figures })
    }
    group.close()
    return variants
  },
}
