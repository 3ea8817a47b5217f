import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { durableSql } from '../../../src/lib/durable-sql.ts'
import { circle } from '../../../src/protocol/channels/channel-kinds.ts'
import { builtinEvents } from '../../../src/protocol/events/builtin-events.ts'
import { limits } from '../../../src/protocol/limits.ts'
import type { TurnRequest } from '../../../src/protocol/turns.ts'
import { roomCommands } from '../../../src/rooms/commands/index.ts'
import { builtinHooks } from '../../../src/rooms/hooks.ts'
import { Meter } from '../../../src/rooms/metering/meter.ts'
import { metering } from '../../../src/rooms/metering/metering.ts'
import { type Outcome, stepsOf } from '../../../src/rooms/outcome.ts'
import { createRoom, type Room } from '../../../src/rooms/room.ts'
import { fullBucket } from '../../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../../src/rooms/sessions/session.ts'
import { start } from '../../support/test-room.ts'

/** Runs a room on the storage of a real object; `rows` returns the rows written, index entries included, as the platform counts. */
async function withRoom(
  test: (room: Room, rows: () => number, sendMessage: (content: string, now: number) => Outcome) => void,
) {
  await runInDurableObject(env.CIRCLES.getByName('rows'), (_, { storage }) => {
    const meter = new Meter(start)
    const sql = durableSql(storage, meter.rows)
    let ids = 0
    const agents = { ids: new Set(['pickle']), description: (id: string) => ({ id, name: id, description: '' }) }
    const parts = {
      commands: roomCommands,
      events: builtinEvents,
      regex: null,
      hooks: builtinHooks,
      components: [metering],
    }
    const tables = { kind: circle, limits, ...parts }
    const probe = { lastPingAt: () => 0, backlog: () => 0, confirmReceived: () => {} }
    const observer = { agentActivity: () => {}, turnEnded: () => {} }
    const newId = () => `id${++ids}`
    const storageBytes = () => storage.sql.databaseSize
    const room = createRoom(
      tables,
      { name: 'rows', openedAt: start, sql, agents, newId, meter, ledgers: [], storageBytes, probe, observer },
      [],
    )
    const principal = { id: 'ada', name: 'Ada', kind: 'person' as const, role: 'member' as const, expires: null }
    const session = newSession({ id: 's', dialect: 'native', agent: null, principal }, fullBucket(limits, start), start)
    const sendMessage = (content: string, now: number) => {
      const data = { content }
      return room.runCommand(session, { type: 'message', id: `m${++ids}`, data }, now)
    }
    test(room, () => meter.rows.written, sendMessage)
  })
}

const callIn = (outcome: Outcome) =>
  [...stepsOf(outcome)]
    .flatMap(step => step.effects)
    .flatMap(effect => (effect.do === 'callAgent' ? [effect.request] : []))[0]

test('[T3] a turn writes four rows beside its prompt: its entry in the queue, its lease, the reply, the end of the entry', async () => {
  await withRoom((room, rows, sendMessage) => {
    sendMessage('nobody is asked', start)
    const before = rows()
    const call = callIn(sendMessage('@pickle hello', start)) as TurnRequest
    room.turnProgressed({ id: call.turn, attempt: call.attempt }, { type: 'delta', text: 'Meow' }, start)
    room.turnEnded(
      { id: call.turn, attempt: call.attempt },
      { type: 'answered', content: 'Meow', truncated: false },
      start,
    )
    expect(room.context.log.head).toBe(3)
    const prompt = 2 // L8
    const lease = 1 // the alarm, set by the object
    expect(rows() - before - prompt + lease).toBe(4)
  })
})

test('[T4] a reply that takes ten seconds is stored about once a second', async () => {
  await withRoom((room, rows, sendMessage) => {
    const call = callIn(sendMessage('@pickle hello', start)) as TurnRequest
    const before = rows()
    for (let ms = 10; ms <= 10_000; ms += 10) {
      room.turnProgressed({ id: call.turn, attempt: call.attempt }, { type: 'delta', text: 'x' }, start + ms)
    }
    expect(rows() - before).toBeLessThanOrEqual(10)
  })
})
