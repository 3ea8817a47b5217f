import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AlarmScheduler } from '../../../src/rooms/object/alarm-scheduler.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

/** The clock of an object that was just born; `before`: its alarm, `owed`: the one it wants. */
async function aClock(before: number | null = null, owed: number | null = null) {
  const set: (number | null)[] = [] // alarms in their order; null: deleted
  const rings: number[] = []
  const storage = {
    setAlarm: async (at: number) => void set.push(at),
    deleteAlarm: async () => void set.push(null),
    getAlarm: async () => before,
  }
  const born = Promise.withResolvers<void>()
  const blockConcurrencyWhile = (work: () => Promise<void>) => void work().then(born.resolve)
  const context = { storage, waitUntil: () => {}, blockConcurrencyWhile } as unknown as DurableObjectState
  const meter = { alarmSet: () => {}, begin: () => () => {} }
  const clock = new AlarmScheduler(context, meter, () => rings.push(Date.now()))
  clock.setAlarm(owed)
  await born.promise
  return { clock, set, rings }
}

function fail(clock: AlarmScheduler): void {
  const bug = () => {
    throw new Error('a bug')
  }
  expect(() => clock.attempt(bug)).toThrow('a bug')
}

test('[H3] the alarm is set anew only to ring earlier, and deleted when nothing is owed', async () => {
  const { clock, set } = await aClock()
  for (const due of [2_000_000, 3_000_000, 1_500_000, 1_600_000, null, null, 0]) clock.setAlarm(due)
  expect(set).toEqual([2_000_000, 1_500_000, null, 1])
})

test('[H3] what fails is tried again after 1, 2, 4 … 60 s, and at once again when it went well', async () => {
  const { clock, set } = await aClock()
  for (let time = 0; time < 8; time++) {
    clock.fired()
    fail(clock)
    clock.setAlarm(Date.now()) // it is still due
  }
  expect(set.map(at => ((at ?? 0) - Date.now()) / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  clock.fired()
  clock.attempt(() => {})
  clock.setAlarm(Date.now())
  expect(set.at(-1)).toBe(Date.now())
})

test('a timer that fails does not turn in circles either', async () => {
  const { clock, rings } = await aClock()
  fail(clock)
  clock.setTimer(Date.now(), Date.now())
  vi.advanceTimersByTime(999)
  expect(rings).toEqual([])
  vi.advanceTimersByTime(1)
  expect(rings).toEqual([1_001_000])
})

test('[H3] an alarm that was set before is not set again, unless it should have rung long ago', async () => {
  const [kept, lost] = [await aClock(1_150_000, 1_150_000), await aClock(900_000, 1_150_000)]
  expect([kept.set, lost.set]).toEqual([[], [1_150_000]])
})
