import { Crowd, openAll } from '../load/client-group.ts'
import { Tally } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import { Member } from '../load/raw-client.ts'
import { until } from '../load/wait-until.ts'
import { steady } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

const listeners = 50
const lastLines = 100 // that a newcomer wants to see
const perSecond = 20

/** A crowd that comes all at once, while others talk. */
export const stampede: Scenario = {
  name: 'stampede',
  about: `a crowd joins all at once, with the last ${lastLines} messages; ${listeners} who were there talk on, ${perSecond} messages a second`,
  sizes: ({ joiners }) => [joiners],
  suits: ({ keeps, dialect }) => keeps && dialect !== 'circles-plain',
  columns: [
    column('joined_p50_ms', 'joined p50 ms', 0, 'less'),
    column('joined_ms', 'all joined ms', 0, 'less'),
    column('p50_ms', 'those there: p50 ms', 1, 'less'),
    column('max_ms', 'longest ms', 0, 'less'),
    column('cpu_ms', 'CPU ms', 0, 'less'),
  ],
  chart: () => 'joined_ms',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const crowd = await Crowd.open(target, { room: 'stampede', count: listeners })
    const { events } = crowd.tally
    crowd.say(lastLines)
    await crowd.heard(events, lastLines)
    const joiners = Array.from({ length: size }, () => new Joiner(target)) // may be told live and among the last lines
    const joined = new Latencies()
    let cpu = 0
    let came: boolean[] = []
    const figures = await measure([crowd], meter, async () => {
      const talking = steady(perSecond).talk(crowd, scale.seconds)
      const begin = performance.now()
      const before = meter.cpu()
      const members = joiners.map(({ member }) => member)
      const coming = joiners.map(async joiner => {
        const inTime = await joiner.came()
        joined.add(performance.now() - begin)
        return inTime
      })
      const visit = (index: number) => ({ room: 'stampede', user: `joiner${index}`, last: lastLines })
      await openAll(members, visit, size)
      came = await Promise.all(coming)
      cpu = meter.cpu() - before
      await talking
    })
    const missed = () => joiners.filter(({ member }) => member.ear.lost(0, crowd.said - 1) > 0).length
    await until(() => missed() === 0)
    const lost = missed() + came.filter(inTime => !inTime).length
    for (const { member } of joiners) member.cut()
    crowd.close()
    const { p50_ms, max_ms } = joined.summary()
    const own = { joined_p50_ms: p50_ms, joined_ms: max_ms, cpu_ms: cpu / 1_000 }
    return [{ cell: `${size} joiners`, figures: { ...figures, ...own, lost: (figures.lost ?? 0) + lost } }]
  },
}

/** Somebody who comes, and is there when the last lines are, too. */
class Joiner {
  readonly member: Member
  readonly #tally = new Tally()

  constructor(target: Stage['target']) {
    this.member = new Member(target, this.#tally)
    this.member.pages = lastLines
  }

  came(): Promise<boolean> {
    return this.#tally.reaches(lastLines, 60_000)
  }
}
