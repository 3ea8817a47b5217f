import { expect, test } from 'vitest'
import type { ChannelReport } from '../../../src/deployment/stats/channel-report.ts'
import type { Env } from '../../../src/env.ts'
import { ChannelMetrics } from '../../../src/rooms/object/metrics.ts'
import { StatsReporter } from '../../../src/rooms/outbound/stats-reporter.ts'
import { TestRoom } from '../../support/test-room.ts'

/** A room whose reports are kept; `act` is what the shell does after every act. */
function aReported() {
  const room = new TestRoom()
  const reports: ChannelReport[] = []
  const world = { fails: false }
  const pending: Promise<unknown>[] = []
  const stub = {
    report: async (report: ChannelReport) => {
      if (world.fails) throw new Error('out of reach')
      reports.push(structuredClone(report))
    },
  }
  // Only what a reporter calls is there.
  const env = { STATS: { getByName: () => stub } } as unknown as Env
  const context = { waitUntil: (work: Promise<unknown>) => void pending.push(work) } as unknown as DurableObjectState
  const ports = { channel: 'circle:dev' as const, log: () => {}, now: () => room.now, newId: () => 't1' }
  const witness = new ChannelMetrics(ports)
  const reporter = new StatsReporter(context, env, witness)
  const act = async () => {
    reporter.report(room.room.context, room.now)
    await Promise.all(pending.splice(0))
    const due = reporter.due(room.room.context)
    return due === null ? null : due - room.now
  }
  const frame = async (ms: number) => {
    room.now += ms
    witness.counts.frames_in += 1
    return act()
  }
  return { room, reporter, witness, reports, act, frame, world }
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
  const { room, reporter, reports, act } = aReported()
  room.open('ada')
  reporter.recall(room.room.context)
  expect([await act(), reports]).toEqual([null, []])
  const crashed = aReported()
  crashed.room.open('ada')
  crashed.room.crash()
  crashed.reporter.recall(crashed.room.room.context)
  await crashed.act()
  expect(crashed.reports).toMatchObject([{ sessions: 0 }])
})

test('[W] a turn is told when it begins and when it ends', async () => {
  const { room, reports, act } = aReported()
  const ada = room.open('ada')
  await act()
  room.say(ada, '@pickle hello')
  room.now += 1_000
  await act()
  const [call] = room.calls
  if (call === undefined) throw new Error('nobody was called')
  room.end(call, { type: 'failed', code: 'agent_failed', message: 'No.', retry: false })
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
