import { replyFromAddress } from '../../src/agents/address/reply-from-address.ts'
import { serveTurn } from '../../src/agents/kit/serve-turn.ts'
import { runTurn, type TurnOptions, type TurnProgress } from '../../src/agents/run-turn.ts'
import type { AgentAddress } from '../../src/protocol/agent-address.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { aRequest, noCircle } from './agents.ts'

/** How a turn of an agent at an address is run. `onText`: called for each delta. */
export type TurnAtOptions = Partial<TurnOptions> & {
  request?: Partial<TurnRequest>
  allowLoopback?: boolean
  onText?: (text: string) => void
}

/** Runs a turn of an agent at an address, as its circle does. */
export async function turnAt(
  address: AgentAddress,
  { request, allowLoopback = true, onText, ...options }: TurnAtOptions = {},
) {
  const progress: TurnProgress[] = []
  const onPart = (part: TurnProgress) => {
    progress.push(part)
    if (part.type === 'delta') onText?.(part.text)
    return 'continue' as const
  }
  const persona = { id: 'owl', name: 'Owl', description: 'It hoots.' }
  const observes = options.observes ?? false
  const binding = {
    describe: () => Promise.reject(new Error('not here')),
    turn: async (...call: [TurnRequest, typeof noCircle]) =>
      serveTurn(
        (request, reply) => replyFromAddress(address, { request, reply, persona, observes }, allowLoopback),
        ...call,
      ),
  }
  const onWire = aRequest({ steps: [], ...request })
  const outcome = await runTurn(binding, onWire, { onPart }, { circle: noCircle, ...options })
  const deltas = progress.flatMap(part => (part.type === 'delta' ? [part.text] : []))
  const steps = progress.flatMap(part => (part.type === 'step' ? [part] : []))
  const statuses = progress.flatMap(part => (part.type === 'status' ? [part.tool ?? part.state] : []))
  return { outcome, deltas, steps, statuses }
}
