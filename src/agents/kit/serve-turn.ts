import { createLogger, faultRecord } from '../../lib/logger.ts'
import { retainFunctions } from '../../lib/retain-functions.ts'
import type { CircleAccess, TurnRequest as TurnRequestOnWire } from '../../protocol/turns.ts'
import { type Reply, replyStream } from './reply.ts'
import { fromWire, type TurnRequest } from './turn-request.ts'

/** Runs one turn for the RPC method `turn`. Returns the reply as a byte stream of NDJSON parts. */
export function serveTurn(
  onTurn: (request: TurnRequest, reply: Reply) => Promise<void>,
  request: TurnRequestOnWire,
  access: CircleAccess = noAccess,
): ReadableStream<Uint8Array> {
  const { retained: circle, release } = retainFunctions(access)
  return replyStream(reply => onTurn(fromWire(request), reply).finally(release), {
    circle,
    turn: request,
    report: error => createLogger('json', console)(faultRecord('agent', error, logContext(request)), Date.now()),
  })
}

function logContext({ request_id: request, channel }: TurnRequestOnWire) {
  return request === undefined ? { channel } : { request, channel }
}

const refuse = () => Promise.reject(new Error('the caller of this turn gave no access to a circle'))
const noAccess: CircleAccess = { search: refuse, lines: refuse, remind: refuse, reminders: refuse, forget: refuse }
