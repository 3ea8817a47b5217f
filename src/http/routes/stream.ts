import { z } from 'zod'
import { canonicalName } from '../../protocol/channels/channels.ts'
import { callerHeader, writeCaller } from '../../rooms/sessions/caller-context.ts'
import { type ChannelCall, channelNotFound, openChannelAt, refusalResponse } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'
import { countParam } from '../middleware/validate.ts'
import { serverSentEvents } from './sse.ts'

const streamQuery = z.object({
  since: countParam(0, Number.MAX_SAFE_INTEGER).optional(), // takes the place of Last-Event-ID at the first request
  epoch: z.string().max(64).optional(), // of the log that the seq belongs to
})

/** `GET /api/channels/:kind/:name/stream`: a channel's events as Server-Sent Events. */
export const streamChannel = endpoint(
  {
    method: 'get',
    path: '/api/channels/:kind/:name/stream',
    summary: 'Listen by Server-Sent Events',
    query: streamQuery,
    headers: { 'Last-Event-ID': 'The seq of the last event that was heard; `epoch` says of which log.' },
    responses: { 200: 'text/event-stream' },
  },
  async context => {
    const call = await openPathChannel(context)
    if (call instanceof Response) return call
    const { since: sinceParam, epoch = null } = context.req.valid('query')
    const since = readLastEventId(context.req.header('last-event-id')) ?? sinceParam ?? null
    if (since === 'invalid') return failure('invalid', 'Last-Event-ID must be the seq of an event.')
    const socket = await openSocket(call, since, epoch)
    return socket instanceof WebSocket ? eventStream(socket) : socket
  },
)

/** Opens the channel that the path names by its kind and name. */
async function openPathChannel(context: HttpContext): Promise<ChannelCall | Failure> {
  const [, , , rawKind = '', rawName = ''] = new URL(context.req.url).pathname.split('/')
  const definition = context.var.tables.kinds.get(rawKind)
  const name = canonicalName(rawName)
  if (definition === undefined || name === null)
    return failure('invalid_name', 'There is no channel of this kind and name.')
  return openChannelAt(context, { kind: definition.kind, name })
}

function readLastEventId(header: string | undefined): number | 'invalid' | null {
  if (header === undefined || header === '') return null
  return /^\d{1,15}$/.test(header) ? Number(header) : 'invalid'
}

/**
 * Opens a native socket to the channel, or returns the refusal. Without an epoch, `since` is taken for a seq of the
 * present log; `welcome` returns the epoch of that log.
 */
async function openSocket({ channel, stub, caller }: ChannelCall, since: number | null, epoch: string | null) {
  const result = await stub.ask(caller, { type: 'history', id: 'stream', data: { limit: 1 } })
  if (result === null) return channelNotFound(channel)
  if (result.answer.type === 'error') return refusalResponse(result.answer.data)
  const resume = since === null ? { since, epoch: null } : { since, epoch: epoch ?? result.epoch }
  const headers = { upgrade: 'websocket', [callerHeader]: writeCaller({ ...caller, ...resume }) }
  const response = await stub.fetch(new Request('https://channel/', { headers }))
  return response.webSocket ?? response
}

function eventStream(socket: WebSocket): Response {
  return new Response(serverSentEvents(socket), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
  })
}
