import { z } from 'zod'
import { commandId } from '../../protocol/commands/command-table.ts'
import { commandData } from '../../protocol/commands/commands.ts'
import { runCommand } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'

const posted = z.object({ seq: z.int().positive(), id: z.string() })

/** `POST /api/circles/:name/messages`: sends a message; with an `Idempotency-Key`, retries store it only once. */
export const postMessage = endpoint(
  {
    method: 'post',
    path: '/api/circles/:name/messages',
    summary: 'Say a line',
    headers: {
      'Idempotency-Key': 'Said again with the same key, a line is stored once (1 to 64 of A-Z a-z 0-9 _ -).',
    },
    body: commandData.message,
    responses: { 200: posted, 201: posted },
  },
  async context => {
    const id = commandId.safeParse(idempotencyKey(context.req.header('idempotency-key')))
    if (!id.success) return failure('invalid', 'An Idempotency-Key is 1 to 64 characters of A-Z a-z 0-9 _ -.')
    const data = context.req.valid('json')
    const result = await runCommand(context, 'circle', { type: 'message', id: id.data, data })
    if (result instanceof Response) return result
    const { answer } = result
    if (answer.type !== 'ack') throw new Error(`expected ack as the response to message, got ${answer.type}`)
    const { seq, duplicate } = answer.data
    return context.json(posted.parse({ seq, id: id.data }), duplicate ? 200 : 201)
  },
)

// The draft standard puts the key in quotes; most clients leave them out.
function idempotencyKey(header: string | undefined): string {
  return header?.replace(/^"(.*)"$/, '$1') ?? crypto.randomUUID()
}
