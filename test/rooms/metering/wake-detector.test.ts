import { expect, test } from 'vitest'
import {
  awakeDollars,
  newWakeStats,
  type PendingWork,
  WakeDetector,
} from '../../../src/rooms/metering/wake-detector.ts'
import { start as t } from '../../support/test-room.ts'

const minute = 60_000
const idle = { pending: [], undrained: () => 0 }
const pending = (what: PendingWork['what'], since = t) => ({ pending: [{ what, since }], undrained: () => 0 })
const newDetector = () => new WakeDetector(newWakeStats(t), t)
const causes = (detector: WakeDetector, context: typeof idle | ReturnType<typeof pending>, at: number) =>
  detector.check(context, at).map(({ cause, detail }) => `${cause}: ${detail}`)

test('[W] an object that is in memory all month costs 4.15 dollars', () => {
  expect(awakeDollars).toBeCloseTo(4.147, 3)
})

test.each([
  ['a timer', pending('timer'), 'timer: a timer is pending, and nothing came for 60 s'],
  ['a request', pending('request'), 'errand: a request elsewhere is pending, and nothing came for 60 s'],
  [
    'sockets',
    { ...idle, undrained: () => 2 },
    'undrained: 2 sockets do not take what they are sent; nothing came for 60 s',
  ],
  ['something', idle, 'unknown: nothing is pending and nothing came for 60 s, but the object was not put to sleep'],
])('[W] %s that keeps an object awake for a minute without traffic is reported', (_, context, found) => {
  expect(causes(newDetector(), context, t + minute - 1)).toEqual([])
  expect(causes(newDetector(), context, t + minute)).toEqual([found])
})

test('[W] an agent may take up to five minutes', () => {
  const detector = newDetector()
  expect(causes(detector, pending('agent'), t + 4 * minute)).toEqual([])
  expect(causes(detector, pending('agent'), t + 5 * minute)).toEqual(['agent: an agent has been answering for 5 min'])
})

test('[W] frequent alarms are not reported', () => {
  const detector = newDetector()
  for (let at = t; at < t + 10 * minute; at += minute / 2) expect(causes(detector, idle, at)).toEqual([])
})

test('[W] traffic is a good reason to be awake', () => {
  const detector = newDetector()
  for (let at = t; at < t + 10 * minute; at += minute / 2) detector.receivedAt = at
  expect(causes(detector, pending('timer'), t + 10 * minute)).toEqual([])
})

test('[W] each cause is reported once an hour, also across hibernation, and listed for an hour', () => {
  const detector = newDetector()
  const reported = [1, 30, 60, 61].map(minutes => detector.check(pending('timer'), t + minutes * minute).length)
  expect(reported).toEqual([1, 0, 0, 1])
  const woken = new WakeDetector(detector.stats, t + 62 * minute)
  expect(woken.check(pending('timer'), t + 70 * minute)).toEqual([])
  expect(detector.findings(t + 90 * minute)).toMatchObject([
    { cause: 'timer', at: t + 61 * minute, dollars: awakeDollars },
  ])
  expect(detector.findings(t + 121 * minute)).toEqual([])
})

test('[W] pings that the runtime does not answer are counted across hibernation', () => {
  let stats = newWakeStats(t)
  for (let ping = 1; ping < 30; ping++) {
    const detector = new WakeDetector(stats, t + ping * 25_000)
    detector.ping()
    expect(detector.check(idle, t + ping * 25_000)).toEqual([])
    stats = detector.stats
  }
  const detector = new WakeDetector(stats, t + 30 * 25_000)
  detector.ping()
  const [finding] = detector.check(idle, t + 30 * 25_000)
  expect(finding?.detail).toBe('30 pings within 13 min came in a spelling that is not free: {"type":"ping"} is')
  expect(finding?.dollars).toBeCloseTo(103_680 * (0.15e-6 / 20 + 0.03 * 0.128 * 12.5e-6), 6)
})

test('[W] a reconnect loop is reported, a class that joins and reconnects is not', () => {
  const [loop, classroom] = [newDetector(), newDetector()]
  for (let second = 0; second < 60; second++) loop.upgrade(2)
  expect(causes(loop, idle, t + minute / 2)).toEqual([
    'reconnects: 60 sockets were opened within 30 s, and never more than 2 were open',
  ])
  for (let open = 1; open <= 300; open++) classroom.upgrade(open)
  for (let n = 1; n <= 300; n++) classroom.upgrade(300)
  expect(causes(classroom, idle, t + minute / 2)).toEqual([])
})
