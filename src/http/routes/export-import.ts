import * as z from 'zod/v4'
import { takeAllowance } from '../../deployment/tokens/allowances.ts'
import type { Env } from '../../env.ts'
import { splitLines } from '../../lib/split-lines.ts'
import { type ArchiveEvent, type ArchiveRow, archiveLineBytes, readArchiveLine } from '../../protocol/events/archive.ts'
import type { EventRegistry } from '../../protocol/events/event-registry.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { ExportPage } from '../../rpc/channel.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { type ChannelCall, openChannel, refusalResponse } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'
import { NotUtf8, refuseBodyType, strictDecoder } from '../middleware/body.ts'

const batchLines = 500 // sent to the circle at a time
const batchBytes = 1_048_576
const lineTypes = /^application\/(?:jsonl|x-ndjson|ndjson)$/i

/** `GET /api/circles/:name/export`: the whole log as JSON lines, one event per line. */
export const exportCircle = endpoint(
  {
    id: 'exportCircle',
    method: 'get',
    path: '/api/circles/:name/export',
    summary: 'Export the log of a circle',
    responses: { 200: 'application/jsonl' },
  },
  async context => {
    const call = await openChannel(context, 'circle')
    if (call instanceof Response) return call
    const first = await callAdminIn<'export'>(call, { do: 'export', after: 0 })
    if (first instanceof Response) return first
    const name = call.channel.slice(call.channel.indexOf(':') + 1)
    return new Response(streamPages(call, first.value), {
      headers: { 'content-type': 'application/jsonl', 'content-disposition': `attachment; filename="${name}.jsonl"` },
    })
  },
)

/** `POST /api/circles/:name/import`: replaces the log of a circle by an exported one. */
export const importCircle = endpoint(
  {
    id: 'importCircle',
    method: 'post',
    path: '/api/circles/:name/import',
    summary: 'Import an exported log',
    query: z.object({ replace: z.enum(['true', 'false']).default('false') }),
    bodyType: 'application/jsonl',
    responses: { 200: z.object({ events: z.int() }) },
  },
  async context => {
    const call = await openChannel(context, 'circle')
    if (call instanceof Response) return call
    const replace = context.req.valid('query').replace === 'true'
    const {
      env,
      var: { tables },
    } = context
    const imported = await importLog(call, context.req.raw, { replace, events: tables.events, env })
    return imported instanceof Response ? imported : context.json(imported, 200)
  },
)

/** Streams the pages of a log; each is requested when the one before it has been read, so a slow reader costs no memory. */
function streamPages(call: ChannelCall, first: ExportPage): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let page: ExportPage | null = first
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      if (page === null) return controller.close()
      if (page.text !== '') controller.enqueue(encoder.encode(page.text))
      if (page.next === null) return controller.close()
      const result = await call.stub.serve<'export'>(call.caller, {
        do: 'export',
        after: page.next,
        row: page.nextRow ?? 0,
      })
      // An error ends the stream abnormally, so that part of a log cannot be taken for the whole.
      if (result === null || 'refused' in result) throw new Error('the circle became unreadable during its export')
      if (result.value.epoch !== first.epoch) throw new Error('the log of the circle was replaced during its export')
      page = result.value
    },
  })
}

type ImportOptions = { replace: boolean; events: EventRegistry; env: Env }

async function importLog(
  call: ChannelCall,
  request: Request,
  { replace, events, env }: ImportOptions,
): Promise<{ events: number } | Failure> {
  const refusal = refuseBodyType(request, lineTypes, 'Send JSON lines, with content-type: application/jsonl.')
  if (refusal !== null) return refusal
  const started = await callAdminIn<'import'>(call, { do: 'import', step: { replace } })
  if (started instanceof Response) return started
  const { id } = started.value
  for await (const batch of readUtf8(request.body, events)) {
    if (batch instanceof Response) return batch
    if ('wrong' in batch) return failure('invalid', batch.wrong)
    const { bytes, ...lines } = batch
    const limited = await refuseBytes(env, call, bytes)
    if (limited !== null) return limited
    const added = await callAdminIn<'import'>(call, { do: 'import', step: { id, ...lines } })
    if (added instanceof Response) return added
  }
  const finished = await callAdminIn<'import'>(call, { do: 'import', step: { id } })
  return finished instanceof Response ? finished : { events: finished.value.events }
}

/** Charges the importer for a batch. Returns the response if that is more than one person may store in a day, or null. */
async function refuseBytes(env: Env, { caller, channel }: ChannelCall, amount: number): Promise<Failure | null> {
  const account = caller.principal?.id ?? ''
  const waitMs = await takeAllowance(env, { account, resource: 'imported', amount, channel })
  if (waitMs === 0) return null
  const message = 'You have sent and imported as much as one person may in a day.'
  return refusalResponse({ code: 'rate_limited', message, retry_after_ms: waitMs })
}

type Batch = { events: ArchiveEvent[]; rows: ArchiveRow[]; bytes: number }

/** The batches, and a refusal where the body is not UTF-8. */
async function* readUtf8(
  body: ReadableStream<Uint8Array> | null,
  registry: EventRegistry,
): AsyncGenerator<Batch | { wrong: string } | Failure, void, void> {
  try {
    yield* readBatches(body, registry)
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error
    yield failure('bad_json', 'The body is not valid UTF-8.')
  }
}

/** The lines of an archive in batches; ends with the first invalid line. */
async function* readBatches(
  body: ReadableStream<Uint8Array> | null,
  registry: EventRegistry,
): AsyncGenerator<Batch | { wrong: string }, void, void> {
  let batch: Batch = { events: [], rows: [], bytes: 0 }
  let number = 0
  for await (const line of splitLines(body ?? new Blob().stream(), archiveLineBytes, strictDecoder())) {
    number += 1
    if (line?.trim() === '') continue
    const read = line === null ? { wrong: 'it is too long' } : readArchiveLine(line, registry, Date.now())
    if ('wrong' in read) return yield { wrong: `Line ${number}: ${read.wrong}.` }
    if ('component' in read) batch.rows.push(read)
    else batch.events.push(read)
    batch.bytes += utf8Length(line ?? '')
    if (batch.events.length + batch.rows.length < batchLines && batch.bytes < batchBytes) continue
    yield batch
    batch = { events: [], rows: [], bytes: 0 }
  }
  if (batch.bytes > 0) yield batch
}
