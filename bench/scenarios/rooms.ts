import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../load/client-group.ts'
import { Tally } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import { bursts } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage, talkColumns } from './scenario.ts'

const members = 5
const people = 40 // groups of people who are in many rooms each, as colleagues are

/** Many small rooms that all talk at once. */
export const rooms: Scenario = {
  name: 'rooms',
  about: 'many rooms of five; in each one member talks, a message at a time, as fast as it can',
  sizes: ({ rooms }) => rooms,
  columns: [column('messages_per_s', 'messages/s', 0, 'more'), ...talkColumns],
  suits: ({ keeps }) => keeps,
  chart: () => 'messages_per_s',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const latencies = new Latencies()
    const crowds: Crowd[] = []
    for (let room = 0; room < size; room++) {
      const options = { room: `room${room}`, count: members, prefix: `group${room % people}-` }
      crowds.push(await Crowd.open(target, options, new Tally(latencies)))
    }
    await pause(scale.settleMs)
    const { talk } = bursts(1)
    const all = (seconds: number) => Promise.all(crowds.map(crowd => talk(crowd, seconds))).then(() => {})
    await all(scale.seconds / 2)
    const figures = await measure(crowds, meter, () => all(scale.seconds))
    for (const crowd of crowds) crowd.close()
    return [{ cell: `${size} rooms of ${members}`, figures }]
  },
}
