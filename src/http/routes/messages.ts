import * as z from 'zod/v4'
import { commandData } from '../../protocol/commands/commands.ts'
import { runCommand } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'
import { idempotencyHeader, readIdempotencyKey } from './idempotency-key.ts'

const posted = z.object({ seq: z.int().positive(), id: z.string() })

/** `POST /api/circles/:name/messages`: sends a message; with an `Idempotency-Key`, retries store it only once. */
export const postMessage = endpoint(
  {
    id: 'sendMessage',
    method: 'post',
    path: '/api/circles/:name/messages',
    summary: 'Send a message',
    headers: {
      'Idempotency-Key': idempotencyHeader,
    },
    body: commandData.message,
    responses: { 200: posted, 201: posted },
  },
  async context => {
    const id = readIdempotencyKey(context)
    if (id instanceof Response) return id
    const data = context.req.valid('json')
    const result = await runCommand(context, 'circle', { type: 'message', id, data })
    if (result instanceof Response) return result
    const { answer } = result
    if (answer.type !== 'ack') throw new Error(`expected ack as the response to message, got ${answer.type}`)
    const { seq, duplicate } = answer.data
    return context.json(posted.parse({ seq, id }), duplicate ? 200 : 201)
  },
)
