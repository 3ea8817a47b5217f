import { Hono } from 'hono'
import { z } from 'zod'
import { splitLines } from '../../lib/split-lines.ts'
import { type ArchiveEvent, archiveLineBytes, readArchiveLine } from '../../protocol/archive.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { type ChannelCall, openChannel } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure, methodNotAllowed } from '../errors.ts'
import { validatedQuery } from '../middleware/validate.ts'

const batchEvents = 500 // brought to the circle at a time
const batchBytes = 1_048_576

export const importQuery = z.object({ replace: z.enum(['true', 'false']).default('false') })

/** `GET …/export`: the whole log, one event a line. */
export const exported = new Hono<HttpEnv>()
  .get('/', async context => {
    const called = await openChannel(context, 'circle')
    if (called instanceof Response) return called
    const first = await callAdminIn<'export'>(called, { do: 'export', after: 0 })
    if (first instanceof Response) return first
    const name = called.channel.slice(called.channel.indexOf(':') + 1)
    return new Response(pages(called, first.value), {
      headers: { 'content-type': 'application/jsonl', 'content-disposition': `attachment; filename="${name}.jsonl"` },
    })
  })
  .all('/', () => methodNotAllowed('GET'))

/** `POST …/import`: a log from elsewhere becomes this circle's. */
export const imported = new Hono<HttpEnv>()
  .post('/', validatedQuery(importQuery), async context => {
    const called = await openChannel(context, 'circle')
    if (called instanceof Response) return called
    const ended = await importInto(called, context.req.raw, context.req.valid('query').replace === 'true')
    return ended instanceof Response ? ended : context.json(ended, 200)
  })
  .all('/', () => methodNotAllowed('POST'))

type Page = { text: string; next: number | null; epoch: string }

/** The pages of a log, each asked for when the one before was taken: a slow reader costs no memory. */
function pages(called: ChannelCall, first: Page): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let page: Page | null = first
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      if (page === null) return controller.close()
      if (page.text !== '') controller.enqueue(encoder.encode(page.text))
      if (page.next === null) return controller.close()
      const served = await called.object.serve<'export'>(called.visit, { do: 'export', after: page.next })
      // Half a log must not look like a whole one.
      if (served === null || 'refused' in served) throw new Error('the circle cannot be read any more')
      if (served.value.epoch !== first.epoch) throw new Error('the circle has another log now')
      page = served.value
    },
  })
}

async function importInto(
  called: ChannelCall,
  request: Request,
  replace: boolean,
): Promise<{ events: number } | Failure> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/(jsonl|x-ndjson|ndjson)\s*(;|$)/i.test(type)) {
    return failure('unsupported_type', 'Send JSON lines: content-type: application/jsonl.')
  }
  const begun = await callAdminIn<'import'>(called, { do: 'import', step: { replace } })
  if (begun instanceof Response) return begun
  const { id } = begun.value
  for await (const batch of batchesIn(request.body)) {
    if ('wrong' in batch) return failure('invalid', batch.wrong)
    const added = await callAdminIn<'import'>(called, { do: 'import', step: { id, events: batch.events } })
    if (added instanceof Response) return added
  }
  const ended = await callAdminIn<'import'>(called, { do: 'import', step: { id } })
  return ended instanceof Response ? ended : { events: ended.value.events }
}

async function* batchesIn(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<{ events: ArchiveEvent[] } | { wrong: string }, void, void> {
  let events: ArchiveEvent[] = []
  let bytes = 0
  let number = 0
  for await (const line of splitLines(body ?? new Blob().stream(), archiveLineBytes)) {
    number += 1
    if (line?.trim() === '') continue
    const event = line === null ? { wrong: 'it is too long' } : readArchiveLine(line)
    if ('wrong' in event) return yield { wrong: `Line ${number}: ${event.wrong}.` }
    events.push(event)
    bytes += line?.length ?? 0
    if (events.length < batchEvents && bytes < batchBytes) continue
    yield { events }
    events = []
    bytes = 0
  }
  if (events.length > 0) yield { events }
}
