import { Crowd } from '../load/client-group.ts'
import { measure } from '../load/measurement.ts'
import { flow, type Talk } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'

const deltaBytes = 36
const deltasPerTurn = 800 // an answer of 28,800 bytes
const window = 64 // deltas of a peer's source that are on their way
const agents = 100 // turns that can be told apart

/** An agent that answers, piece by piece, as fast as the pieces are taken. */
export const stream: Scenario = {
  name: 'stream',
  about: `pieces of ${deltaBytes} bytes to everybody: Circles streams turns of an agent, the others relay what a member sends`,
  sizes: ({ streamed }) => streamed,
  columns: [
    column('deliveries_per_s', 'pieces/s', 0, 'more'),
    column('cpu_us', 'CPU µs/piece', 2, 'less'),
    column('events_per_frame', 'pieces/frame', 1),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  chart: () => 'deliveries_per_s',
  suits: ({ dialect }) => dialect !== 'circles-plain', // answers go there whole
  async play({ target, meter, size, scale }: Stage): Promise<Row[]> {
    const crowd = await Crowd.open(target, { room: 'stream', count: size, senders: 1 })
    const { talk } = target.dialect === 'circles' ? turns : flow(window, deltaBytes)
    await talk(crowd, scale.seconds / 4)
    const figures = await measure([crowd], meter, () => talk(crowd, scale.seconds))
    crowd.close()
    return [{ cell: `${size} receivers`, figures }]
  },
}

/** Asks the agent for one answer after the other. Each answer's pieces are marked as another sender's. */
const turns: Talk = {
  name: 'turns',
  async talk(crowd, seconds) {
    const end = performance.now() + seconds * 1_000
    while (performance.now() < end) {
      const turn = crowd.turns++ % agents
      for (const { ear } of crowd.members) {
        ear.ignoresRepeats = true // the answer itself, which follows its pieces
        ear.expect(turn, 0)
      }
      const { events } = crowd.tally
      const content = `@stream ${deltasPerTurn} ${turn}`
      crowd.members[0]?.say([{ content, id: `turn${crowd.turns}` }])
      if (!(await crowd.heard(events, deltasPerTurn))) {
        crowd.missing += crowd.members.length * deltasPerTurn - (crowd.tally.events - events)
        return
      }
    }
  },
}
