import { expect, test } from 'vitest'
import { AwakeTime } from '../../../src/rooms/metering/meter.ts'

const t = 1_000_000

test('[W] an event counts 10 ms, a wake-up 20, and overlaps count once', () => {
  const awake = new AwakeTime()
  awake.wake(t)
  awake.event(t)
  awake.event(t + 15)
  expect(awake.take(t + 15)).toBe(25)
  awake.event(t + 1_000)
  awake.event(t + 1_000)
  expect(awake.take(t + 1_000)).toBe(10)
})

test('[W] pending work counts as awake time, once', () => {
  const awake = new AwakeTime()
  awake.begin(t)
  awake.event(t + 500)
  awake.begin(t + 600)
  awake.end(t + 700)
  expect(awake.take(t + 1_000)).toBe(1_000)
  awake.end(t + 2_000)
  awake.event(t + 9_000)
  expect(awake.take(t + 10_000)).toBe(1_010)
})

test('[W] a clock that goes back subtracts nothing and counts nothing twice', () => {
  const awake = new AwakeTime()
  awake.event(t)
  awake.begin(t - 5_000)
  awake.end(t - 4_000)
  awake.event(t - 3_000)
  expect(awake.take(t)).toBe(10)
})
