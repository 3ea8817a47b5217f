import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { DeliveryStats } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import { bursts } from '../load/workload.ts'
import { column, deliveryColumns, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const members = 5
const teams = 40 // of users who share many rooms, as colleagues do

/** Measures many small rooms that are busy at the same time. */
export const rooms: Scenario = {
  name: 'rooms',
  title: 'Many rooms',
  description: 'many rooms of five; in each, one member sends one message at a time, as fast as it can',
  sizes: ({ rooms }) => rooms,
  columns: [column('messages_per_s', 'messages/s', 0, 'more'), ...deliveryColumns],
  supports: ({ persists }) => persists,
  primaryFigure: () => 'messages_per_s',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const latencies = new Latencies()
    const groups: ClientGroup[] = []
    for (let room = 0; room < size; room++) {
      const options = { room: `room${room}`, count: members, userPrefix: `team${room % teams}-` }
      groups.push(await ClientGroup.open(target, options, new DeliveryStats(latencies)))
    }
    await pause(profile.settleMs)
    const workload = bursts(1)
    const runAll = (seconds: number) => Promise.all(groups.map(group => workload.run(group, seconds))).then(() => {})
    await runAll(profile.seconds / 2)
    const figures = await measure(groups, usage, () => runAll(profile.seconds))
    for (const group of groups) group.close()
    return [{ variant: `${size} rooms of ${members}`, figures }]
  },
}
