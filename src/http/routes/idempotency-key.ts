import { commandId } from '../../protocol/commands/command-table.ts'
import type { HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'

/** The header that makes a request take effect once, however often it is sent. */
export const idempotencyHeader = {
  description: 'A request that is sent again with the same key takes effect once. The key is the caller’s own.',
  pattern: '^("[A-Za-z0-9_-]{1,64}"|[A-Za-z0-9_-]{1,64})$',
}

/** Reads the key, which is the id of the command; without one, each request is a command of its own. */
export function readIdempotencyKey(context: HttpContext): string | Failure {
  // The draft standard puts the key in quotes; most clients leave them out.
  const key = context.req.header('idempotency-key')?.replace(/^"(.*)"$/, '$1') ?? crypto.randomUUID()
  const id = commandId.safeParse(key)
  return id.success ? id.data : failure('invalid', 'An Idempotency-Key is 1 to 64 characters of A-Z a-z 0-9 _ -.')
}
