// Circles, of which one side of a relay's connection is measured while the generator plays the other: relays connect to a
// circle from outside, and a relay finds its circle at the generator.
import type { Env } from '../../../src/env.ts'
import { writeRelayHeader } from '../../../src/relay/wire.ts'
import { relayHeader } from '../../../src/rooms/object/relay-sessions.ts'
import worker, { RelayObject as Relay } from '../../../src/worker.ts'

export * from '../../../src/worker.ts'

type PlayedEnv = Env & { PLAYED_CIRCLE: Fetcher }

/** A relay whose circle is played. */
export class RelayObject extends Relay {
  constructor(state: DurableObjectState, env: PlayedEnv) {
    const CIRCLES = { getByName: () => env.PLAYED_CIRCLE } as unknown as Env['CIRCLES']
    super(state, { ...env, CIRCLES })
  }
}

/** `/relays/<circle>/<region>/<number>`: this relay connects to its circle. */
function connectRelay(env: Env, path: string): Promise<Response> {
  const name = path.slice('/relays/'.length)
  const headers = { upgrade: 'websocket', [relayHeader]: writeRelayHeader(name) }
  return env.CIRCLES.getByName(name.split('/')[0] ?? '').fetch(new Request('https://channel/', { headers }))
}

export default {
  fetch(request: Request, env: PlayedEnv, context: ExecutionContext): Response | Promise<Response> {
    const { pathname } = new URL(request.url)
    return pathname.startsWith('/relays/') ? connectRelay(env, pathname) : worker.fetch(request, env, context)
  },
}
