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
const aWatch = () => new WakeDetector(newWakeStats(t), t)
const causes = (watch: WakeDetector, sight: typeof idle | ReturnType<typeof pending>, at: number) =>
  watch.check(sight, at).map(({ cause, detail }) => `${cause}: ${detail}`)

test('[W] an object that is in memory all month costs 4.15 dollars', () => {
  expect(awakeDollars).toBeCloseTo(4.147, 3)
})

test.each([
  ['a timer', pending('timer'), 'timer: a timer is pending, and nothing came for 60 s'],
  ['a request', pending('errand'), 'errand: a request elsewhere is pending, and nothing came for 60 s'],
  [
    'sockets',
    { ...idle, undrained: () => 2 },
    'undrained: 2 sockets do not take what they are sent; nothing came for 60 s',
  ],
  ['something', idle, 'unknown: nothing is pending and nothing came for 60 s, but the object was not put to sleep'],
])('[W] %s that keeps an object awake for a minute without traffic is named', (_, sight, found) => {
  expect(causes(aWatch(), sight, t + minute - 1)).toEqual([])
  expect(causes(aWatch(), sight, t + minute)).toEqual([found])
})

test('[W] an agent may take its time, up to five minutes', () => {
  const watch = aWatch()
  expect(causes(watch, pending('agent'), t + 4 * minute)).toEqual([])
  expect(causes(watch, pending('agent'), t + 5 * minute)).toEqual(['agent: an agent has been answering for 5 min'])
})

test('[W] alarms that ring often are work, and no reason to wonder', () => {
  const watch = aWatch()
  for (let at = t; at < t + 10 * minute; at += minute / 2) expect(causes(watch, idle, at)).toEqual([])
})

test('[W] who talks keeps an object awake with good reason', () => {
  const watch = aWatch()
  for (let at = t; at < t + 10 * minute; at += minute / 2) watch.receivedAt = at
  expect(causes(watch, pending('timer'), t + 10 * minute)).toEqual([])
})

test('[W] each cause is told once an hour, also across hibernation, and shown for an hour', () => {
  const watch = aWatch()
  const seen = [1, 30, 60, 61].map(minutes => watch.check(pending('timer'), t + minutes * minute).length)
  expect(seen).toEqual([1, 0, 0, 1])
  const woken = new WakeDetector(watch.stats, t + 62 * minute)
  expect(woken.check(pending('timer'), t + 70 * minute)).toEqual([])
  expect(watch.findings(t + 90 * minute)).toMatchObject([
    { cause: 'timer', at: t + 61 * minute, dollars: awakeDollars },
  ])
  expect(watch.findings(t + 121 * minute)).toEqual([])
})

test('[W] pings in a spelling that the runtime does not answer are counted across hibernation', () => {
  let note = newWakeStats(t)
  for (let ping = 1; ping < 30; ping++) {
    const watch = new WakeDetector(note, t + ping * 25_000)
    watch.ping()
    expect(watch.check(idle, t + ping * 25_000)).toEqual([])
    note = watch.stats
  }
  const watch = new WakeDetector(note, t + 30 * 25_000)
  watch.ping()
  const [finding] = watch.check(idle, t + 30 * 25_000)
  expect(finding?.detail).toBe('30 pings within 13 min came in a spelling that is not free: {"type":"ping"} is')
  expect(finding?.dollars).toBeCloseTo(103_680 * (0.15e-6 / 20 + 0.03 * 0.128 * 12.5e-6), 6)
})

test('[W] a loop of reconnects is one, a class that comes and goes is none', () => {
  const [loop, school] = [aWatch(), aWatch()]
  for (let second = 0; second < 60; second++) loop.upgrade(2)
  expect(causes(loop, idle, t + minute / 2)).toEqual([
    'reconnects: 60 sockets were opened within 30 s, and never more than 2 were open',
  ])
  for (let pupil = 1; pupil <= 300; pupil++) school.upgrade(pupil)
  for (let pupil = 1; pupil <= 300; pupil++) school.upgrade(300)
  expect(causes(school, idle, t + minute / 2)).toEqual([])
})
