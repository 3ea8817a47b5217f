import { Readable } from 'node:stream'
import { Crowd } from '../load/client-group.ts'
import { Latencies } from '../load/latencies.ts'
import { type Figures, measure, start } from '../load/measurement.ts'
import type { Target } from '../load/target.ts'
import { mint } from '../load/token.ts'
import { bursts } from '../load/workload.ts'
import { column, type Row, type Scenario, type Stage } from './scenario.ts'
import { growLog, logLength } from './seed-log.ts'

const pageEvents = 100
const imported = 1_000 // events of the long log; the rest is made of them
const rooms = { short: 'short', long: 'long' } // circles, by their logs
const epoch = Date.UTC(2026, 0, 1)

/** A log of a million events beside one of a few: to wake it, to read a page of it, to append to it. */
export const history: Scenario = {
  name: 'history',
  about: `a circle with a long log beside one with ${pageEvents} events: waking it, pages of ${pageEvents}, appending`,
  sizes: ({ events }) => [events],
  suits: ({ dialect }) => dialect === 'circles',
  columns: [
    column('wake_ms', 'wake ms', 1, 'less'),
    column('page_p50_ms', 'page p50 ms', 2, 'less'),
    column('page_p99_ms', 'page p99 ms', 2, 'less'),
    column('page_cpu_us', 'CPU µs/page', 0, 'less'),
    column('p50_ms', 'append p50 ms', 2, 'less'),
    column('p99_ms', 'append p99 ms', 2, 'less'),
    column('cpu_us', 'CPU µs/append', 0, 'less'),
  ],
  chart: () => 'p99_ms',
  async seed(target) {
    await fill(target, 'warm', pageEvents)
    await fill(target, rooms.short, pageEvents)
    await fill(target, rooms.long, imported)
  },
  grow(file, { events }) {
    if (logLength(file) === imported) growLog(file, events)
  },
  async play(stage: Stage): Promise<Row[]> {
    await visit(stage, 'warm', pageEvents) // the isolate; not the objects
    const short = await visit(stage, rooms.short, pageEvents)
    const long = await visit(stage, rooms.long, stage.size)
    return [
      { cell: `log of ${pageEvents} events`, figures: short },
      { cell: `log of ${stage.size} events`, figures: long },
    ]
  },
}

async function visit({ target, meter, scale }: Stage, room: string, events: number): Promise<Figures> {
  const begin = performance.now()
  const crowd = await Crowd.open(target, { room, count: 1 })
  const wake = performance.now() - begin
  const pages = await readPages(crowd, events, scale.seconds)
  const { cpu, generator } = pages.stretch
  const { talk } = bursts(1)
  await talk(crowd, scale.seconds / 2)
  const appending = await measure([crowd], meter, () => talk(crowd, scale.seconds))
  crowd.close()
  return { ...appending, wake_ms: wake, ...pages.figures, page_cpu_us: cpu / pages.count, generator }

  async function readPages(reader: Crowd, head: number, seconds: number) {
    const [member] = reader.members
    if (member === undefined) throw new Error('a crowd of one has a member')
    const latencies = new Latencies()
    const stretch = start(meter)
    const end = performance.now() + seconds * 1_000
    for (let count = 0; performance.now() < end; count++) {
      // Spread over the log without a pattern that a cache could follow, and the same in every run.
      const before = pageEvents + 1 + ((count * 7_919_377) % Math.max(1, head - pageEvents))
      const sent = performance.now()
      await new Promise<void>(answered => {
        member.onPayload = text => text.includes('"id":"page"') && answered()
        member.send(`{"type":"history","id":"page","data":{"before":${before},"limit":${pageEvents}}}`)
      })
      latencies.add(performance.now() - sent)
    }
    member.onPayload = null
    const { p50_ms: page_p50_ms, p99_ms: page_p99_ms } = latencies.summary()
    return { count: latencies.count, stretch: stretch.end(), figures: { page_p50_ms, page_p99_ms } }
  }
}

/** Makes a circle with such a log, as somebody does who comes from elsewhere: by an import. */
async function fill(target: Target, room: string, events: number): Promise<void> {
  const visitors = await Crowd.open(target, { room, count: 1 }) // a circle exists from its first visitor on
  visitors.close()
  const response = await fetch(`http://127.0.0.1:${target.port}/api/circles/${room}/import?replace=true`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${mint('historian', 'owner')}`, 'Content-Type': 'application/jsonl' },
    body: Readable.toWeb(Readable.from(archive(events))),
    duplex: 'half',
  } as RequestInit)
  if (!response.ok) throw new Error(`import: ${response.status} ${await response.text()}`)
}

function* archive(events: number): Generator<Buffer> {
  const lines = 1_000 // handed over at a time
  for (let first = 1; first <= events; first += lines) {
    const count = Math.min(lines, events - first + 1)
    yield Buffer.from(Array.from({ length: count }, (_, index) => `${archived(first + index)}\n`).join(''))
  }
}

function archived(seq: number): string {
  const user = `person${seq % 50}`
  const content = `Line ${seq}: lorem ipsum dolor sit amet, ${'consectetur adipiscing elit, '.repeat(6)}`.slice(0, 200)
  const data = { content, user_id: user, user_name: user, client_id: `c${seq}`, hop: 0 }
  return JSON.stringify({
    type: 'message',
    data,
    timestamp: new Date(epoch + seq * 1_000).toISOString(),
    seq,
    id: `c${seq}`,
    user,
  })
}
