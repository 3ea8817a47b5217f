import { Crowd } from '../load/client-group.ts'
import { Tally } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { start } from '../load/measurement.ts'
import { Member } from '../load/raw-client.ts'
import { welcomeOf } from './read-welcome.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

const patienceMs = 20_000
const people = 10 // who come again and again
const joinersPerSecond = 50 // of the time that a measurement takes

/** Somebody comes, one after the other, and is told what was said. */
export const replay: Scenario = {
  name: 'replay',
  about: 'somebody who was here before has the last messages; Circles sends a resume, the others one frame',
  sizes: ({ replayed }) => replayed,
  suits: ({ keeps, dialect }) => keeps && dialect !== 'circles-plain',
  columns: [
    column('joined_p50_ms', 'from connect, p50 ms', 2, 'less'),
    column('joined_p99_ms', 'p99 ms', 2, 'less'),
    column('cpu_us', 'CPU µs/joiner', 0, 'less'),
  ],
  chart: () => 'joined_p50_ms',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const crowd = await Crowd.open(target, { room: 'replay', count: 1 })
    for (let said = 0; said < size; said += 50) {
      const { events } = crowd.tally
      crowd.say(Math.min(50, size - said))
      await crowd.heard(events, Math.min(50, size - said))
    }
    const since = target.dialect === 'circles' ? { seq: 0, epoch: welcomeOf(crowd).epoch } : undefined
    const joined = new Latencies()
    const faults = { lost: 0, duplicates: 0, disorder: 0 }
    const join = async (number: number) => {
      const tally = new Tally()
      const member = new Member(target, tally)
      member.ear.expect(0, 0)
      const begin = performance.now()
      await member.open({ room: 'replay', user: `joiner${number % people}`, last: size, ...(since && { since }) })
      await tally.reaches(size, patienceMs)
      joined.add(performance.now() - begin)
      faults.lost += member.ear.lost(0, size - 1)
      faults.duplicates += tally.duplicates
      faults.disorder += tally.disorder
      member.cut()
    }
    const joiners = Math.max(5, Math.round(joinersPerSecond * scale.seconds))
    for (let number = 0; number < Math.max(people, joiners / 4); number++) await join(number)
    joined.clear()
    const stretch = start(meter)
    for (let number = 0; number < joiners; number++) await join(number)
    const { cpu, generator } = stretch.end()
    crowd.close()
    const figures = {
      joined_p50_ms: joined.summary().p50_ms,
      joined_p99_ms: joined.summary().p99_ms,
      cpu_us: cpu / joiners,
      generator,
      ...faults,
    }
    return [{ cell: `${size} events`, figures }]
  },
}
