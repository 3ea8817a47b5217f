import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { type CircleProtocol, defineProtocol } from '../../src/protocol/define-protocol.ts'
import { circles } from '../../src/server/circles.ts'
import { defineCircle } from '../../src/server/define-circle.ts'
import { refuse } from '../../src/server/refuse.ts'
import { circleWithCode } from '../support/circle-with-code.ts'

// What a program in plain JavaScript may get wrong, without a compiler that tells: each mistake is an error that says so.

const protocol = defineProtocol({
  events: { counted: z.strictObject({ to: z.int() }) },
  commands: { count: { role: 'member', data: z.strictObject({ by: z.int() }) } },
})
const handlers = { count: () => undefined }

afterEach(() => void vi.restoreAllMocks())

test.each<[object, string]>([
  [{ afterEvents() {} }, 'The definition of a circle: there is no "afterEvents". Did you mean "afterEvent"?'],
  [{ onMessage() {} }, 'The definition of a circle: there is no "onMessage". Expected one of: migrations,'],
  [{ onConnect: 'hello' }, 'The definition of a circle: "onConnect" must be a function.'],
  [{ migrations: 'CREATE TABLE a (b)' }, 'The definition of a circle: "migrations" must be an array.'],
  [{ documents: { kind: 1 } }, 'The definition of a circle: "documents" must be a function.'],
  [
    { commands: { ...handlers, cuont: () => undefined } },
    'The handlers of commands: there is no "cuont". Did you mean "count"?',
  ],
  [{ commands: { count: 'count' } }, 'The handlers of commands: "count" must be a function.'],
  [{ commands: {} }, 'The command "count" of the protocol has no handler.'],
])('defineCircle refuses %j', (definition, sentence) => {
  const all = { commands: handlers, ...definition } as { commands: typeof handlers }
  expect(() => defineCircle(protocol, all)).toThrow(sentence)
})

test.each<[object, string]>([
  [{ afterEvent() {} }, 'The protocol: there is no "afterEvent". Expected one of: events, commands.'],
  [{ events: {} }, 'A protocol is what defineProtocol returns.'],
  [{ events: { counted: z.strictObject({}) }, commands: {} }, 'The event "counted" needs `data`, a schema of zod 4.'],
])('defineCircle and circles refuse what is no protocol (%#)', (wrong, sentence) => {
  expect(() => defineCircle(wrong as typeof protocol, { commands: handlers })).toThrow(sentence)
  expect(() => circles({ protocol: wrong as typeof protocol })).toThrow(sentence)
})

test.each<[object, string]>([
  [{ authentcate() {} }, 'The options of circles: there is no "authentcate". Did you mean "authenticate"?'],
  [{ basepath: '/rooms' }, 'The options of circles: there is no "basepath". Did you mean "basePath"?'],
  [{ mcp: 'circles-rooms/mcp' }, 'The options of circles: "mcp" must be a function.'],
  [{ circle: {} }, 'The options of circles: "circle" must be a string.'],
  [{ kinds: {} }, 'The options of circles: "kinds" must be an array.'],
])('circles refuses %j', (options, sentence) => {
  expect(() => circles(options)).toThrow(sentence)
})

test('refuse takes the codes of the protocol, and one’s own', () => {
  const message = (code: string) => {
    try {
      return refuse(code as 'invalid', 'No.').message
    } catch (error) {
      return `${error}`
    }
  }
  expect(['forbidden', 'x_too_late', 'forbiden', 'whatever', 'x_Late'].map(message)).toEqual([
    'forbidden: No.',
    'x_too_late: No.',
    'TypeError: refuse: there is no code "forbiden". Did you mean "forbidden"? Your own begin with x_.',
    expect.stringContaining('there is no code "whatever". Expected one of: bad_frame, unknown_type,'),
    expect.stringContaining('there is no code "x_Late".'),
  ])
})

/** What the operator's log holds after a member sent "hello" in a circle with this code, and what that was answered with. */
function afterHello(definition: object) {
  const { room, faults } = circleWithCode(protocol as CircleProtocol, { commands: handlers, ...definition })
  const ada = room.open('ada')
  room.take(ada)
  room.sendMessage(ada, 'hello')
  return { faults, codes: room.take(ada).map(({ type, data }) => data.code ?? type) }
}

test.each<[string, (room: never) => unknown]>([
  ['a text', () => 'hello!'],
  ['true', () => true],
  ['an object without a content', () => ({ text: 'hello!' })],
])('beforeMessage that returns %s stores nothing, and is explained', (_, beforeMessage) => {
  expect(afterHello({ beforeMessage })).toEqual({
    faults: ['beforeMessage returns { content }, a refusal or nothing.'],
    codes: ['internal'],
  })
})

type Sql = { sql(statement: unknown): unknown; schedule(at: number, name: string): unknown; now: number }

test('room.sql that is called with a text is explained', () => {
  const beforeMessage = (room: Sql) => void room.sql('SELECT 1')
  expect(afterHello({ beforeMessage })).toEqual({
    faults: ['room.sql is a template: room.sql`SELECT …`, without parentheses.'],
    codes: ['internal'],
  })
})

test('room.schedule without onSchedule is an error, and schedules nothing', () => {
  const onConnect = (room: Sql) => void room.schedule(room.now + 1_000, 'ring')
  const { room, faults } = circleWithCode(protocol as CircleProtocol, { commands: handlers, onConnect })
  room.open('ada')
  expect(faults).toEqual(['room.schedule needs onSchedule in the definition of the circle.'])
  expect(room.sql.all(`SELECT * FROM own_schedule`)).toEqual([])
})
