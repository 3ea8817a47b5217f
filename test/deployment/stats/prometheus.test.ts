import { expect, test } from 'vitest'
import { zeroChannelCounts } from '../../../src/deployment/stats/counts.ts'
import { prometheusText } from '../../../src/deployment/stats/prometheus.ts'
import { zeroCounts } from '../../../src/protocol/cost/compute.ts'
import { parseMetrics } from '../../support/metrics.ts'

const billed = { ...zeroCounts(), messages: 40, rows_written: 1_000_000 }
const at = '2026-11-21T09:00:00.000Z'
const levels = { sessions: 3, turns_running: 1, turns_waiting: 2 }
const counts = {
  ...zeroChannelCounts(),
  messages: 7,
  frames_in: 9,
  refusals: { empty: 2, rate_limited: 1 },
  closes: { 4429: 1 },
}

test('[W] the figures are valid Prometheus text, each series once and with its HELP and TYPE', () => {
  const top = [{ channel: 'circle:dev', ...levels, counts, billed, active_at: at }]
  const series = parseMetrics(prometheusText({ at, since: at, channels: 1, ...levels, counts, billed, top }))
  const values = Object.fromEntries(
    series.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  )
  expect(values).toEqual({
    'circles_build_info 0.1.0': 1,
    circles_counting_since_seconds: Date.parse(at) / 1000,
    circles_channels: 1,
    circles_sessions: 3,
    'circles_turns running': 1,
    'circles_turns waiting': 2,
    circles_connections_total: 0,
    'circles_closes_total 4429': 1,
    circles_resumes_total: 0,
    circles_messages_total: 7,
    'circles_frames_total in': 9,
    'circles_frames_total out': 0,
    'circles_refusals_total empty': 2,
    'circles_refusals_total rate_limited': 1,
    'circles_billed messages': 40,
    'circles_billed calls': 0,
    'circles_billed alarms': 0,
    'circles_billed wakes': 0,
    'circles_billed active_ms': 0,
    'circles_billed rows_read': 0,
    'circles_billed rows_written': 1_000_000,
    'circles_billed alarm_sets': 0,
    circles_faults_total: 0,
    'circles_channel_sessions circle:dev': 3,
    'circles_channel_dollars circle:dev': 1 + (2 * 0.15) / 1e6,
    'circles_channel_messages_total circle:dev': 7,
    'circles_channel_refusals_total circle:dev': 3,
  })
})

test('[W] each relay of a circle has series of its own', () => {
  const relays = [
    { name: 'dev/weur/0', sessions: 2, cut_since: null, behind: 0 },
    { name: 'dev/enam/0', sessions: 1, cut_since: at, behind: 400 },
  ]
  const top = [{ channel: 'circle:dev', ...levels, counts, billed, relays, active_at: at }]
  const series = parseMetrics(prometheusText({ at, since: at, channels: 1, ...levels, counts, billed, top }))
  const ofRelays = series.filter(({ labels }) => labels.relay !== undefined)
  expect(ofRelays.map(({ name, labels, value }) => [name, labels.channel, labels.relay, value])).toEqual([
    ['circles_relay_sessions', 'circle:dev', 'dev/weur/0', 2],
    ['circles_relay_sessions', 'circle:dev', 'dev/enam/0', 1],
    ['circles_relay_connected', 'circle:dev', 'dev/weur/0', 1],
    ['circles_relay_connected', 'circle:dev', 'dev/enam/0', 0],
    ['circles_relay_behind_characters', 'circle:dev', 'dev/weur/0', 0],
    ['circles_relay_behind_characters', 'circle:dev', 'dev/enam/0', 400],
  ])
})

test('[W] a label can contain any text', () => {
  const channel = 'a"b\\c\nd{}'
  const top = [{ channel, ...levels, counts: zeroChannelCounts(), billed, active_at: at }]
  const series = parseMetrics(prometheusText({ at, since: at, channels: 1, ...levels, counts, billed, top }))
  expect(series.filter(({ labels }) => labels.channel === channel)).toHaveLength(4)
})
