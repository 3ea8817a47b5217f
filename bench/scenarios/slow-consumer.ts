import { Crowd } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { until } from '../load/wait-until.ts'
import { bursts } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage, talkColumns } from './scenario.ts'

const members = 50
const stalled = 5
const messageBytes = 24_576 // so that what is not read fills the kernel's buffers soon

/** Some who do not read what they are sent: what is it to the others? */
export const stall: Scenario = {
  name: 'stall',
  about: `a room of ${members}, messages of 24 KiB one at a time; then ${stalled} of them stop reading`,
  sizes: () => [members],
  columns: [...talkColumns, column('closed', 'of them closed', 0)],
  suits: ({ keeps }) => keeps,
  chart: () => 'p99_ms',
  async play({ target, meter, scale }: Stage): Promise<Row[]> {
    const crowd = await Crowd.open(target, { room: 'stall', count: members })
    const { talk } = bursts(1, messageBytes)
    await talk(crowd, scale.seconds / 2)
    const before = await measure([crowd], meter, () => talk(crowd, scale.seconds * 2))
    const deaf = crowd.members.slice(-stalled)
    crowd.hearing = crowd.members.slice(0, -stalled)
    for (const member of deaf) member.stall()
    const after = await measure([crowd], meter, () => talk(crowd, scale.seconds * 2))
    for (const member of deaf) member.unstall()
    const closed = () => deaf.filter(member => member.closed !== null).length
    await until(() => closed() === stalled, scale.seconds * 1_000)
    crowd.close()
    return [
      { cell: 'everybody reads', figures: before },
      { cell: `${stalled} of ${members} do not`, figures: { ...after, closed: closed() } },
    ]
  },
}
