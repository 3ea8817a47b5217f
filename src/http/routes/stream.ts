import * as z from 'zod/v4'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { idText } from '../../protocol/text-schema.ts'
import { type ChannelCall, channelNotFound, openChannelAt, refusalResponse } from '../channels/call-channel.ts'
import { kindParameter, readChannelPath } from '../channels/channel-path.ts'
import { openSocket } from '../channels/open-socket.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'
import { countParam } from '../middleware/validate.ts'
import { serverSentEvents } from './sse.ts'

const streamQuery = z.object({
  since: countParam(0, Number.MAX_SAFE_INTEGER).optional(), // takes the place of Last-Event-ID at the first request
  epoch: idText().max(64).optional(), // of the log that the seq belongs to
  signals: z.literal('1').optional(), // signals are events of the stream, too
})

/** `GET /api/channels/:kind/:name/stream`: a channel's events as Server-Sent Events. */
export const streamEndpoint = (tables: ProtocolTables) =>
  endpoint(
    {
      id: 'streamEvents',
      method: 'get',
      path: '/api/channels/:kind/:name/stream',
      summary: 'Stream a channel as Server-Sent Events',
      query: streamQuery,
      headers: {
        'Last-Event-ID': {
          description: 'The seq of the last event that was received; `epoch` names its log.',
          pattern: '^\\d{0,15}$',
        },
      },
      params: kindParameter(tables.kinds),
      responses: { 200: 'text/event-stream' },
    },
    async context => {
      const call = await openPathChannel(context)
      if (call instanceof Response) return call
      const { since: sinceParam, epoch = null, signals } = context.req.valid('query')
      const since = readLastEventId(context.req.header('last-event-id')) ?? sinceParam ?? null
      if (since === 'invalid') return failure('invalid', 'Last-Event-ID must be the seq of an event.')
      const head = await readHead(call)
      if (head instanceof Response) return head
      if (context.req.raw.method === 'HEAD') return new Response(null, streamInit) // nobody is there to listen
      const socket = await openSocket(context, call, { since, epoch: epoch ?? head.epoch })
      if (!(socket instanceof WebSocket)) return socket
      return new Response(serverSentEvents(socket, { signals: signals === '1' }), streamInit)
    },
  )

async function openPathChannel(context: HttpContext): Promise<ChannelCall | Failure> {
  const address = readChannelPath(context)
  return address instanceof Response ? address : openChannelAt(context, address)
}

function readLastEventId(header: string | undefined): number | 'invalid' | null {
  if (header === undefined || header === '') return null
  return /^\d{1,15}$/.test(header) ? Number(header) : 'invalid'
}

const streamInit = {
  headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
}

/** Reads the epoch of a channel's log, or returns the refusal: listening does not create a channel. */
async function readHead({ channel, stub, caller }: ChannelCall): Promise<{ epoch: string } | Failure> {
  const result = await stub.ask(caller, { type: 'history', id: 'stream', data: { limit: 1 } })
  if (result === null) return channelNotFound(channel)
  return result.answer.type === 'error' ? refusalResponse(result.answer.data) : { epoch: result.epoch }
}
