import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { bursts, steady } from '../load/workload.ts'
import { type Row, type Scenario, type Stage, talkColumns } from './scenario.ts'

/** One room, one who speaks (or a few), and many who hear. */
export const fanout: Scenario = {
  name: 'fanout',
  about: 'one room: 200-byte messages from one member to all, the sender included',
  sizes: scale => scale.receivers,
  columns: talkColumns,
  chart: cell => (cell.includes('bursts') ? 'deliveries_per_s' : 'cpu_us'),
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const senders = Math.min(scale.senders, size)
    const crowd = await Crowd.open(target, { room: 'fanout', count: size, senders })
    await pause(scale.settleMs)
    await bursts(16).talk(crowd, scale.seconds) // a just-in-time compiler has seen every path some hundred times
    const rows: Row[] = []
    for (const { name, talk } of [bursts(1), ...scale.bursts.map(bursts), steady(10)]) {
      await talk(crowd, scale.seconds / 4) // until it is warm
      const figures = await measure([crowd], meter, () => talk(crowd, scale.seconds))
      rows.push({ cell: `${size} receivers, ${name}${senders > 1 ? `, ${senders} senders` : ''}`, figures })
    }
    crowd.close()
    return rows
  },
}
