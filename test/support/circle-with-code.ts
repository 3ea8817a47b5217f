import type { CircleProtocol } from '../../src/protocol/define-protocol.ts'
import { retention } from '../../src/rooms/log/retention.ts'
import { nothing } from '../../src/rooms/outcome.ts'
import { type AnyDefinition, circleTables } from '../../src/server/circle-tables.ts'
import type { RoomOptions } from '../../src/testing/room-in-node.ts'
import { TestRoom } from './test-room.ts'

type Options = Pick<RoomOptions, 'hibernates' | 'sql' | 'limits'>

/** A circle with code of its own in plain node, and what runs beside it. */
export function circleWithCode(protocol: CircleProtocol, definition: Partial<AnyDefinition>, options: Options = {}) {
  const faults: string[] = [] // what the operator's log would hold
  const later: (() => Promise<void>)[] = []
  const count = { runs: 0, tasks: 0 } // of the circle, that its code asked for; work beside it
  const { components, ...tables } = circleTables(protocol, { commands: {}, ...definition })
  const ports: Parameters<typeof components>[0] = {
    env: { PUSH: 'a binding' },
    now: () => room.now,
    run(act) {
      count.runs += 1
      room.step(inner => inner.run(act, room.now))
    },
    current: () => ({ context: room.room.context, now: room.now }),
    onFault: error => void faults.push((error as Error).message),
    runLater(work) {
      count.tasks += 1
      later.push(work)
    },
  }
  const room: TestRoom = new TestRoom({
    ...options,
    tables: { ...tables, components: [retention, ...components(ports)] },
  })
  /** Does what waits to run beside the room, and waits for it. */
  const settle = async () => {
    while (later.length > 0) await later.shift()?.()
  }
  /** Loses memory, and what runs or waits beside the room. */
  const crash = () => {
    later.splice(0)
    room.crash()
    room.step(() => nothing) // as the object does when it is made
  }
  return { room, faults, count, settle, crash }
}
