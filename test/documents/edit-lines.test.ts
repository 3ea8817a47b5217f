import { expect, test } from 'vitest'
import { CircleDocuments, circleDocumentMigrations } from '../../src/documents/circle-documents.ts'
import { TestRoom } from '../support/test-room.ts'

const minute = 60_000

/** A circle whose documents say who edits them; `lines`: what its log said so far. */
function aCircle() {
  const room = new TestRoom()
  const session = room.callerSession('ada', 'owner')
  for (const statement of circleDocumentMigrations.flat()) room.sql.all(statement)
  const ports = { tell: () => {}, remove: () => {}, ask: async () => ({ value: null }) }
  const open = () => new CircleDocuments(room.room.context, ports, () => {})
  const circle = { documents: open(), wakeUp: () => Object.assign(circle, { documents: open() }) }
  const edited = (document: string, ...names: string[]): string[] => {
    const editors = names.map(name => ({ id: `guest:${name}`, name }))
    const { outcome } = circle.documents.onRequest(session, { do: 'edited', document, editors }, room.now)
    return textsOf(outcome.events)
  }
  const onAlarm = (): string[] => textsOf(circle.documents.onAlarm(room.now).events)
  return { room, session, circle, edited, onAlarm }
}

function textsOf(events: readonly { type: string; data: object }[]): string[] {
  return events.map(({ type, data }) => `${type} ${JSON.stringify(data)}`)
}

const line = (documents: Record<string, string[]>): string =>
  `document_edited ${JSON.stringify({
    documents: Object.entries(documents).map(([name, names]) => ({
      name,
      by: names.map(person => ({ id: `guest:${person}`, name: person })),
    })),
  })}`

test('[Y11] the first edit is said at once, what others edit within the minute after it, in one line', () => {
  const { room, circle, edited, onAlarm } = aCircle()
  expect(circle.documents.nextAlarm()).toBe(null)
  expect(edited('plan', 'ada')).toEqual([line({ plan: ['ada'] })])
  expect(circle.documents.nextAlarm()).toBe(null)
  const due = room.now + minute
  room.now += 1_000
  expect([...edited('plan', 'ben'), ...edited('notes', 'eve', 'ada'), ...edited('plan', 'ada')]).toEqual([])
  expect(circle.documents.nextAlarm()).toBe(due)
  expect(onAlarm()).toEqual([])
  circle.wakeUp()
  expect(circle.documents.nextAlarm()).toBe(due)
  room.now = due
  expect(onAlarm()).toEqual([line({ notes: ['ada', 'eve'], plan: ['ben'] })])
  expect([circle.documents.nextAlarm(), onAlarm()]).toEqual([null, []])
})

test('[Y11] a person who goes on editing a document is named again after ten minutes', () => {
  const { room, edited } = aCircle()
  expect(edited('plan', 'ada')).toHaveLength(1)
  for (let count = 1; count < 10; count++) {
    room.now += minute
    expect(edited('plan', 'ada')).toEqual([])
  }
  room.now += minute
  expect(edited('plan', 'ada')).toEqual([line({ plan: ['ada'] })])
})

test('[Y11] a line names at most 20, and of a document that was deleted nobody', () => {
  const { room, session, edited, circle, onAlarm } = aCircle()
  edited('plan', 'ada')
  const many = Array.from({ length: 25 }, (_, index) => `p${String(index).padStart(2, '0')}`)
  edited('plan', ...many)
  edited('gone', 'ben')
  circle.documents.onRequest(session, { do: 'gone', document: 'gone' }, room.now)
  room.now += minute
  expect(onAlarm()).toEqual([line({ plan: many.slice(0, 20) })])
  room.now += minute
  expect(onAlarm()).toEqual([line({ plan: many.slice(20) })])
})
