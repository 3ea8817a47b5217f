import { expect, test, vi } from 'vitest'
import { OutTexts } from '../../src/relay/out-texts.ts'
import type { Delivery } from '../../src/rooms/object/subscriber.ts'

const native: Delivery = { frames: ['event', 'typing'], durable: () => ['event'], hasEphemeral: true }
const plain: Delivery = { frames: ['line'], durable: () => ['line'] }
const ack: Delivery = { frames: ['ack'], durable: () => ['ack'] }
const nothing = { dialects: [], own: new Map(), done: null }
const shared = new Map([
  ['native', native],
  ['plain', plain],
] as const)
const none = new Map()
const read = (text: string | null) => JSON.parse(text ?? 'null') as unknown

test('relays that get the same get one text, which is written once', () => {
  const ring = vi.fn(() => ['as native'])
  const texts = new OutTexts({ events: [4, 5], ring }, shared)
  const stringify = vi.spyOn(JSON, 'stringify')
  const [first, second] = [0, 1].map(() => texts.textFor({ ...nothing, dialects: ['plain'] }))
  const written = stringify.mock.calls.length
  texts.textFor({ ...nothing, dialects: ['plain'] })
  expect(stringify.mock.calls.length).toBe(written)
  stringify.mockRestore()
  expect(second).toBe(first)
  expect(ring).toHaveBeenCalledTimes(1)
  expect(read(first ?? null)).toEqual({
    t: 'out',
    events: [4, 5],
    ring: ['as native'],
    all: { plain: { f: ['line'] } },
  })
})

test('a relay gets what is for it alone beside what is for all, and others do not', () => {
  const texts = new OutTexts({ events: [4, 4], ring: () => [] }, shared)
  const dialects = ['native'] as const
  const own = new Map([[ack, ['s1', 's2']]])
  const all = { native: { f: ['event', 'typing'], d: ['event'] } }
  expect(
    [
      { ...nothing, dialects, own, done: 7 },
      { ...nothing, dialects, own },
      { ...nothing, dialects, done: 8 },
      { ...nothing, dialects },
    ].map(one => read(texts.textFor(one))),
  ).toEqual([
    { t: 'out', events: [4, 4], done: 7, all, to: [[['s1', 's2'], { f: ['ack'] }]] },
    { t: 'out', events: [4, 4], all, to: [[['s1', 's2'], { f: ['ack'] }]] },
    { t: 'out', events: [4, 4], done: 8, all },
    { t: 'out', events: [4, 4], all },
  ])
})

test('events go to a relay without native members for its memory, unless one of them erases', () => {
  const ring = () => ['as native']
  expect(read(new OutTexts({ events: [4, 4], ring }, none).textFor(nothing))).toEqual({
    t: 'out',
    events: [4, 4],
    ring: ['as native'],
  })
  expect(read(new OutTexts({ events: [4, 4], erases: true, ring }, none).textFor(nothing))).toEqual({
    t: 'out',
    events: [4, 4],
    erases: true,
  })
})

test('a run without events sends a relay nothing, unless there is something for it', () => {
  const empty: Delivery = { frames: [], durable: () => [] }
  const texts = new OutTexts({ ring: () => [] }, new Map([['native', empty]] as const))
  expect(texts.textFor(nothing)).toBeNull()
  expect(texts.textFor({ ...nothing, dialects: ['native'] })).toBeNull()
  expect(read(texts.textFor({ ...nothing, done: 3 }))).toEqual({ t: 'out', done: 3 })
  expect(read(texts.textFor({ ...nothing, own: new Map([[empty, ['s1']]]) }))).toEqual({
    t: 'out',
    to: [[['s1'], { f: [] }]],
  })
})
