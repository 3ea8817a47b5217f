import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../load/client-group.ts'
import { Tally } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import { bursts, steady } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage, talkColumns } from './scenario.ts'

const rooms = 10
const members = 20
const comings = 4 // a second: somebody visits one of the rooms for a moment
const parts = 4

/** A day of a small deployment, in minutes: talk in some rooms, bursts in one, people who come and go. */
export const soak: Scenario = {
  name: 'soak',
  about: `${rooms} rooms of the same ${members} people: 5 messages a second in each, bursts of 16 in the first; visitors come and go`,
  sizes: ({ minutes }) => [minutes],
  columns: [...talkColumns, column('visits', 'visits', 0)],
  suits: ({ keeps }) => keeps,
  chart: () => 'p99_ms',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const latencies = new Latencies()
    const crowds: Crowd[] = []
    for (let room = 0; room < rooms; room++) {
      const options = { room: `soak${room}`, count: members } // the same people in all of them
      crowds.push(await Crowd.open(target, options, new Tally(latencies)))
    }
    const seconds = (size * 60) / parts
    const rows: Row[] = []
    for (let part = 1; part <= parts; part++) {
      let visits = 0
      const figures = await measure(crowds, meter, async () => {
        const talking = Promise.all(
          crowds.map((crowd, room) => (room === 0 ? bursts(16) : steady(5)).talk(crowd, seconds)),
        )
        const end = performance.now() + seconds * 1_000
        for (; performance.now() < end; visits++) {
          const room = visits % rooms
          const visitors = await Crowd.open(target, { room: `soak${room}`, count: 1, senders: 0, prefix: 'visitor' })
          await pause(1_000 / comings)
          visitors.close()
        }
        await talking
      })
      rows.push({ cell: `quarter ${part} of ${scale.minutes} min`, figures: { ...figures, visits } })
    }
    for (const crowd of crowds) crowd.close()
    return rows
  },
}
