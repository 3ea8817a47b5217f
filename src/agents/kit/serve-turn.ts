import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { CircleAccess, TurnRequest as TurnRequestOnWire } from '../../protocol/turns.ts'
import { type Reply, replyStream } from './reply.ts'
import { fromWire, type TurnRequest } from './turn-request.ts'

/** Runs one turn for the RPC method `turn`. Returns the reply as a byte stream of NDJSON parts. */
export function serveTurn(
  onTurn: (request: TurnRequest, reply: Reply) => Promise<void>,
  request: TurnRequestOnWire,
  access: CircleAccess = noAccess,
): ReadableStream<Uint8Array> {
  const { circle, release } = retain(access)
  return replyStream(reply => onTurn(fromWire(request), reply).finally(release), {
    circle,
    turn: request,
    report: error => createLogger('json', console)(faultRecord('agent', error, logContext(request)), Date.now()),
  })
}

function logContext({ request_id: request, channel }: TurnRequestOnWire) {
  return request === undefined ? { channel } : { request, channel }
}

/**
 * Duplicates the functions that came over RPC: without `dup` they die with the call that brought them. A duplicate that
 * is never released leaves that call hanging, and the runtime ends it with an error.
 */
function retain(access: CircleAccess): { circle: CircleAccess; release: () => void } {
  const retained = new Map<string, object>()
  for (const [name, call] of Object.entries(access))
    retained.set(name, 'dup' in call ? (call.dup as () => object)() : call)
  const release = () => {
    for (const call of retained.values()) if (Symbol.dispose in call) (call as Disposable)[Symbol.dispose]()
  }
  return { circle: Object.fromEntries(retained) as CircleAccess, release }
}

const refuse = () => Promise.reject(new Error('the caller of this turn gave no access to a circle'))
const noAccess: CircleAccess = { search: refuse, lines: refuse, remind: refuse, reminders: refuse, forget: refuse }
