import { setTimeout as pause } from 'node:timers/promises'
import { Crowd, openAll } from '../load/client-group.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import type { Member } from '../load/raw-client.ts'
import { until } from '../load/wait-until.ts'
import { steady } from '../load/workload.ts'
import { welcomeOf } from './read-welcome.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

const stayers = 50
const perSecond = 20
const awayMs = 300

/** A network that fails for most of a room and comes back at once, while somebody talks. */
export const resume: Scenario = {
  name: 'resume',
  about: `most sockets are cut and come back ${awayMs} ms later, all at once, for what they missed; ${stayers} stay, ${perSecond} messages a second`,
  sizes: ({ joiners }) => [joiners],
  suits: ({ keeps, dialect }) => keeps && dialect !== 'circles-plain',
  columns: [
    column('back_p50_ms', 'back p50 ms', 0, 'less'),
    column('back_ms', 'all back ms', 0, 'less'),
    column('p50_ms', 'those who stayed: p50 ms', 1, 'less'),
    column('max_ms', 'longest ms', 0, 'less'),
    column('cpu_ms', 'CPU ms', 0, 'less'),
  ],
  chart: () => 'max_ms',
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const stay = await Crowd.open(target, { room: 'resume', count: stayers })
    const cut = new Crowd(target, { room: 'resume', count: size })
    const { epoch } = target.dialect === 'circles' ? welcomeOf(stay) : { epoch: '' }
    const seqs = watchSeqs(cut.members)
    await openAll(cut.members, index => ({ room: 'resume', user: `cut${index}` }))
    const back = new Latencies()
    let cpu = 0
    const figures = await measure([stay], meter, async () => {
      const talking = steady(perSecond).talk(stay, scale.seconds + 0.5)
      await pause(scale.seconds * 250)
      for (const member of cut.members) {
        member.cut()
        member.onPayload = null // it has told where they were
      }
      await pause(awayMs)
      const before = meter.cpu()
      const begin = performance.now()
      const since = (index: number) => (epoch === '' ? {} : { since: { seq: seqs[index] ?? 0, epoch } })
      const come = async (member: Member, index: number) => {
        await member.open({ room: 'resume', user: `cut${index}`, last: 100, ...since(index) })
        back.add(performance.now() - begin)
      }
      await Promise.all(cut.members.map(come))
      cpu = meter.cpu() - before
      await talking
    })
    const missing = () => cut.members.reduce((sum, { ear }) => sum + ear.lost(0, stay.said - 1), 0)
    await until(() => missing() === 0)
    const missed = missing()
    stay.close()
    cut.close()
    const { p50_ms, max_ms } = back.summary()
    const own = { back_p50_ms: p50_ms, back_ms: max_ms, cpu_ms: cpu / 1_000 }
    const faults = {
      lost: (figures.lost ?? 0) + missed,
      duplicates: (figures.duplicates ?? 0) + cut.tally.duplicates,
      disorder: (figures.disorder ?? 0) + cut.tally.disorder,
    }
    return [{ cell: `${size} of ${size + stayers} cut and back`, figures: { ...figures, ...own, ...faults } }]
  },
}

/** The seq of the last event that each of them was sent, where frames have one. */
function watchSeqs(members: readonly Member[]): number[] {
  const seqs: number[] = []
  for (const [index, member] of members.entries()) {
    member.onPayload = text => {
      const last = text.lastIndexOf('"seq":')
      const seq = /\d+/.exec(last === -1 ? (text.split('"head":')[1] ?? '') : text.slice(last))?.[0]
      if (seq !== undefined) seqs[index] = Number(seq)
    }
  }
  return seqs
}
