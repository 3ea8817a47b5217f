import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { type CircleProtocol, defineProtocol, emptyProtocol } from '../../src/protocol/define-protocol.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import { agentApi } from '../../src/rooms/turns/agent-api.ts'
import { AfterEvent } from '../../src/server/after-event.ts'
import type { CircleRoom } from '../../src/server/circle-room.ts'
import { type AnyDefinition, circleTables } from '../../src/server/circle-tables.ts'
import type { CircleDefinition } from '../../src/server/definition.ts'
import { refuse } from '../../src/server/refuse.ts'
import { circleWithCode } from '../support/circle-with-code.ts'
import { archiveOf, importInto } from '../support/import-log.ts'
import { nodeSql } from '../support/node-sql.ts'
import { start, type TestRoom, type TestSession } from '../support/test-room.ts'

const protocol = defineProtocol({
  events: {
    poll_created: {
      data: z.strictObject({ question: z.string().min(1).max(200), options: z.array(z.string()).min(2).max(10) }),
      text: ({ data }) => `${data.question} ${data.options.join(' or ')}?`,
      search: ({ question }) => question,
    },
    poll_voted: z.strictObject({ poll: z.int(), option: z.int() }),
  },
  commands: {
    create_poll: { role: 'member', data: z.strictObject({ question: z.string(), options: z.array(z.string()) }) },
    vote: { role: 'reader', data: z.strictObject({ poll: z.int(), option: z.int() }) },
    fail: { role: 'member', data: z.strictObject({ late: z.boolean() }) },
  },
})
type Definition = CircleDefinition<typeof protocol>

const polls: Definition = {
  migrations: [
    'CREATE TABLE votes (poll INTEGER, user TEXT, option INTEGER, PRIMARY KEY (poll, user)) WITHOUT ROWID',
    'CREATE TABLE seen (what TEXT)',
  ],
  exportedTables: ['votes'],
  commands: {
    create_poll: (room, { data }) => room.append('poll_created', data),
    vote(room, { data, user }) {
      const poll = room.event(data.poll)
      if (poll?.type !== 'poll_created') return refuse('not_found', 'There is no such poll.')
      expectTypeOf(poll.data.options).toEqualTypeOf<string[]>()
      room.sql`INSERT INTO votes VALUES (${data.poll}, ${user.id}, ${data.option}) ON CONFLICT DO UPDATE SET option = excluded.option`
      if (data.option >= poll.data.options.length) return refuse('x_no_option', 'There is no such option.')
      return room.append('poll_voted', data)
    },
    fail(room, { data }) {
      room.sql`INSERT INTO seen VALUES ('fail')`
      if (data.late) room.append('poll_voted', { poll: 1, option: 1 })
      throw new Error('a bug of somebody else')
    },
  },
}

type CircleOptions = { definition?: Partial<Definition>; hibernates?: boolean; sql?: ReturnType<typeof nodeSql> }

/** A circle with these handlers, besides those of polls. */
function circleWith({ definition = {}, ...options }: CircleOptions = {}) {
  return circleWithCode(protocol as CircleProtocol, { ...polls, ...definition } as Partial<AnyDefinition>, options)
}

const shortly = (room: TestRoom, session: TestSession) =>
  room.take(session).map(({ type, data }) => ({ type, ...data }))
const tea = { question: 'Tea', options: ['yes', 'no'] }

test('[L3] a command of one’s own logs its event once, whatever is sent again', () => {
  const { room } = circleWith({ hibernates: true })
  const ada = room.open('ada')
  room.take(ada)
  room.command(ada, 'create_poll', tea, 'p1')
  room.command(ada, 'create_poll', tea, 'p1')
  room.command(ada, 'create_poll', { ...tea, question: 'Milk' }, 'p1')
  room.command(ada, 'message', { content: 'hello' }, 'p1')
  expect(shortly(room, ada)).toMatchObject([
    { type: 'poll_created', ...tea },
    { type: 'ack', id: 'p1', seq: 1 },
    { type: 'ack', id: 'p1', seq: 1, duplicate: true },
    { type: 'error', id: 'p1', code: 'conflict' },
    { type: 'error', id: 'p1', code: 'conflict' },
  ])
})

test('[L3] a command that logs nothing is carried out once, too', () => {
  const visit = (room: { sql(text: TemplateStringsArray): unknown }) => void room.sql`INSERT INTO seen VALUES ('visit')`
  const { room } = circleWith({ definition: { commands: { ...polls.commands, vote: visit } } })
  const ada = room.open('ada')
  room.take(ada)
  room.command(ada, 'vote', { poll: 1, option: 0 }, 'v1')
  room.command(ada, 'vote', { poll: 1, option: 0 }, 'v1')
  room.command(ada, 'vote', { poll: 1, option: 1 }, 'v1')
  expect(shortly(room, ada)).toEqual([
    { type: 'ack', id: 'v1' },
    { type: 'ack', id: 'v1', duplicate: true },
    expect.objectContaining({ type: 'error', code: 'conflict' }),
  ])
  expect(room.sql.all(`SELECT * FROM seen`)).toHaveLength(1)
})

test('a refusal reaches the sender with its own code, and undoes what the handler did', () => {
  const { room } = circleWith()
  const ada = room.open('ada')
  room.command(ada, 'create_poll', tea, 'p1')
  room.take(ada)
  room.command(ada, 'vote', { poll: 9, option: 0 }, 'v1')
  room.command(ada, 'vote', { poll: 1, option: 7 }, 'v2')
  expect(shortly(room, ada)).toEqual([
    { type: 'error', id: 'v1', code: 'not_found', message: 'There is no such poll.' },
    { type: 'error', id: 'v2', code: 'x_no_option', message: 'There is no such option.' },
  ])
  expect(room.sql.all(`SELECT * FROM votes`)).toEqual([])
})

test('the least role that may send a command is asked, and the schema of its data', () => {
  const { room } = circleWith()
  const [ada, rob] = [room.open('ada'), room.open('rob', { role: 'reader' })]
  room.command(rob, 'create_poll', tea, 'p1')
  room.command(ada, 'create_poll', { ...tea, color: 'red' }, 'p2')
  room.command(ada, 'create_poll', { ...tea, options: ['only'] }, 'p3') // which the event does not allow
  room.command(ada, 'create_poll', tea, 'p4')
  room.command(rob, 'vote', { poll: 1, option: 1 }, 'v1')
  const codes = (session: TestSession) => room.take(session).flatMap(({ data }) => data.code ?? [])
  expect([codes(rob), codes(ada)]).toEqual([['read_only'], ['bad_frame', 'internal']])
  expect(room.room.context.log.head).toBe(2)
})

test('a handler that throws is undone, answered with `internal`, and noticed by nobody else', () => {
  const { room, faults } = circleWith()
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  for (const session of [ada, bob]) room.take(session)
  const before = room.starts
  room.command(ada, 'fail', { late: false }, 'f1')
  room.command(ada, 'fail', { late: true }, 'f2')
  room.sendMessage(bob, 'hello')
  expect(shortly(room, ada)).toMatchObject([
    { type: 'error', id: 'f1', code: 'internal' },
    { type: 'error', id: 'f2', code: 'internal' },
    { type: 'message', content: 'hello' },
  ])
  expect(room.take(bob)[0]).toMatchObject({ type: 'message', seq: 1 })
  expect(room.sql.all(`SELECT * FROM seen`)).toEqual([])
  expect([faults, room.starts - before]).toEqual([['a bug of somebody else', 'a bug of somebody else'], 0])
})

test('an event is resumed, shown by each dialect as it says, found, exported and imported with its table', () => {
  const { room } = circleWith()
  const ada = room.open('ada')
  const [pat, tom] = [room.open('pat', { dialect: 'plain' }), room.open('tom', { dialect: 'text', agent: 'pickle' })]
  room.command(ada, 'create_poll', tea, 'p1')
  room.command(ada, 'vote', { poll: 1, option: 1 }, 'v1')
  expect(room.take(pat)).toMatchObject([{ type: 'poll_created', content: 'Tea yes or no?', data: tea }])
  expect(room.take(tom)).toEqual(['Tea yes or no?'])
  const { settings, search } = room.room.context
  const resumed = room.take(room.open('eve', { resume: { since: 0, epoch: settings.epoch } }))[1]
  expect(resumed?.data.events).toMatchObject([{ type: 'poll_created' }, { type: 'poll_voted', seq: 2 }])
  expect(search.find('tea', { limit: 5 }).found).toMatchObject([{ message: { seq: 1 } }])

  const { room: copy } = circleWith()
  expect(importInto(copy, archiveOf(room))).toEqual({ value: { id: expect.any(String), events: 2 } })
  expect(copy.sql.all(`SELECT * FROM votes`)).toEqual([{ poll: 1, user: 'ada', option: 1 }])
  const again = copy.open('ada')
  copy.take(again)
  copy.command(again, 'create_poll', tea, 'p1')
  expect(shortly(copy, again)).toEqual([{ type: 'ack', id: 'p1', seq: 1, duplicate: true }])
})

test.each([
  ['of another table', '{"table":"seen","row":{"what":"x"}}'],
  ['without a row', '{"table":"votes"}'],
  ['with a list as its row', '{"table":"votes","row":[1]}'],
  ['with an object as a value', '{"table":"votes","row":{"poll":1,"user":{"name":"ada"},"option":1}}'],
  ['with bytes that are not hexadecimal', '{"table":"votes","row":{"poll":1,"user":{"hex":"abc"},"option":1}}'],
  ['with an unknown column', '{"table":"votes","row":{"poll":1,"user":"ada","color":1}}'],
  ['that breaks a constraint', '{"table":"votes","row":{"option":1}}'],
])('an import with a row %s is invalid, and nothing is replaced', (_, row) => {
  const { room: source } = circleWith()
  source.sendMessage(source.open('ada'), 'hello')
  const { room } = circleWith()
  const ada = room.open('ada')
  room.command(ada, 'create_poll', tea, 'p1')
  room.command(ada, 'vote', { poll: 1, option: 1 }, 'v1')
  const result = importInto(room, [...archiveOf(source), `{"component":"own","row":${row}}`])
  expect(result).toMatchObject({ refused: { code: 'invalid', message: expect.stringContaining('row') } })
  expect([room.room.context.log.head, room.sql.all(`SELECT option FROM votes`)]).toEqual([2, [{ option: 1 }]])
  expect(importInto(room, archiveOf(source))).toHaveProperty('value')
})

test('an import keeps texts that a rule would refuse, and forgets what was scheduled', () => {
  const { room: source } = circleWith()
  source.sendMessage(source.open('ada'), 'darn')
  const scheduled: string[] = []
  const { room } = circleWith({
    definition: {
      ...cleaning,
      onConnect: room => void room.schedule(start + 60_000, 'close_poll'),
      onSchedule: (_, name) => void scheduled.push(name),
    },
  })
  room.open('ada')
  importInto(room, archiveOf(source))
  room.advance(120_000)
  expect(room.room.context.log.at(1)).toMatchObject({ data: { content: 'darn' } })
  expect(scheduled).toEqual([])
})

const cleaning: Partial<Definition> = {
  beforeMessage(room, { content }) {
    if (content.includes('crash')) throw new Error('a bug in a rule')
    if (content.includes('append')) (room as unknown as { append(...args: unknown[]): void }).append('poll_voted', {})
    if (/darn/.test(content)) {
      room.sql`INSERT INTO seen VALUES ('darn')`
      return refuse('forbidden', 'Mind your language.')
    }
    return content.includes('secret') ? { content: content.replaceAll('secret', '•••') } : undefined
  },
}

test('beforeMessage stands at every door, after a repeat was recognised', () => {
  const { room, faults } = circleWith({ definition: cleaning })
  const ada = room.open('ada')
  room.take(ada)
  room.sendMessage(ada, 'a secret', 'm1')
  room.sendMessage(ada, 'a secret', 'm1')
  room.sendMessage(ada, 'darn', 'm2')
  room.command(ada, 'edit', { seq: 1, content: 'darn' }, 'e1')
  room.sendMessage(ada, 'crash', 'm3')
  room.sendMessage(ada, 'append', 'm4')
  expect(shortly(room, ada)).toMatchObject([
    { content: 'a •••' },
    { type: 'ack', seq: 1 },
    { type: 'ack', duplicate: true },
    { id: 'm2', code: 'forbidden', message: 'Mind your language.' },
    { id: 'e1', code: 'forbidden' },
    { id: 'm3', code: 'internal' },
    { id: 'm4', code: 'internal' },
  ])
  expect(faults).toEqual(['a bug in a rule', expect.stringContaining('logs, sends and schedules nothing')])
  const agent = (content: string, id: string) =>
    room.publish('owl', [{ id, type: 'agent_message', data: { agent_id: 'owl', content } } as never])
  expect(agent('darn', 'b1')).toMatchObject([{ refused: { code: 'forbidden' } }])
  expect(agent('secret', 'b2')).toMatchObject([{ seq: 2, duplicate: false }])
  expect(agent('secret', 'b2')).toMatchObject([{ seq: 2, duplicate: true }])
  expect(room.runCommand('bob', 'message', { content: 'darn' })).toMatchObject({ data: { code: 'forbidden' } })
  expect(room.sql.all(`SELECT count(*) AS count FROM seen`)).toEqual([{ count: 0 }]) // a refusal undoes it
})

test('with beforeMessage, a reply is shown only once it is stored', () => {
  const { room } = circleWith({ definition: cleaning })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle hello')
  const [call] = room.calls
  if (call === undefined) throw new Error('pickle was not called')
  room.take(ada)
  room.turnProgressed(call, { type: 'delta', text: 'the secret' })
  room.advance(1_000)
  expect(room.take(room.open('bob'))[0]?.data.live).toMatchObject([{ text: '' }])
  room.turnEnded(call, { type: 'answered', content: 'the secret', truncated: false })
  const received = room.take(ada)
  expect(received.map(({ type }) => type)).not.toContain('agent_delta')
  expect(received).toContainEqual(expect.objectContaining({ data: expect.objectContaining({ content: 'the •••' }) }))
})

/** An agent's whole reply. */
function reply(room: TestRoom, call: TurnRequest, content: string): void {
  room.turnProgressed(call, { type: 'delta', text: content })
  room.turnEnded(call, { type: 'answered', content, truncated: false })
}

test('[T3] a reply that beforeMessage refuses ends its turn with the code of the rule, and is not tried again', () => {
  const { room } = circleWith({ definition: cleaning })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle hello')
  const [call] = room.calls
  if (call === undefined) throw new Error('pickle was not called')
  room.take(ada)
  reply(room, call, 'darn')
  room.advance(600_000)
  const failed = { agent_id: 'pickle', in_reply_to: 1, code: 'forbidden', message: 'Mind your language.', attempts: 1 }
  expect(room.take(ada)).toMatchObject([
    { type: 'turn_failed', data: failed },
    { type: 'agent_status', data: { state: 'idle' } },
  ])
  expect([room.calls.length, room.room.context.turns.queue.isEmpty]).toEqual([1, true])
})

test('beforeMessage stands before digests, and before what an agent says when it is reminded', async () => {
  const { room } = circleWith({ definition: cleaning })
  const olga = room.open('olga', { role: 'owner' })
  room.command(olga, 'configure', { links: ['workspace:acme'] })
  room.take(olga)
  const digest = (from: number, line: string) =>
    room.receiveDigest({ workspace: 'acme', epoch: 'e', from, to: from, line })
  expect([digest(1, 'darn'), digest(2, 'a secret')]).toEqual([1, 2]) // neither is sent again
  expect(shortly(room, olga)).toMatchObject([{ type: 'message', content: 'a •••', user_id: 'workspace:acme' }])

  room.sendMessage(olga, '@owl remind me')
  const [call] = room.calls as [TurnRequest]
  const { context } = room.room
  const turn = context.turns.current(call.turn, call.attempt)
  if (turn === null) throw new Error('owl was not called')
  await agentApi(async use => use(context, turn, room.now)).remind(new Date(room.now + 60_000).toISOString(), 'tea')
  reply(room, call, 'Yes.')
  room.advance(61_000)
  reply(room, room.calls[1] as TurnRequest, 'The secret!')
  const replies = room.take(olga).filter(({ type }) => type === 'agent_message')
  expect(replies).toMatchObject([{ data: { content: 'Yes.' } }, { data: { content: 'The •••!' } }])
})

test.each([
  ['with beforeMessage', cleaning],
  ['without', {}],
])('beforeDelta shows a reply as it is written, %s', (_, others) => {
  const beforeDelta = (_: object, { text }: { text: string }) => text.toUpperCase()
  const { room } = circleWith({ definition: { ...others, beforeDelta } })
  const ada = room.open('ada')
  room.sendMessage(ada, '@pickle hello')
  const [call] = room.calls
  if (call === undefined) throw new Error('pickle was not called')
  room.turnProgressed(call, { type: 'delta', text: 'hi' })
  room.advance(1_000)
  expect(room.take(ada).filter(({ type }) => type === 'agent_delta')).toMatchObject([{ data: { text: 'HI' } }])
})

test('a rule that returns a Promise lets nothing through', () => {
  const beforeMessage = (async () => undefined) as unknown as NonNullable<Definition['beforeMessage']>
  const { room, faults } = circleWith({ definition: { beforeMessage } })
  const ada = room.open('ada')
  room.take(ada)
  room.sendMessage(ada, 'hello')
  expect(shortly(room, ada)).toMatchObject([{ code: 'internal' }])
  expect(faults).toEqual([expect.stringContaining('must be synchronous')])
})

test('afterEvent sees every event in order, also over a crash, and can append', async () => {
  const seen: string[] = []
  const sql = nodeSql()
  const { room, settle, crash } = circleWith({
    sql,
    definition: {
      async afterEvent(room, event) {
        seen.push(`${event.seq} ${event.type}`)
        await Promise.resolve()
        if (event.type === 'message')
          room.append('poll_voted', { poll: event.seq, option: 0 }, { id: `of-${event.seq}` })
      },
    },
  })
  const ada = room.open('ada')
  room.sendMessage(ada, 'one')
  room.sendMessage(ada, 'two')
  await settle()
  expect(seen).toEqual(['1 message', '2 message', '3 poll_voted', '4 poll_voted'])
  room.sendMessage(ada, 'three')
  crash() // before the cursor was stored
  room.advance(30_000)
  await settle()
  expect(seen.slice(4)).toEqual(['1 message', '2 message', '3 poll_voted', '4 poll_voted', '5 message', '6 poll_voted'])
  expect(room.room.context.log.head).toBe(6)
  room.advance(1_000)
  crash()
  room.advance(60_000)
  await settle()
  expect(seen).toHaveLength(10)
})

test('afterEvent is tried again with growing pauses for a day, and then passes the event over', async () => {
  let tries = 0
  const { room, faults, settle } = circleWith({
    definition: {
      async afterEvent(_, { seq }) {
        if (seq === 1) {
          tries += 1
          throw new Error('the other side is down')
        }
      },
    },
  })
  room.sendMessage(room.open('ada'), 'one')
  room.sendMessage(room.open('bob'), 'two')
  await settle()
  for (const pause of [1_000, 2_000, 4_000]) {
    const before = tries
    room.advance(pause - 1)
    await settle()
    expect(tries).toBe(before)
    room.advance(1)
    await settle()
    expect(tries).toBe(before + 1)
  }
  for (let hour = 0; hour < 25 * 12 + 2; hour++) {
    room.advance(300_000)
    await settle()
  }
  expect(faults.at(-1)).toContain('hook_failed')
  expect(room.room.context.components.get(AfterEvent).cursor).toBe(2)
})

test('[L6] what afterEvent has yet to see is kept', async () => {
  const seen: number[] = []
  let isDown = true
  const { room, settle } = circleWith({
    definition: {
      async afterEvent(_, { seq }) {
        if (isDown) throw new Error('the other side is down')
        seen.push(seq)
      },
    },
  })
  const olga = room.open('olga', { role: 'owner' })
  room.command(olga, 'configure', { retention: { events: 10 } })
  for (let message = 0; message < 40; message++) {
    room.advance(1_000)
    room.sendMessage(olga, `message ${message}`)
    await settle()
  }
  for (let minutes = 0; minutes < 120; minutes += 5) {
    room.advance(300_000)
    await settle()
  }
  isDown = false
  room.advance(300_000)
  await settle()
  const { log } = room.room.context
  expect(seen).toEqual(Array.from({ length: log.head }, (_, index) => index + 1))
  room.advance(3_600_000)
  expect(log.earliest).toBe(log.head - 9)
})

test('what is scheduled happens once, by the alarm, over a sleep and a crash; a failure is undone and tried again', () => {
  let fails = 1
  const { room, faults } = circleWith({
    hibernates: true,
    definition: {
      commands: {
        ...polls.commands,
        create_poll(room, { data, at }) {
          room.schedule(at + 60_000, 'close_poll', { question: data.question })
          return room.append('poll_created', data)
        },
      },
      onSchedule(room, name, payload) {
        room.append('poll_voted', { poll: 1, option: 0 })
        room.sql`INSERT INTO seen VALUES (${`${name} ${JSON.stringify(payload)}`})`
        if (fails-- > 0) throw new Error('not yet')
      },
    },
  })
  const ada = room.open('ada')
  room.command(ada, 'create_poll', tea, 'p1')
  room.command(ada, 'create_poll', tea, 'p1')
  room.crash()
  room.advance(60_000)
  expect([faults, room.room.context.log.head]).toEqual([['not yet'], 1])
  room.advance(1_000)
  room.advance(600_000)
  expect(room.room.context.log.head).toBe(2)
  expect(room.sql.all(`SELECT what FROM seen`)).toEqual([{ what: 'close_poll {"question":"Tea"}' }])
})

test('onConnect runs after the welcome, onDisconnect after the end; one that throws keeps nobody out', () => {
  const { room, faults } = circleWith({
    definition: {
      onConnect(room, { user }) {
        if (user.id === 'eve') throw new Error('a bug')
        room.append('poll_voted', { poll: 1, option: 1 })
        room.signal('hello', user.name)
      },
      onDisconnect: room => void room.append('poll_voted', { poll: 1, option: 2 }),
    },
  })
  const ada = room.open('ada')
  expect(room.take(ada).map(({ type }) => type)).toEqual(['welcome', 'poll_voted', 'signal'])
  const eve = room.open('eve')
  expect(room.take(eve)[0]?.type).toBe('welcome')
  room.disconnect(eve)
  expect(room.take(ada).filter(({ type }) => type === 'poll_voted')).toMatchObject([{ data: { option: 2 } }])
  expect(faults).toEqual(['a bug'])
})

test('a refusal of onConnect closes the socket before the welcome, and undoes what it did', () => {
  const left: string[] = []
  const { room, faults } = circleWith({
    definition: {
      onConnect(room, { user }) {
        room.append('poll_voted', { poll: 1, option: 1 })
        room.sql`INSERT INTO seen VALUES (${user.id})`
        if (user.id === 'eve') return refuse('x_full', 'Nobody else comes in.')
        if (user.id === 'eva') return refuse('x_full', 'No. '.repeat(40))
        return undefined
      },
      onDisconnect: (_, { user }) => void left.push(user.id),
    },
  })
  const ada = room.open('ada')
  room.take(ada)
  const [eve, eva] = [room.open('eve'), room.open('eva', { dialect: 'text', agent: 'pickle' })]
  expect([eve, eva].map(({ received, closed, closeReason }) => [received, closed, closeReason])).toEqual([
    [[], 4403, 'Nobody else comes in.'],
    [[], 4403, 'x_full'],
  ])
  room.advance(5_000)
  expect([room.take(ada), left, faults]).toEqual([[], [], []])
  expect([room.sql.all(`SELECT * FROM seen`), room.room.context.log.head]).toEqual([[{ what: 'ada' }], 1])
})

test('a refusal of onSchedule or onDisconnect is logged, and undoes what it did; the first is tried again', () => {
  let refuses = true
  const { room, faults } = circleWith({
    definition: {
      onConnect: room => void room.schedule(room.now + 1_000, 'ring'),
      onSchedule(room) {
        room.append('poll_voted', { poll: 1, option: 1 })
        if (refuses) return refuse('paused', 'Not now.') as unknown as undefined
      },
      onDisconnect(room) {
        room.append('poll_voted', { poll: 2, option: 1 })
        return refuse('paused', 'Not now.') as unknown as undefined
      },
    },
  })
  const ada = room.open('ada')
  room.advance(1_000)
  room.disconnect(ada)
  expect([faults, room.room.context.log.head]).toEqual([['paused: Not now.', 'paused: Not now.'], 0])
  refuses = false
  room.advance(1_000)
  expect(room.room.context.log.head).toBe(1)
})

test('a refusal that afterEvent returns is an error like any other', async () => {
  const { room, faults, settle } = circleWith({
    definition: { afterEvent: () => refuse('paused', 'Not now.') as unknown as undefined },
  })
  room.sendMessage(room.open('ada'), 'hello')
  await settle()
  expect([faults, room.room.context.components.get(AfterEvent).cursor]).toEqual([['paused: Not now.'], 0])
})

const notes = defineProtocol({ events: { noted: z.strictObject({ note: z.unknown() }) } })

/** Lists in lists, so many. */
function lists(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth))
}

test.each([
  ['a', undefined],
  ['é'.repeat(20_000), 'too_large: noted cannot be stored: its note is too large.'],
  ['x'.repeat(70_000).split(/(?<=x{100})/), 'too_large: An event has at most 65536 bytes.'],
  ['\ud800', 'invalid: noted cannot be stored: its note is not valid text.'],
  [lists(14), undefined], // with its data and its frame, 16 deep
  [lists(15), 'too_deep: It nests more than 16 deep.'],
  [new Date(0), 'invalid: noted cannot be stored: its note is not JSON.'],
  [new Map(), 'invalid: noted cannot be stored: its note is not JSON.'],
  [1n, 'Do not know how to serialize a BigInt'],
])('an event that cannot be stored is an error that says why (%#)', async (note, fault) => {
  const { room, faults, settle } = circleWithCode(notes as CircleProtocol, {
    afterEvent: (room, { type }) => void (type === 'message' && room.append('noted', { note })),
  })
  room.sendMessage(room.open('ada'), 'hello')
  await settle()
  expect(faults).toEqual(fault === undefined ? [] : [fault])
})

/** What a circle's code throws when it does this. */
function thrownBy(work: (room: CircleRoom<CircleProtocol>) => unknown): string | undefined {
  const { room, faults } = circleWithCode(notes as CircleProtocol, { onConnect: room => void work(room) })
  const { closed, closeReason } = room.open('ada')
  return closed === null ? faults[0] : closeReason
}

test.each([
  [
    'an id of an event',
    (room: CircleRoom<CircleProtocol>) => room.append('noted', { note: 1 }, { id: 'seq:1' }),
    /^An id is/,
  ],
] as [string, (room: CircleRoom<CircleProtocol>) => unknown, RegExp][])(
  '%s is an error that says so',
  (_, work, message) => {
    expect(thrownBy(work)).toMatch(message)
  },
)

test('what is scheduled has a time that a Date can have', () => {
  const definition = { onConnect: (room: CircleRoom<CircleProtocol>) => void room.schedule(1e17, 'x'), onSchedule() {} }
  const { room, faults } = circleWithCode(notes as CircleProtocol, definition)
  room.open('ada')
  expect(faults).toEqual(['room.schedule takes a time in ms, or a valid Date.'])
})

test('room.now is the clock of the circle, everywhere', async () => {
  const seen: number[] = []
  const look = ({ now }: { now: number }) => void seen.push(now)
  const { room, settle } = circleWithCode(notes as CircleProtocol, {
    onConnect: look,
    beforeMessage: room => void look(room) as undefined,
    afterEvent: look,
  })
  room.now += 1
  room.sendMessage(room.open('ada'), 'hello')
  await settle()
  expect(seen).toEqual([start + 1, start + 1, start + 1])
})

test('own tables: those that an export holds are made by a migration, and names of Circles’ are refused', () => {
  const make = (definition: Partial<AnyDefinition>) => () => circleWithCode(notes as CircleProtocol, definition)
  const migrations = ['CREATE TABLE IF NOT EXISTS "votes" (x)']
  expect(make({ migrations, exportedTables: ['votes'] })).not.toThrow()
  expect(make({ migrations, exportedTables: ['vote'] })).toThrow('no migration makes vote')
  expect(make({ migrations, exportedTables: ['events'] })).toThrow('no migration makes events')
  expect(make({ migrations: ['CREATE TABLE circles_x (x)'] })).toThrow('circles_ is reserved.')
  expect(make({ migrations: ['CREATE TABLE events (x)'] })).toThrow(
    'table events already exists in CREATE TABLE events (x)',
  )
})

test('beforeMessage may return null', () => {
  const result: unknown = null
  const { room, faults } = circleWithCode(notes as CircleProtocol, { beforeMessage: () => result as undefined })
  const ada = room.open('ada')
  room.sendMessage(ada, 'hello')
  expect([room.room.context.log.head, faults]).toEqual([1, []])
})

test('a command of the protocol without a handler is found at start', () => {
  const definition = { commands: { vote: () => undefined } } as unknown as Parameters<typeof circleTables>[1]
  expect(() => circleTables(protocol, definition)).toThrow('The command "create_poll" of the protocol has no handler.')
})

test('a circle without code of its own has nothing of it', () => {
  const { components, hooks } = circleTables(emptyProtocol, { commands: {} })
  const ports = { env: {}, now: () => 0, run: () => {}, current: () => null, onFault: () => {}, runLater: () => {} }
  expect([components(ports), hooks]).toEqual([[], builtinHooks])
})
