import { expect, test } from 'vitest'
import * as z from 'zod'
import { asyncApi } from '../../src/http/openapi/asyncapi.ts'
import { openApi } from '../../src/http/openapi/openapi.ts'
import { createRoutes } from '../../src/http/routes.ts'
import type { EncodeContext } from '../../src/protocol/dialects/dialect.ts'
import { dialects } from '../../src/protocol/dialects/index.ts'
import { readArchiveLine } from '../../src/protocol/events/archive.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { EventBus } from '../../src/protocol/events/bus-events.ts'
import { defineEvents } from '../../src/protocol/events/event-registry.ts'
import type { AnyEvent } from '../../src/protocol/events/events.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { webhookSchemas } from '../../src/protocol/webhooks.ts'
import { eventFrame } from '../../src/protocol/wire.ts'
import { start } from '../support/test-room.ts'

// An event type of somebody else's, in a throw-away module: one entry, and everything that shows events shows it.

const events = defineEvents({
  poll_created: {
    schema: z.strictObject({ question: z.string(), options: z.array(z.string()) }),
    plain: ({ data }) => ({ type: 'poll', question: data.question }),
    text: ({ data }) => `${data.question} ${data.options.join(' or ')}?`,
    search: ({ question }) => question,
    publish: { as: 'poll.created', schema: z.strictObject({ question: z.string(), options: z.array(z.string()) }) },
    summary: ({ data }) => `A poll: ${data.question}`,
  },
  poll_voted: {
    schema: z.strictObject({ poll: z.int(), option: z.int() }),
    refersTo: ({ poll }) => [poll],
    summary: ({ data: { poll } }) => `A vote in #${poll}`,
  },
})
const context: EncodeContext = { channel: 'circle:dev', events, sessionId: () => '' }
const at = Date.UTC(2026, 10, 21, 9)
const timestamp = '2026-11-21T09:00:00.000Z'
const created: AnyEvent = {
  type: 'poll_created',
  data: { question: 'Tea', options: ['yes', 'no'] },
  seq: 1,
  at,
  id: 'p1',
}
const voted: AnyEvent = { type: 'poll_voted', data: { poll: 1, option: 0 }, seq: 2, at, id: 'v1' }

test('the dialects show it as its entry says', () => {
  expect(JSON.parse(dialects.native.encode(created, context) ?? '')).toEqual({
    type: 'poll_created',
    data: created.data,
    timestamp,
    channel: 'circle:dev',
    seq: 1,
    id: 'p1',
  })
  expect(JSON.parse(dialects.plain.encode(created, context) ?? '')).toEqual({
    type: 'poll',
    question: 'Tea',
    timestamp,
    channel: 'circle:dev',
  })
  expect(dialects.text.encode(created, context)).toBe('Tea yes or no?')
  expect(dialects.events.encode(created, context)).toBeNull()
})

test('an entry without plain and text is not shown there', () => {
  expect(dialects.plain.encode(voted, context)).toBeNull()
  expect(dialects.text.encode(voted, context)).toBeNull()
})

test('an archive holds it, and is checked by its schema and by what it refers to', () => {
  const line = (event: AnyEvent) => {
    const { at, ...frame } = event
    return JSON.stringify({ ...frame, timestamp: new Date(at).toISOString(), channel: 'circle:dev', user: 'ada' })
  }
  expect(readArchiveLine(line(created), events, start)).toEqual({ ...created, user: 'ada' })
  expect(readArchiveLine(line(voted), events, start)).toEqual({ ...voted, user: 'ada' })
  expect(readArchiveLine(line({ ...voted, seq: 1 }), events, start)).toEqual({ wrong: 'it refers to a later event' })
  expect(readArchiveLine(line({ ...voted, data: { poll: 'x' } }), events, start)).toEqual({
    wrong: 'its data does not match the type poll_voted',
  })
  expect(readArchiveLine(line(voted), builtinEvents, start)).toEqual({ wrong: 'there is no such type of event' })
})

test('webhooks can ask for it, and its frame is described', () => {
  const { newWebhook } = webhookSchemas(events)
  expect(newWebhook.safeParse({ url: 'https://a.test', events: ['poll_voted'] }).success).toBe(true)
  expect(newWebhook.safeParse({ url: 'https://a.test', events: ['message'] }).success).toBe(false)
  const frame = JSON.parse(dialects.native.encode(created, context) ?? '')
  expect(eventFrame(events).parse(frame)).toEqual(frame)
})

test('the documents describe it, and programs publish it as its entry says', () => {
  const tables = { ...builtinTables, events }
  const frame = '"type":{"type":"string","const":"poll_created"}'
  expect(JSON.stringify(asyncApi(tables))).toContain(frame)
  expect(JSON.stringify(openApi(createRoutes(tables).operations))).toContain(frame)
  const bus = new EventBus(tables)
  const event = bus.schema.parse({ id: 'e1', type: 'poll.created', channel: 'circle:dev', data: created.data })
  expect(bus.publicationOf(event, 'e1')).toEqual({ id: 'e1', type: 'poll_created', data: created.data })
  expect(bus.schema.safeParse({ id: 'e1', type: 'poll.voted', channel: 'circle:dev', data: {} }).success).toBe(false)
})
