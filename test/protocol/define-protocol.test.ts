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
