import { dollarsFor } from '../../protocol/cost/compute.ts'
import type { ChannelStats, DeploymentStats, RelayFigures } from '../../protocol/stats.ts'
import { release } from '../../protocol/version.ts'
import { sumChannelCounts } from './counts.ts'

type Sample = { labels?: Record<string, string>; value: number }
type Family = { name: string; type: 'counter' | 'gauge'; help: string; samples: Sample[] }

/** Formats the figures for Prometheus (text format 0.0.4). Only the top channels have their own series. */
export function prometheusText(stats: DeploymentStats): string {
  return familiesOf(stats).map(formatFamily).join('')
}

function familiesOf(stats: DeploymentStats): Family[] {
  const { counts, top } = stats
  const one = (value: number): Sample[] => [{ value }]
  const of = (label: string, values: Record<string, number>): Sample[] =>
    Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }))
  const each = (value: (channel: ChannelStats) => number): Sample[] =>
    top.map(channel => ({ labels: { channel: channel.channel }, value: value(channel) }))
  const relays = (value: (relay: RelayFigures) => number): Sample[] =>
    top.flatMap(channel =>
      (channel.relays ?? []).map(relay => ({
        labels: { channel: channel.channel, relay: relay.name },
        value: value(relay),
      })),
    )
  const turns = { running: stats.turns_running, waiting: stats.turns_waiting }
  const frames = { in: counts.frames_in, out: counts.frames_out }
  return [
    gauge('build_info', 'The running release.', [{ labels: { version: release }, value: 1 }]),
    gauge('counting_since_seconds', 'The time at which counting started.', one(Date.parse(stats.since) / 1000)),
    gauge('channels', 'Channels that reported and are not deleted.', one(stats.channels)),
    gauge('sessions', 'Open sockets.', one(stats.sessions)),
    gauge('turns', 'Unfinished turns of agents, by state.', of('state', turns)),
    counter('connections_total', 'Sockets opened.', one(counts.connections)),
    counter('closes_total', 'Sockets closed, by code.', of('code', counts.closes)),
    counter('resumes_total', 'Sockets that resumed.', one(counts.resumes)),
    counter('messages_total', 'Messages of people and agents stored.', one(counts.messages)),
    counter('frames_total', 'Frames over sockets, by direction.', of('direction', frames)),
    counter('refusals_total', 'Commands refused, by code.', of('code', counts.refusals)),
    counter('turns_ended_total', 'Turns of agents ended, by outcome.', of('outcome', counts.turns)),
    gauge('billed', 'Billed units as the channels counted them, by kind.', of('what', stats.billed)),
    counter('faults_total', 'Internal errors of the server.', one(counts.faults)),
    gauge(
      'channel_sessions',
      'Open sockets in a channel.',
      each(({ sessions }) => sessions),
    ),
    gauge(
      'channel_dollars',
      'Cost of a channel in dollars, at full price and without storage.',
      each(({ billed }) => dollarsFor(billed)),
    ),
    counter(
      'channel_messages_total',
      'Messages stored in a channel.',
      each(({ counts }) => counts.messages),
    ),
    counter(
      'channel_refusals_total',
      'Commands refused in a channel.',
      each(({ counts }) => sumChannelCounts(counts.refusals)),
    ),
    gauge(
      'relay_sessions',
      'Open sockets at a relay.',
      relays(({ sessions }) => sessions),
    ),
    gauge(
      'relay_connected',
      'Whether a relay is connected to its circle.',
      relays(({ cut_since }) => (cut_since === null ? 1 : 0)),
    ),
    gauge(
      'relay_behind_characters',
      'What a relay was sent and has not taken.',
      relays(({ behind }) => behind),
    ),
  ]
}

function gauge(name: string, help: string, samples: Sample[]): Family {
  return { name: `circles_${name}`, type: 'gauge', help, samples }
}

function counter(name: string, help: string, samples: Sample[]): Family {
  return { name: `circles_${name}`, type: 'counter', help, samples }
}

function formatFamily({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ labels = {}, value }) => `${name}${formatLabels(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function formatLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
