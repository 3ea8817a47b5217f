import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup } from '../load/client-group.ts'
import { DeliveryStats } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import { bursts, constantRate } from '../load/workload.ts'
import { column, deliveryColumns, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const rooms = 10
const members = 20
const joinsPerSecond = 4 // each to one of the rooms, for a moment
const quarters = 4

/** Runs the mixed load of a small deployment for some minutes: conversations, bursts, joins and leaves. */
export const soak: Scenario = {
  name: 'soak',
  title: 'A mixed load for some minutes',
  description: `${rooms} rooms of the same ${members} users: 5 messages a second in each, bursts of 16 in the first; others join and leave`,
  sizes: ({ soakMinutes }) => [soakMinutes],
  columns: [...deliveryColumns, column('joins', 'joins', 0)],
  supports: ({ persists }) => persists,
  primaryFigure: () => 'p99_ms',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const latencies = new Latencies()
    const groups: ClientGroup[] = []
    for (let room = 0; room < rooms; room++) {
      const options = { room: `soak${room}`, count: members } // the same users in all of them
      groups.push(await ClientGroup.open(target, options, new DeliveryStats(latencies)))
    }
    const seconds = (size * 60) / quarters
    const variants: VariantFigures[] = []
    for (let quarter = 1; quarter <= quarters; quarter++) {
      let joins = 0
      const figures = await measure(groups, usage, async () => {
        const sending = Promise.all(
          groups.map((group, room) => (room === 0 ? bursts(16) : constantRate(5)).run(group, seconds)),
        )
        const end = performance.now() + seconds * 1_000
        for (; performance.now() < end; joins++) {
          const options = { room: `soak${joins % rooms}`, count: 1, senders: 0, userPrefix: 'guest' }
          const guest = await ClientGroup.open(target, options)
          await pause(1_000 / joinsPerSecond)
          guest.close()
        }
        await sending
      })
      variants.push({ variant: `quarter ${quarter} of ${profile.soakMinutes} min`, figures: { ...figures, joins } })
    }
    for (const group of groups) group.close()
    return variants
  },
}
