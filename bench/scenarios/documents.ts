import { setTimeout as pause } from 'node:timers/promises'
import { DocumentClient, type DocumentStats } from '../load/document-client.ts'
import { documentWires } from '../load/document-wires.ts'
import { Latencies } from '../load/latencies.ts'
import { startInterval } from '../load/measurement.ts'
import type { ServerTarget } from '../load/target.ts'
import { mint } from '../load/token.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const editsPerSecond = 8 // of one who types
const document = 'typing'
const arrivalMs = 5_000

/** Measures people who type into one document at the same time. */
export const documents: Scenario = {
  name: 'documents',
  title: 'Typing in one document',
  description: `everybody has a document open and types ${editsPerSecond} times a second; each edit reaches all others`,
  isOfDocuments: true,
  sizes: ({ typists }) => [typists],
  columns: [
    column('edits_per_s', 'edits/s', 0),
    column('cpu_us', 'CPU µs/edit and receiver', 2, 'less'),
    column('p50_ms', 'p50 ms', 2, 'less'),
    column('p99_ms', 'p99 ms', 2, 'less'),
    column('bytes', 'bytes/edit and receiver', 0, 'less'),
    column('rows', 'rows/s and writer', 2, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  supports: ({ name }) => documentWires.has(name),
  primaryFigure: () => 'cpu_us',
  async run(context: ScenarioContext): Promise<VariantFigures[]> {
    const { target, usage, size, profile } = context
    const wire = documentWires.get(target.name)
    if (wire === undefined) throw new Error(`${target.name} has no documents`)
    const stats: DocumentStats = { edits: 0, bytes: 0, latencies: new Latencies() }
    const visit = (index: number) => ({ wire, document, user: `user${index}`, stats })
    const clients = Array.from({ length: size }, (_, index) => new DocumentClient(target, visit(index)))
    await Promise.all(clients.map(({ ready }) => ready))
    await type(clients, profile.seconds / 2)
    await arrive(stats, 0, arrivalMs)
    Object.assign(stats, { edits: 0, bytes: 0 })
    stats.latencies.clear()
    const rows = await rowsWritten(target)
    const interval = startInterval(usage)
    const edits = await type(clients, profile.seconds)
    const expected = edits * (size - 1)
    await arrive(stats, expected, arrivalMs)
    const { seconds, cpuMicros, generator } = interval.end()
    const written = (await rowsWritten(target)) - rows
    for (const client of clients) client.close()
    const figures = {
      edits_per_s: edits / seconds,
      cpu_us: cpuMicros / Math.max(1, stats.edits),
      ...stats.latencies.summary(),
      bytes: stats.bytes / Math.max(1, stats.edits),
      rows: written / seconds / size,
      memory_mb: usage.memoryBytes() / 2 ** 20,
      generator,
      lost: Math.max(0, expected - stats.edits),
      duplicates: Math.max(0, stats.edits - expected),
      out_of_order: 0,
    }
    return [{ variant: `${size} typing`, figures }]
  },
}

/** Everybody types, evenly spread over time; returns the number of edits. */
async function type(clients: readonly DocumentClient[], seconds: number): Promise<number> {
  const edits = Math.max(clients.length, Math.round(clients.length * editsPerSecond * seconds))
  const begin = performance.now()
  for (let edit = 0; edit < edits; edit++) {
    await pause(Math.max(0, begin + (edit * seconds * 1_000) / edits - performance.now()))
    clients[edit % clients.length]?.type()
  }
  return edits
}

/** Waits until so many edits have arrived, or none has for a while. */
async function arrive(stats: DocumentStats, expected: number, mostMs: number): Promise<void> {
  const end = performance.now() + mostMs
  for (let before = -1; performance.now() < end && (stats.edits < expected || before !== stats.edits); ) {
    before = stats.edits
    await pause(50)
  }
}

/** The rows that the document has written by its own account; 0 where nobody counts them. */
async function rowsWritten({ name, port }: ServerTarget): Promise<number> {
  if (name !== 'circles') return 0
  const headers = { authorization: `Bearer ${mint('owner', 'owner')}` }
  const response = await fetch(`http://127.0.0.1:${port}/api/documents/bench/${document}/cost`, { headers })
  const { counted } = (await response.json()) as { counted: { rows_written: number } }
  return counted.rows_written
}
