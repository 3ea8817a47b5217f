import { dollarsFor } from '../../protocol/cost/compute.ts'
import type { ChannelStats, DeploymentStats } from '../../protocol/stats.ts'
import { release } from '../../protocol/version.ts'
import { sumChannelCounts } from './counts.ts'

type Sample = { labels?: Record<string, string>; value: number }
type Family = { name: string; type: 'counter' | 'gauge'; help: string; samples: Sample[] }

/** Figures as Prometheus reads them (text format 0.0.4). Only the channels among the top have series of their own. */
export function prometheusText(stats: DeploymentStats): string {
  return familiesOf(stats).map(written).join('')
}

function familiesOf(stats: DeploymentStats): Family[] {
  const { counts, top } = stats
  const one = (value: number): Sample[] => [{ value }]
  const of = (label: string, values: Record<string, number>): Sample[] =>
    Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }))
  const each = (value: (channel: ChannelStats) => number): Sample[] =>
    top.map(channel => ({ labels: { channel: channel.channel }, value: value(channel) }))
  const turns = { running: stats.turns_running, waiting: stats.turns_waiting }
  const frames = { in: counts.frames_in, out: counts.frames_out }
  return [
    gauge('build_info', 'The release that runs.', [{ labels: { version: release }, value: 1 }]),
    gauge('counting_since_seconds', 'Since when is counted.', one(Date.parse(stats.since) / 1000)),
    gauge('channels', 'Channels that were counted and are not deleted.', one(stats.channels)),
    gauge('sessions', 'Sockets that are open.', one(stats.sessions)),
    gauge('turns', 'Turns of agents that are not over.', of('state', turns)),
    counter('connections_total', 'Sockets that opened.', one(counts.connections)),
    counter('closes_total', 'Sockets that closed, by code.', of('code', counts.closes)),
    counter('resumes_total', 'Sockets that came back to their place in the log.', one(counts.resumes)),
    counter('messages_total', 'Lines of people and agents that were stored.', one(counts.messages)),
    counter('frames_total', 'Frames through sockets.', of('direction', frames)),
    counter('refusals_total', 'Commands that were refused, by code.', of('code', counts.refusals)),
    counter('turns_ended_total', 'Turns of agents that ended, by how.', of('outcome', counts.turns)),
    gauge('billed', 'What the platform bills, as channels counted it, by what.', of('what', stats.billed)),
    counter('faults_total', 'Faults of the server.', one(counts.faults)),
    gauge(
      'channel_sessions',
      'Sockets that are open in a channel.',
      each(({ sessions }) => sessions),
    ),
    gauge(
      'channel_dollars',
      'What a channel has cost, at full price and without storage.',
      each(({ billed }) => dollarsFor(billed)),
    ),
    counter(
      'channel_messages_total',
      'Lines stored in a channel.',
      each(({ counts }) => counts.messages),
    ),
    counter(
      'channel_refusals_total',
      'Refused in a channel.',
      each(({ counts }) => sumChannelCounts(counts.refusals)),
    ),
  ]
}

function gauge(name: string, help: string, samples: Sample[]): Family {
  return { name: `circles_${name}`, type: 'gauge', help, samples }
}

function counter(name: string, help: string, samples: Sample[]): Family {
  return { name: `circles_${name}`, type: 'counter', help, samples }
}

function written({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ labels = {}, value }) => `${name}${writtenLabels(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function writtenLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
