import { expect, test } from 'vitest'
import { ChannelMetrics, Statistics, type StatisticsPorts } from '../../../src/rooms/outbound/statistics.ts'
import type { ChannelReport } from '../../../src/rpc/stats.ts'
import { TestRoom } from '../../support/test-room.ts'

/** A room and its statistics, with the reports they send; `run` is called after every run of the room. */
function newStatistics() {
  const room = new TestRoom()
  const reports: ChannelReport[] = []
  const state = { fails: false }
  const pending: Promise<unknown>[] = []
  const report = async (report: ChannelReport) => {
    if (state.fails) throw new Error('unreachable')
    reports.push(structuredClone(report))
  }
  const metrics = new ChannelMetrics({ channel: 'circle:dev', log: () => {}, now: () => room.now, newId: () => 't1' })
  const ports: StatisticsPorts = {
    metrics,
    stats: { report, forget: async () => {} },
    background: { run: work => void pending.push(work) },
  }
  /** The component as it is made when the object wakes. */
  const wake = () => new Statistics(room.room.context, ports)
  const current = { statistics: wake() }
  const run = async () => {
    current.statistics.afterRun(room.now)
    await Promise.all(pending.splice(0))
    const due = current.statistics.nextTick()
    return due === null ? null : due - room.now
  }
  const frame = async (ms: number) => {
    room.now += ms
    metrics.counts.frames_in += 1
    return run()
  }
  const woken = () => {
    current.statistics = wake()
  }
  return { room, woken, metrics, reports, run, frame, state }
}

test('[W] a connect is reported at once, the next ones after a second, and then nothing is pending', async () => {
  const { room, reports, run } = newStatistics()
  room.open('ada')
  expect(await run()).toBe(null)
  room.open('bob')
  room.open('cat')
  room.now += 300
  expect(await run()).toBe(700)
  room.now += 700
  expect(await run()).toBe(null)
  expect(reports.map(({ sessions }) => sessions)).toEqual([1, 3])
})

test('[W] the first messages are reported at once, later ones every ten seconds, and no timer is set', async () => {
  const { room, reports, run, frame } = newStatistics()
  room.open('ada')
  await run()
  const ticks: (number | null)[] = []
  for (let second = 1; second <= 60; second++) ticks.push(await frame(1_000))
  expect(new Set(ticks)).toEqual(new Set([null]))
  expect(reports.map(({ counts }) => counts.frames_in)).toEqual([0, 1, 2, 3, 4, 5, 6, 11, 21, 31, 41, 51])
})

test('[H3] a silent circle reports nothing, however often its alarm runs', async () => {
  const { room, reports, run } = newStatistics()
  room.open('ada')
  await run()
  for (let alarm = 0; alarm < 100; alarm++) {
    room.now += 150_000
    expect(await run()).toBe(null)
  }
  expect(reports).toHaveLength(1)
})

test('[H3] a circle that wakes with its sockets reports nothing new; one that lost them reports it', async () => {
  const { room, woken, reports, run } = newStatistics()
  room.open('ada')
  woken()
  expect([await run(), reports]).toEqual([null, []])
  const crashed = newStatistics()
  crashed.room.open('ada')
  crashed.room.crash()
  crashed.woken()
  await crashed.run()
  expect(crashed.reports).toMatchObject([{ sessions: 0 }])
})

test('[W] a turn is reported when it begins and when it ends', async () => {
  const { room, reports, run } = newStatistics()
  const ada = room.open('ada')
  await run()
  room.sendMessage(ada, '@pickle hello')
  room.now += 1_000
  await run()
  const [call] = room.calls
  if (call === undefined) throw new Error('expected a call')
  room.turnEnded(call, { type: 'failed', code: 'agent_failed', message: 'No.', retry: false })
  room.now += 1_000
  await run()
  expect(reports.map(({ turns_running }) => turns_running)).toEqual([0, 1, 0])
})

test('[W] a failed report schedules no retry: a later run sends it', async () => {
  const { room, reports, run, state } = newStatistics()
  state.fails = true
  room.open('ada')
  await run()
  expect(await run()).toBe(null)
  state.fails = false
  room.now += 9_999
  await run()
  expect(reports).toEqual([])
  room.now += 1
  await run()
  expect(reports).toMatchObject([{ sessions: 1, tally: 't1' }])
})
