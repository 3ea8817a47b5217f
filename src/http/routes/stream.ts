import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { canonicalName, channelKind } from '../../protocol/channels.ts'
import { callerHeader, writeCaller } from '../../rooms/sessions/caller-context.ts'
import { type ChannelCall, channelNotFound, openChannelAt, refusalResponse } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure, methodNotAllowed } from '../errors.ts'
import { countParam, validatedQuery } from '../middleware/validate.ts'
import { serverSentEvents } from './sse.ts'

export const streamQuery = z.object({
  since: countParam(0, Number.MAX_SAFE_INTEGER).optional(), // as Last-Event-ID, for the first time
  epoch: z.string().max(64).optional(), // of the log that seq belongs to
})

/** `GET /api/channels/:kind/:name/stream`: a channel's events as they come, for programs that only listen. */
export const stream = new Hono<HttpEnv>()
  .get('/:kind/:name/stream', validatedQuery(streamQuery), async context => {
    const called = await callChannel(context)
    if (called instanceof Response) return called
    const { since: asked, epoch } = context.req.valid('query')
    const since = lastEventId(context.req.header('last-event-id')) ?? asked ?? null
    if (since === 'invalid') return failure('invalid', 'Last-Event-ID is the seq of an event.')
    const opened = await open(called, since, epoch ?? null)
    return opened instanceof WebSocket ? streamOf(opened) : opened
  })
  .all('/:kind/:name/stream', () => methodNotAllowed('GET'))

async function callChannel(context: Context<HttpEnv>): Promise<ChannelCall | Failure> {
  const [, , , rawKind, rawName = ''] = new URL(context.req.url).pathname.split('/')
  const kind = channelKind.safeParse(rawKind)
  const name = canonicalName(rawName)
  if (!kind.success || name === null) return failure('invalid_name', 'There is no channel of this kind and name.')
  return openChannelAt(context, { kind: kind.data, name })
}

function lastEventId(header: string | undefined): number | 'invalid' | null {
  if (header === undefined || header === '') return null
  return /^\d{1,15}$/.test(header) ? Number(header) : 'invalid'
}

/** A native socket into the channel. Without an epoch the seq is taken for one of this log: `welcome` says which it is. */
async function open({ channel, object, visit }: ChannelCall, since: number | null, epoch: string | null) {
  const asked = await object.ask(visit, { type: 'history', id: 'stream', data: { limit: 1 } })
  if (asked === null) return channelNotFound(channel)
  if (asked.answer.type === 'error') return refusalResponse(asked.answer.data)
  const resume = since === null ? { since, epoch: null } : { since, epoch: epoch ?? asked.epoch }
  const headers = { upgrade: 'websocket', [callerHeader]: writeCaller({ ...visit, ...resume }) }
  const response = await object.fetch(new Request('https://channel/', { headers }))
  return response.webSocket ?? response
}

function streamOf(socket: WebSocket): Response {
  return new Response(serverSentEvents(socket), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
  })
}
