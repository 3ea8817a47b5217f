import { expect, test } from 'vitest'
import { DeliveryStats } from '../../bench/load/delivery-stats.ts'
import { createPayload } from '../../bench/load/payload.ts'
import { Receiver } from '../../bench/load/receiver.ts'

function receive(...messages: [sender: number, seq: number][]) {
  const stats = new DeliveryStats()
  const receiver = new Receiver(stats, false)
  for (const sender of [0, 1]) receiver.expect(sender, 0)
  for (const [sender, seq] of messages) receiver.onMessage(Buffer.from(createPayload(sender, seq, 0)), 0)
  const { duplicates, outOfOrder, events } = stats
  return { lost: receiver.lost(0, 3), duplicates, outOfOrder, events }
}

test('all messages once and in order, interleaved with those of another sender', () => {
  const messages: [number, number][] = [
    [0, 0],
    [0, 1],
    [1, 0],
    [0, 2],
    [1, 1],
    [0, 3],
  ]
  expect(receive(...messages)).toEqual({ lost: 0, duplicates: 0, outOfOrder: 0, events: 6 })
})

test('messages that are skipped or missing at the end are lost', () => {
  expect(receive([0, 0], [0, 2])).toEqual({ lost: 2, duplicates: 0, outOfOrder: 0, events: 2 })
})

test('a missing first message is lost', () => {
  expect(receive([0, 1], [0, 2], [0, 3])).toEqual({ lost: 1, duplicates: 0, outOfOrder: 0, events: 3 })
})

test('a duplicate is not out of order, and a message out of order is not lost', () => {
  expect(receive([0, 0], [0, 1], [0, 1], [0, 3], [0, 2])).toEqual({ lost: 0, duplicates: 1, outOfOrder: 1, events: 5 })
})

test('waiting for events resolves when they are counted, and times out when they are not', async () => {
  const stats = new DeliveryStats()
  const reached = stats.waitForEvents(2, 60_000)
  stats.countEvent()
  stats.countEvent()
  expect(await reached).toBe(true)
  expect(await stats.waitForEvents(3, 0)).toBe(false)
})
