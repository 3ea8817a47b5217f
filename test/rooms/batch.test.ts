import { expect, test } from 'vitest'
import type { EventOf } from '../../src/protocol/events.ts'
import { encodeBatch } from '../../src/rooms/batch.ts'

const around = { channel: 'workspace:acme', sessionId: () => '' }
const changed = (seq: number, path: string): EventOf<'file_changed'> => ({
  type: 'file_changed',
  data: { path },
  seq,
  at: 0,
  id: `e${seq}`,
})
const many = (count: number, path = 'a.ts') => Array.from({ length: count }, (_, index) => changed(index + 1, path))
const seqsIn = (texts: string[]) => texts.map(text => [JSON.parse(text)].flat().map(({ seq }: { seq: number }) => seq))

test('[N1] what comes together goes to a native client as one array, in order', () => {
  expect(seqsIn(encodeBatch('native', many(100), around))).toEqual([many(100).map(({ seq }) => seq)])
})

test('[N1] an array stays below 64 KiB, and nothing is left out', () => {
  const texts = encodeBatch('native', many(300, 'x'.repeat(1_000)), around)
  expect(Math.max(...texts.map(text => text.length))).toBeLessThan(66_000)
  expect(texts.length).toBeLessThan(7)
  expect(seqsIn(texts).flat()).toEqual(many(300).map(({ seq }) => seq))
})

test('[N1] one event alone is no array', () => {
  expect(encodeBatch('native', many(1), around)[0]).toMatch(/^\{"type":"file_changed"/)
})

test('[D1] a plain client gets each by itself', () => {
  expect(encodeBatch('plain', many(3), around).length).toBe(3)
})
