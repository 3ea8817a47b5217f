import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AlarmScheduler } from '../../../src/rooms/object/alarm-scheduler.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

/** The scheduler of an object that just started; `stored`: its stored alarm, `due`: the alarm it needs. */
async function newScheduler(stored: number | null = null, due: number | null = null) {
  const set: (number | null)[] = [] // alarms in their order; null: deleted
  const runs: number[] = [] // times at which the timer or alarm ran
  const storage = {
    setAlarm: async (at: number) => void set.push(at),
    deleteAlarm: async () => void set.push(null),
    getAlarm: async () => stored,
  }
  const started = Promise.withResolvers<void>()
  const blockConcurrencyWhile = (work: () => Promise<void>) => void work().then(started.resolve)
  const context = { storage, waitUntil: () => {}, blockConcurrencyWhile } as unknown as DurableObjectState
  const meter = { alarmSet: () => {}, begin: () => () => {} }
  const scheduler = new AlarmScheduler(context, meter, () => runs.push(Date.now()))
  scheduler.setAlarm(due)
  await started.promise
  return { scheduler, set, runs }
}

function fail(scheduler: AlarmScheduler): void {
  const bug = () => {
    throw new Error('a bug')
  }
  expect(() => scheduler.attempt(bug)).toThrow('a bug')
}

test('[H3] the alarm is set again only to an earlier time, and deleted if nothing is due', async () => {
  const { scheduler, set } = await newScheduler()
  for (const due of [2_000_000, 3_000_000, 1_500_000, 1_600_000, null, null, 0]) scheduler.setAlarm(due)
  expect(set).toEqual([2_000_000, 1_500_000, null, 1])
})

test('[H3] a failure is retried after 1, 2, 4 … 60 s, and without delay again after a success', async () => {
  const { scheduler, set } = await newScheduler()
  for (let attempt = 0; attempt < 8; attempt++) {
    scheduler.fired()
    fail(scheduler)
    scheduler.setAlarm(Date.now()) // it is still due
  }
  expect(set.map(at => ((at ?? 0) - Date.now()) / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  scheduler.fired()
  scheduler.attempt(() => {})
  scheduler.setAlarm(Date.now())
  expect(set.at(-1)).toBe(Date.now())
})

test('a timer that fails is retried with a delay, too', async () => {
  const { scheduler, runs } = await newScheduler()
  fail(scheduler)
  scheduler.setTimer(Date.now(), Date.now())
  vi.advanceTimersByTime(999)
  expect(runs).toEqual([])
  vi.advanceTimersByTime(1)
  expect(runs).toEqual([1_001_000])
})

test('[H3] a stored alarm is not set again, unless it is overdue', async () => {
  const [kept, lost] = [await newScheduler(1_150_000, 1_150_000), await newScheduler(900_000, 1_150_000)]
  expect([kept.set, lost.set]).toEqual([[], [1_150_000]])
})
