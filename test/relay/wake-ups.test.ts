import { expect, test } from 'vitest'
import { WakeUps } from '../../src/relay/wake-ups.ts'

const start = 1_000_000

function someWakeUps() {
  const alarms: number[] = []
  const timers = new Map<() => void, number>()
  let wakes = 0
  const wakeUps = new WakeUps({
    setTimer(run, ms) {
      timers.set(run, ms)
      return () => timers.delete(run)
    },
    setAlarm: at => void alarms.push(at - start),
    wake: () => {
      wakes += 1
    },
  })
  const relay = { nextWake: (now: number): number | null => now + 5_000, state: 'up', size: 1 }
  return {
    wakeUps,
    relay,
    alarms: () => alarms.splice(0),
    timers: () => [...timers.values()],
    fire() {
      for (const run of [...timers.keys()]) {
        timers.delete(run)
        run()
      }
      return wakes
    },
  }
}

test('while there are members an alarm is set, once, and again after it has fired', () => {
  const { wakeUps, relay, alarms } = someWakeUps()
  wakeUps.schedule(relay, start)
  wakeUps.schedule(relay, start + 20_000)
  expect(alarms()).toEqual([30_000])
  wakeUps.alarmFired()
  wakeUps.schedule(relay, start + 30_000)
  expect(alarms()).toEqual([60_000])
})

test('a relay without members sets no alarm', () => {
  const { wakeUps, relay, alarms, timers } = someWakeUps()
  wakeUps.schedule({ ...relay, size: 0 }, start)
  expect([alarms(), timers()]).toEqual([[], [5_000]])
})

test('a parked one has no timer, and an alarm every two minutes, which comes forward when it dials', () => {
  const { wakeUps, relay, alarms, timers } = someWakeUps()
  const parked = { ...relay, state: 'parked' }
  wakeUps.schedule(parked, start)
  expect([alarms(), timers()]).toEqual([[120_000], []])
  wakeUps.schedule(relay, start + 60_000)
  expect([alarms(), timers()]).toEqual([[90_000], [5_000]])
  wakeUps.schedule(parked, start + 61_000)
  expect([alarms(), timers()]).toEqual([[], []])
})

test('there is one timer, for what is due first', () => {
  const { wakeUps, relay, timers, fire } = someWakeUps()
  wakeUps.schedule(relay, start)
  wakeUps.schedule({ ...relay, nextWake: () => start + 2_000 }, start + 1_000)
  expect(timers()).toEqual([1_000])
  expect(fire()).toBe(1)
  wakeUps.schedule({ ...relay, nextWake: () => null }, start + 2_000)
  expect([timers(), fire()]).toEqual([[], 1])
})
