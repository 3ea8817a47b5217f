import { Readable } from 'node:stream'
import { ClientGroup } from '../load/client-group.ts'
import { Latencies } from '../load/latencies.ts'
import { type Figures, measure, startInterval } from '../load/measurement.ts'
import type { ServerTarget } from '../load/target.ts'
import { mint } from '../load/token.ts'
import { bursts } from '../load/workload.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'
import { countEvents, extendLog } from './seed-log.ts'

const pageEvents = 100
const importedEvents = 1_000 // of the long log; the rest is copied from them
const circles = { warmUp: 'warm', short: 'short', long: 'long' }
const firstTimestamp = Date.UTC(2026, 0, 1)

/** Compares a circle that has a long log with one that has a short log: waking it, reading a page, appending. */
export const history: Scenario = {
  name: 'history',
  title: 'A log of a million events',
  description: `a circle with a long log beside one with ${pageEvents} events: waking it, reading pages of ${pageEvents}, appending`,
  sizes: ({ logEvents }) => [logEvents],
  supports: ({ protocol }) => protocol === 'circles',
  columns: [
    column('wake_ms', 'wake ms', 1, 'less'),
    column('page_p50_ms', 'page p50 ms', 2, 'less'),
    column('page_p99_ms', 'page p99 ms', 2, 'less'),
    column('page_cpu_us', 'CPU µs/page', 0, 'less'),
    column('p50_ms', 'append p50 ms', 2, 'less'),
    column('p99_ms', 'append p99 ms', 2, 'less'),
    column('cpu_us', 'CPU µs/append', 0, 'less'),
  ],
  primaryFigure: () => 'p99_ms',
  async seed(target) {
    await importLog(target, circles.warmUp, pageEvents)
    await importLog(target, circles.short, pageEvents)
    await importLog(target, circles.long, importedEvents)
  },
  extendSeed(file, { logEvents }) {
    if (countEvents(file) === importedEvents) extendLog(file, logEvents)
  },
  async run(context: ScenarioContext): Promise<VariantFigures[]> {
    await measureCircle(context, circles.warmUp, pageEvents) // warms the isolate, not the objects
    const short = await measureCircle(context, circles.short, pageEvents)
    const long = await measureCircle(context, circles.long, context.size)
    return [
      { variant: `log of ${pageEvents} events`, figures: short },
      { variant: `log of ${context.size} events`, figures: long },
    ]
  },
}

async function measureCircle(context: ScenarioContext, room: string, events: number): Promise<Figures> {
  const { target, usage, profile } = context
  const begin = performance.now()
  const group = await ClientGroup.open(target, { room, count: 1 })
  const wakeMs = performance.now() - begin
  const reading = startInterval(usage)
  const pages = await readPages(group, events, profile.seconds)
  const { cpuMicros, generator } = reading.end()
  const workload = bursts(1)
  await workload.run(group, profile.seconds / 2)
  const appending = await measure([group], usage, () => workload.run(group, profile.seconds))
  group.close()
  const { p50_ms: page_p50_ms, p99_ms: page_p99_ms } = pages.summary()
  const page_cpu_us = cpuMicros / pages.count
  return { ...appending, wake_ms: wakeMs, page_p50_ms, page_p99_ms, page_cpu_us, generator }
}

/** Reads pages for some seconds, one after the other; returns how long each took. */
async function readPages(group: ClientGroup, head: number, seconds: number): Promise<Latencies> {
  const [client] = group.clients
  if (client === undefined) throw new Error('expected a group of one client')
  const latencies = new Latencies()
  const end = performance.now() + seconds * 1_000
  for (let count = 0; performance.now() < end; count++) {
    // Spread over the log without a pattern that a cache could follow, and the same in every run.
    const before = pageEvents + 1 + ((count * 7_919_377) % Math.max(1, head - pageEvents))
    const sentAt = performance.now()
    await new Promise<void>(resolve => {
      client.onPayload = text => text.includes('"id":"page"') && resolve()
      client.sendFrame(`{"type":"history","id":"page","data":{"before":${before},"limit":${pageEvents}}}`)
    })
    latencies.add(performance.now() - sentAt)
  }
  client.onPayload = null
  return latencies
}

/** Creates a circle with a log of this length, by an import. */
async function importLog(target: ServerTarget, room: string, events: number): Promise<void> {
  const creator = await ClientGroup.open(target, { room, count: 1 }) // the first connect creates the circle
  creator.close()
  const response = await fetch(`http://127.0.0.1:${target.port}/api/circles/${room}/import?replace=true`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${mint('historian', 'owner')}`, 'Content-Type': 'application/jsonl' },
    body: Readable.toWeb(Readable.from(archive(events))),
    duplex: 'half',
  } as RequestInit)
  if (!response.ok) throw new Error(`import: ${response.status} ${await response.text()}`)
}

function* archive(events: number): Generator<Buffer> {
  const chunkEvents = 1_000
  for (let first = 1; first <= events; first += chunkEvents) {
    const count = Math.min(chunkEvents, events - first + 1)
    yield Buffer.from(Array.from({ length: count }, (_, index) => `${archivedEvent(first + index)}\n`).join(''))
  }
}

function archivedEvent(seq: number): string {
  const user = `person${seq % 50}`
  const content = `Message ${seq}: lorem ipsum dolor sit amet, ${'consectetur adipiscing elit, '.repeat(6)}`
  const data = { content: content.slice(0, 200), user_id: user, user_name: user, client_id: `c${seq}`, hop: 0 }
  return JSON.stringify({
    type: 'message',
    data,
    timestamp: new Date(firstTimestamp + seq * 1_000).toISOString(),
    seq,
    id: `c${seq}`,
    user,
  })
}
