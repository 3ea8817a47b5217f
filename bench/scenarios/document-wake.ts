import { setTimeout as pause } from 'node:timers/promises'
import type * as Y from 'yjs'
import { DocumentClient } from '../load/document-client.ts'
import { documentWires } from '../load/document-wires.ts'
import { Latencies } from '../load/latencies.ts'
import { startInterval } from '../load/measurement.ts'
import type { ServerTarget } from '../load/target.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const pieceCharacters = 40 // inserted at a time, in random places
const chunk = 400_000 // characters in one update
const takenWithinS = 60 // all that was written

/** Measures how long a large document takes that nobody has open. */
export const documentWake: Scenario = {
  name: 'document-wake',
  title: 'A large document wakes',
  description: 'the first client that opens a large document after the server has started',
  isOfDocuments: true,
  sizes: ({ large }) => large.megabytes,
  columns: [
    column('answer_ms', 'answer ms', 0, 'less'),
    column('open_ms', 'open ms', 0, 'less'),
    column('cpu_ms', 'CPU ms', 0, 'less'),
    column('memory_mb', 'memory MB', 0, 'less'),
  ],
  supports: ({ name }) => documentWires.has(name),
  primaryFigure: () => 'answer_ms',
  async seed(target, { large }) {
    for (const size of [0, ...large.megabytes]) await write(target, size)
    await pause(large.savedMs)
  },
  async run({ target, usage, size }: ScenarioContext): Promise<VariantFigures[]> {
    const warm = await visit(target, 0) // the isolate, not the document
    warm.close()
    const interval = startInterval(usage)
    const begin = performance.now()
    const client = await visit(target, size)
    const { seconds, cpuMicros, generator } = interval.end()
    const lost = lengthOf(client) === size * 1_000_000 ? 0 : 1
    client.close()
    const figures = {
      answer_ms: client.answeredAt - begin,
      open_ms: seconds * 1_000,
      cpu_ms: cpuMicros / 1_000,
      memory_mb: usage.memoryBytes() / 2 ** 20,
      generator,
      lost,
      duplicates: 0,
      out_of_order: 0,
    }
    return [{ variant: `${size} MB of text`, figures }]
  },
}

/** Opens a document; resolves once it is here. */
async function visit(target: ServerTarget, size: number): Promise<DocumentClient> {
  const wire = documentWires.get(target.name)
  if (wire === undefined) throw new Error(`${target.name} has no documents`)
  const stats = { edits: 0, bytes: 0, latencies: new Latencies() }
  const client = new DocumentClient(target, { wire, document: `large-${size}`, user: 'ada', stats })
  await client.ready
  return client
}

async function write(target: ServerTarget, size: number): Promise<void> {
  const client = await visit(target, size)
  const text = client.doc.getText('content')
  while (text.length < size * 1_000_000) {
    const end = text.length + chunk
    client.doc.transact(() => fill(text, Math.min(end, size * 1_000_000)))
    await client.confirm()
  }
  await stored(target, size, client)
  client.close()
}

/** Waits until somebody else gets all that the writer has: a server that did not take it is not measured. */
async function stored(target: ServerTarget, size: number, writer: DocumentClient): Promise<void> {
  let length = -1
  for (let left = takenWithinS; left > 0; left--) {
    const client = await visit(target, size)
    client.close()
    length = lengthOf(client)
    if (length === size * 1_000_000) return
    await pause(1_000)
  }
  throw new Error(`${target.name} has ${length} characters of ${size} MB: ${writer.refusals.join(' ')}`)
}

function lengthOf({ doc }: DocumentClient): number {
  return doc.getText('content').length
}

function fill(text: Y.Text, end: number): void {
  for (let place = 7; text.length < end; place = (place * 48_271) % 2_147_483_647) {
    text.insert(place % (text.length + 1), 'x'.repeat(Math.min(pieceCharacters, end - text.length)))
  }
}
