import { expect, test } from 'vitest'
import * as z from 'zod'
import { formatEvent } from '../../src/cli/format-event.ts'
import type { EventFrame } from '../../src/client/client.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { defineEvents } from '../../src/protocol/events/event-registry.ts'

const polls = defineEvents({
  poll_created: {
    schema: z.strictObject({ question: z.string() }),
    summary: ({ data }) => `A poll: ${data.question}`,
  },
})
const events = new Map([...builtinEvents, ...polls])

/** The line of an event, without its time. */
function lineOf(type: string, data: object, more: object = {}): string {
  const frame = { ...more, type, data, seq: 7, id: 'e7', timestamp: '2026-11-21T09:00:00.000Z', channel: 'circle:dev' }
  const line = formatEvent(frame as unknown as EventFrame, events)
  const spans = typeof line === 'string' ? [line] : line
  const shown = spans.map(span => (typeof span === 'string' ? span : `<${span.style}>${span.text}</${span.style}>`))
  return shown.join('').replace(/^<dim>[\d:]+<\/dim> /, '')
}

test('[cli] an event of any type is shown: some in colors, the others by their summary', () => {
  expect(lineOf('message', { user_name: 'Ada', content: 'one\ntwo' })).toBe('<dim>#7</dim> <cyan>Ada</cyan> one\ntwo')
  expect(lineOf('file_created', { path: 'a.ts' })).toBe('<dim>#7</dim> <green>+</green> a.ts')
  expect(lineOf('member_changed', { user_id: 'ada', muted: true })).toBe('<dim>#7</dim> <dim>ada was muted</dim>')
  expect(lineOf('poll_created', { question: 'Tea' })).toBe('<dim>#7</dim> <dim>A poll: Tea</dim>')
  expect(lineOf('unheard_of', {})).toBe('<dim>#7</dim> <dim>unheard_of</dim>')
  expect(lineOf('poll_voted', { poll: 1, by: 'eve\u202e' })).toBe(
    '<dim>#7</dim> <dim>poll_voted { "poll": 1, "by": "eve\\u202e" }</dim>',
  )
  expect(lineOf('noted', { text: 'x'.repeat(65_000) })).toHaveLength('<dim>#7</dim> <dim>noted …</dim>'.length + 300)
})

test('[cli] a request for approval is shown with its data', () => {
  const request = { agent_id: 'owl', description: 'Deploy?', data: { to: 'eu\u202e\u001b' } }
  expect(lineOf('approval_requested', request)).toBe(
    '<dim>#7</dim> <magenta>@owl</magenta> <yellow>asks for approval:</yellow> Deploy?\n{\n  "to": "eu\\u202e\\u001b"\n}',
  )
})

test('[cli] an event that was imported says by whom', () => {
  const origin = { imported_by: 'mod' }
  const mark = '<yellow>imported by mod:</yellow>'
  expect(lineOf('message', { user_name: 'Ada', content: 'Hi' }, { origin })).toBe(
    `<dim>#7</dim> ${mark} <cyan>Ada</cyan> Hi`,
  )
  expect(lineOf('member_changed', { user_id: 'ada', muted: true }, { origin })).toBe(
    `<dim>#7</dim> ${mark} <dim>ada was muted</dim>`,
  )
})
