import { Crowd } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { bursts } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

/** One member alone: what a message costs that nobody else hears. */
export const echo: Scenario = {
  name: 'echo',
  about: 'one member alone in a room hears its own messages',
  sizes: () => [1],
  columns: [
    column('messages_per_s', 'messages/s', 0, 'more'),
    column('cpu_us', 'CPU µs/message', 0, 'less'),
    column('p50_ms', 'p50 ms', 2, 'less'),
    column('p99_ms', 'p99 ms', 2, 'less'),
  ],
  chart: () => 'cpu_us',
  async play({ target, meter, scale }: Stage): Promise<Row[]> {
    const crowd = await Crowd.open(target, { room: 'echo', count: 1 })
    const rows: Row[] = []
    for (const { name, talk } of [bursts(1), bursts(16)]) {
      await talk(crowd, scale.seconds / 2)
      rows.push({ cell: name, figures: await measure([crowd], meter, () => talk(crowd, scale.seconds)) })
    }
    crowd.close()
    return rows
  },
}
