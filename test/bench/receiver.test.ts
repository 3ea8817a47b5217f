import { expect, test } from 'vitest'
import { Tally } from '../../bench/load/delivery-stats.ts'
import { mark } from '../../bench/load/payload.ts'
import { Ear } from '../../bench/load/receiver.ts'

function listen(...messages: [sender: number, seq: number][]) {
  const tally = new Tally()
  const ear = new Ear(tally, false)
  for (const sender of [0, 1]) ear.expect(sender, 0)
  for (const [sender, seq] of messages) ear.hear(Buffer.from(mark(sender, seq, 0)), 0)
  return { lost: ear.lost(0, 3), duplicates: tally.duplicates, disorder: tally.disorder, events: tally.events }
}

test('everything once and in order, the other senders between', () => {
  const messages: [number, number][] = [
    [0, 0],
    [0, 1],
    [1, 0],
    [0, 2],
    [1, 1],
    [0, 3],
  ]
  expect(listen(...messages)).toEqual({ lost: 0, duplicates: 0, disorder: 0, events: 6 })
})

test('lost: skipped, or not come at the end', () => {
  expect(listen([0, 0], [0, 2])).toEqual({ lost: 2, duplicates: 0, disorder: 0, events: 2 })
})

test('lost: the first one', () => {
  expect(listen([0, 1], [0, 2], [0, 3])).toEqual({ lost: 1, duplicates: 0, disorder: 0, events: 3 })
})

test('twice is not out of order, and out of order is not lost', () => {
  expect(listen([0, 0], [0, 1], [0, 1], [0, 3], [0, 2])).toEqual({ lost: 0, duplicates: 1, disorder: 1, events: 5 })
})

test('a tally says when so many came, and when they do not', async () => {
  const tally = new Tally()
  const came = tally.reaches(2, 60_000)
  tally.count()
  tally.count()
  expect(await came).toBe(true)
  expect(await tally.reaches(3, 0)).toBe(false)
})
