import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import {
  type CommandsOf,
  defineProtocol,
  type EventsOf,
  ownCommands,
  ownEvents,
} from '../../src/protocol/define-protocol.ts'

const protocol = defineProtocol({
  events: {
    poll_created: {
      data: z.strictObject({ question: z.string(), options: z.array(z.string()) }),
      text: ({ data }) => `${data.question} ${data.options.join(' or ')}?`,
      search: ({ question }) => question,
    },
    poll_voted: z.strictObject({ poll: z.int(), option: z.int() }),
  },
  commands: { vote: { role: 'member', data: z.strictObject({ poll: z.int(), option: z.int() }) } },
})

test('the data of events and commands is typed by their schemas', () => {
  type Vote = { poll: number; option: number }
  expectTypeOf<EventsOf<typeof protocol>>().toEqualTypeOf<{
    poll_created: { question: string; options: string[] }
    poll_voted: Vote
  }>()
  expectTypeOf<CommandsOf<typeof protocol>>().toEqualTypeOf<{ vote: Vote }>()
})

test('an event is its schema, or that with how it is shown', () => {
  const events = ownEvents(protocol)
  const data = { question: 'Tea', options: ['yes', 'no'] }
  const created = { type: 'poll_created', data, seq: 1, at: 0, id: 'p1' }
  expect(events.get('poll_created')?.plain?.(created)).toEqual({
    type: 'poll_created',
    content: 'Tea yes or no?',
    data,
  })
  expect(events.get('poll_created')?.text?.(created)).toBe('Tea yes or no?')
  expect(events.get('poll_created')?.search?.(data)).toBe('Tea')
  const voted = events.get('poll_voted')
  expect([voted?.plain, voted?.text, voted?.search]).toEqual([undefined, undefined, undefined])
  expect(voted?.summary({ type: 'poll_voted', data: { poll: 1, option: 0 } })).toBe('poll_voted {"poll":1,"option":0}')
})

test('a command needs an id and a role, and is a request, too', () => {
  expect(ownCommands(protocol).get('vote')).toMatchObject({
    needsId: true,
    role: 'member',
    http: { id: 'vote', summary: 'Vote' },
  })
})

test.each([
  ['message', 'The event "message" is one of Circles itself: give yours another name.'],
  ['presence', 'The event "presence" is one of Circles itself: give yours another name.'],
  ['edit', 'The event "edit" is one of Circles itself: give yours another name.'],
  ['file_locked', 'The event "file_locked" begins with file_, which is reserved for Circles: give it another name.'],
  ['pollCreated', 'The event "pollCreated" needs a name of a-z, 0-9 and _ that begins with a letter, at most 64 long.'],
])('the name %s is refused at start', (name, sentence) => {
  expect(() => defineProtocol({ events: { [name]: z.strictObject({}) } })).toThrow(sentence)
  const commands = { [name]: { role: 'member' as const, data: z.strictObject({}) } }
  expect(() => defineProtocol({ commands })).toThrow(sentence.replace('event', 'command'))
})

const data = z.strictObject({ to: z.int() })

test.each<[object, string]>([
  [{ event: {} }, 'The definition of a protocol: there is no "event". Did you mean "events"?'],
  [{ events: ['counted'] }, 'The definition of a protocol: "events" must be an object.'],
  [{ events: { counted: { to: 'number' } } }, 'The event "counted" needs `data`, a schema of zod 4.'],
  [{ events: { counted: { data: { to: 1 } } } }, 'The event "counted" needs `data`, a schema of zod 4.'],
  [{ events: { counted: null } }, 'The event "counted" needs `data`, a schema of zod 4.'],
  [{ events: { counted: { data, txet: () => '' } } }, 'The event "counted": there is no "txet". Did you mean "text"?'],
  [{ events: { counted: { data, text: 'Counted' } } }, 'The event "counted": "text" must be a function.'],
  [{ commands: { count: data } }, 'The command "count" needs `data`, a schema of zod 4.'],
  [{ commands: { count: { data } } }, 'The command "count" needs a role: reader, member, moderator, owner.'],
  [
    { commands: { count: { data, role: 'admin' } } },
    'The command "count" needs a role: reader, member, moderator, owner.',
  ],
  [{ commands: { count: { data, rol: 'member' } } }, 'The command "count": there is no "rol". Did you mean "role"?'],
])('a definition that is wrong is refused with a sentence that says how (%#)', (definition, sentence) => {
  expect(() => defineProtocol(definition)).toThrow(sentence)
})

test('an event whose own text or search fails, or is none, is shown as JSON and found by nothing', () => {
  const fail = () => {
    throw new Error('a bug')
  }
  const none = () => undefined as unknown as string
  for (const broken of [fail, none]) {
    const shown = ownEvents(defineProtocol({ events: { counted: { data, text: broken, search: broken } } })).get(
      'counted',
    )
    const event = { type: 'counted', data: { to: 1 }, seq: 1, at: 0, id: 'c1' }
    expect(shown?.text?.(event)).toBe('counted {"to":1}')
    expect(shown?.plain?.(event)).toEqual({ type: 'counted', content: 'counted {"to":1}', data: { to: 1 } })
    expect(shown?.summary(event)).toBe('counted {"to":1}')
    expect(shown?.search?.({ to: 1 })).toBe('')
  }
})
