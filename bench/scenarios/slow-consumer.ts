import { ClientGroup } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { waitUntil } from '../load/wait-until.ts'
import { bursts } from '../load/workload.ts'
import { column, deliveryColumns, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const members = 50
const slowMembers = 5
const messageBytes = 24_576 // so that unread messages soon fill the kernel's buffers

/** Measures how clients that stop reading affect the others. */
export const slowConsumer: Scenario = {
  name: 'slow-consumer',
  title: 'Slow consumers',
  description: `a room of ${members}, messages of 24 KiB one at a time; then ${slowMembers} members stop reading`,
  sizes: () => [members],
  columns: [...deliveryColumns, column('closed', 'closed by the server', 0)],
  supports: ({ persists }) => persists,
  primaryFigure: () => 'p99_ms',
  async run({ target, usage, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const group = await ClientGroup.open(target, { room: 'slow', count: members })
    const workload = bursts(1, messageBytes)
    await workload.run(group, profile.seconds / 2)
    const before = await measure([group], usage, () => workload.run(group, profile.seconds * 2))
    const slow = group.clients.slice(-slowMembers)
    group.receiving = group.clients.slice(0, -slowMembers)
    for (const client of slow) client.pauseReading()
    const after = await measure([group], usage, () => workload.run(group, profile.seconds * 2))
    for (const client of slow) client.resumeReading()
    const countClosed = () => slow.filter(({ closeCode }) => closeCode !== null).length
    await waitUntil(() => countClosed() === slowMembers, profile.seconds * 1_000)
    group.close()
    return [
      { variant: 'all read', figures: before },
      { variant: `${slowMembers} of ${members} do not read`, figures: { ...after, closed: countClosed() } },
    ]
  },
}
