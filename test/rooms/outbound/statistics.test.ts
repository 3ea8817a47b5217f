import { expect, test } from 'vitest'
import { ChannelMetrics, Statistics, type StatisticsPorts } from '../../../src/rooms/outbound/statistics.ts'
import type { ChannelReport } from '../../../src/rpc/stats.ts'
import { TestRoom } from '../../support/test-room.ts'

/** A room whose reports are kept; `act` is what happens after every run. */
function aReported() {
  const room = new TestRoom()
  const reports: ChannelReport[] = []
  const world = { fails: false }
  const pending: Promise<unknown>[] = []
  const report = async (report: ChannelReport) => {
    if (world.fails) throw new Error('out of reach')
    reports.push(structuredClone(report))
  }
  const witness = new ChannelMetrics({ channel: 'circle:dev', log: () => {}, now: () => room.now, newId: () => 't1' })
  const ports: StatisticsPorts = {
    metrics: witness,
    stats: { report, forget: async () => {} },
    background: { run: work => void pending.push(work) },
  }
  /** The component as it is made when the object wakes. */
  const wake = () => new Statistics(room.room.context, ports)
  const current = { statistics: wake() }
  const act = async () => {
    current.statistics.afterRun(room.now)
    await Promise.all(pending.splice(0))
    const due = current.statistics.nextTick()
    return due === null ? null : due - room.now
  }
  const frame = async (ms: number) => {
    room.now += ms
    witness.counts.frames_in += 1
    return act()
  }
  const woken = () => {
    current.statistics = wake()
  }
  return { room, woken, witness, reports, act, frame, world }
}

test('[W] who comes is told at once, who comes right after a second later, and then nothing is owed', async () => {
  const { room, reports, act } = aReported()
  room.open('ada')
  expect(await act()).toBe(null)
  room.open('bob')
  room.open('cat')
  room.now += 300
  expect(await act()).toBe(700)
  room.now += 700
  expect(await act()).toBe(null)
  expect(reports.map(({ sessions }) => sessions)).toEqual([1, 3])
})

test('[W] the first lines are told at once, those of a long talk every ten seconds, and none is owed a timer', async () => {
  const { room, reports, act, frame } = aReported()
  room.open('ada')
  await act()
  const owed: (number | null)[] = []
  for (let second = 1; second <= 60; second++) owed.push(await frame(1_000))
  expect(new Set(owed)).toEqual(new Set([null]))
  expect(reports.map(({ counts }) => counts.frames_in)).toEqual([0, 1, 2, 3, 4, 5, 6, 11, 21, 31, 41, 51])
})

test('[H3] a silent circle tells nothing, however often its alarm rings', async () => {
  const { room, reports, act } = aReported()
  room.open('ada')
  await act()
  for (let alarm = 0; alarm < 100; alarm++) {
    room.now += 150_000
    expect(await act()).toBe(null)
  }
  expect(reports).toHaveLength(1)
})

test('[H3] a circle that wakes with its sockets told of them before; one that lost them tells that', async () => {
  const { room, woken, reports, act } = aReported()
  room.open('ada')
  woken()
  expect([await act(), reports]).toEqual([null, []])
  const crashed = aReported()
  crashed.room.open('ada')
  crashed.room.crash()
  crashed.woken()
  await crashed.act()
  expect(crashed.reports).toMatchObject([{ sessions: 0 }])
})

test('[W] a turn is told when it begins and when it ends', async () => {
  const { room, reports, act } = aReported()
  const ada = room.open('ada')
  await act()
  room.sendMessage(ada, '@pickle hello')
  room.now += 1_000
  await act()
  const [call] = room.calls
  if (call === undefined) throw new Error('nobody was called')
  room.turnEnded(call, { type: 'failed', code: 'agent_failed', message: 'No.', retry: false })
  room.now += 1_000
  await act()
  expect(reports.map(({ turns_running }) => turns_running)).toEqual([0, 1, 0])
})

test('[W] what could not be told is not hurried: a later act tells it', async () => {
  const { room, reports, act, world } = aReported()
  world.fails = true
  room.open('ada')
  await act()
  expect(await act()).toBe(null)
  world.fails = false
  room.now += 9_999
  await act()
  expect(reports).toEqual([])
  room.now += 1
  await act()
  expect(reports).toMatchObject([{ sessions: 1, tally: 't1' }])
})
