import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { type CircleProtocol, defineProtocol, ownEvents } from '../../src/protocol/define-protocol.ts'
import { readArchiveLine } from '../../src/protocol/events/archive.ts'
import type { CircleRoom } from '../../src/server/circle-room.ts'
import type { AnyDefinition } from '../../src/server/circle-tables.ts'
import { circles } from '../../src/server/circles.ts'
import { defineCircle } from '../../src/server/define-circle.ts'
import { refuse } from '../../src/server/refuse.ts'
import { circleWithCode } from '../support/circle-with-code.ts'
import { fakeChannels } from '../support/fake-channels.ts'

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

/** A protocol whose schemas wait, as one that asks a database would, or throw; with a circle that logs what it is sent. */
function withSchema(check: (to: number) => boolean | Promise<boolean>) {
  const data = z.strictObject({ to: z.int().refine(check) })
  const command = { role: 'member', data } as const
  const anything = { role: 'member', data: z.strictObject({ to: z.int() }) } as const
  const broken = defineProtocol({ events: { counted: data }, commands: { wait: command, log: anything } })
  const log = (room: CircleRoom<typeof broken>, { data }: { data: { to: number } }) => room.append('counted', data)
  return { broken, definition: { commands: { wait: log, log } } as unknown as AnyDefinition }
}

const failed = (what: string) => `The schema of the ${what} failed: schemas are synchronous, and do not throw.`

test.each([
  ['waits for a Promise', async () => true],
  [
    'throws',
    () => {
      throw new Error('a bug of somebody else')
    },
  ],
])('a schema that %s is named at every door, and only who sent the command hears of it', async (_, check) => {
  const { broken, definition } = withSchema(check)
  const { room, faults } = circleWithCode(broken as CircleProtocol, definition)
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  for (const session of [ada, bob]) room.take(session)
  room.command(ada, 'wait', { to: 1 }, 'w1')
  room.command(ada, 'log', { to: 1 }, 'l1')
  room.sendMessage(bob, 'hello')
  expect(room.take(ada)).toMatchObject([
    { type: 'error', data: { id: 'w1', code: 'internal', message: failed('command "wait"') } },
    { type: 'error', data: { id: 'l1', code: 'internal' } },
    { type: 'message' },
  ])
  expect(room.take(bob).map(({ type }) => type)).toEqual(['message', 'ack'])
  expect(faults).toEqual([failed('event "counted"')])
  const line = { type: 'counted', data: { to: 1 }, timestamp: '2026-11-21T09:00:00.000Z', seq: 1, id: 'c', user: 'ada' }
  expect(() => readArchiveLine(JSON.stringify(line), ownEvents(broken as CircleProtocol), room.now)).toThrow(
    failed('event "counted"'),
  )
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { fetch } = circles({
    protocol: broken,
    authenticate: () => ({ id: 'ada', name: 'Ada', channels: { '*': 'member' } }),
  })
  const { env, seen } = fakeChannels({ LOG: 'faults' })
  const request = new Request('https://app.test/api/channels/circle/dev/commands/wait', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://app.test' },
    body: '{"to":1}',
  })
  const response = await fetch(request, { ...env, REGISTER: { getByName: () => ({}) } })
  expect([response.status, await response.json(), seen]).toMatchObject([500, { error: { code: 'internal' } }, []])
  const { error } = JSON.parse(String(logged.mock.calls[0]?.[0]))
  expect(error).toContain(failed('operation "wait"'))
  expect(error).toMatch(/because of Error: (Encountered Promise during synchronous parse|a bug of somebody else)/)
})
