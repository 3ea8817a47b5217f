import { Hono } from 'hono'
import { z } from 'zod'
import { commandData, commandId } from '../../protocol/commands.ts'
import { runCommand } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { failure, methodNotAllowed } from '../errors.ts'
import { validatedBody } from '../middleware/validate.ts'

/** `POST /api/circles/:name/messages`: says one line. With an `Idempotency-Key` it is said once, however often sent. */
export const messages = new Hono<HttpEnv>()
  .post('/', validatedBody(commandData.message), async context => {
    const id = commandId.safeParse(keyIn(context.req.header('idempotency-key')))
    if (!id.success) return failure('invalid', 'An Idempotency-Key is 1 to 64 of A-Z a-z 0-9 _ -.')
    const data = context.req.valid('json')
    const asked = await runCommand(context, 'circle', { type: 'message', id: id.data, data })
    if (asked instanceof Response) return asked
    if (asked.answer.type !== 'ack') throw new Error(`a message is answered by an ack, not by ${asked.answer.type}`)
    const { seq, duplicate } = asked.answer.data
    return context.json(said.parse({ seq, id: id.data }), duplicate ? 200 : 201)
  })
  .all('/', () => methodNotAllowed('POST'))

const said = z.object({ seq: z.int(), id: z.string() })

// The standard's draft has the key in quotes; most clients leave them out.
function keyIn(header: string | undefined): string {
  return header?.replace(/^"(.*)"$/, '$1') ?? crypto.randomUUID()
}
