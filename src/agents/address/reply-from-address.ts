import { validatePublicUrl } from '../../lib/public-url.ts'
import type { AgentAddress } from '../../protocol/agent-address.ts'
import { AgentError } from '../kit/agent-error.ts'
import { ModelActivity } from '../kit/model-activity.ts'
import { tooSlow } from '../kit/model-end.ts'
import { ModelError, strikeOut, toAgentError } from '../kit/model-error.ts'
import { silenceOf, startWatchdog } from '../kit/watchdog.ts'
import type { AddressCall } from './address-call.ts'
import { replyFromAiSdk } from './ai-sdk.ts'
import { replyFromOpenAi } from './openai.ts'

/** A turn of an agent at an address. */
type AddressTurn = Pick<AddressCall, 'request' | 'reply' | 'persona' | 'observes'>

/**
 * Replies to a turn with what the server at an address says. A URL of a private network is not called, and neither is one
 * on this machine, unless that is allowed.
 */
export async function replyFromAddress(
  address: AgentAddress,
  turn: AddressTurn,
  allowLoopback: boolean,
): Promise<void> {
  if (validatePublicUrl(address.url, allowLoopback) !== null) throw notAllowed()
  const silenceMs = silenceOf(turn.request)
  const watchdog = startWatchdog(silenceMs)
  const activity = new ModelActivity()
  activity.subscribe(watchdog.reset)
  const signal = AbortSignal.any([turn.reply.signal, watchdog.signal])
  try {
    await replyAs(address, { ...turn, signal, activity })
  } catch (error) {
    if (error instanceof AgentError || turn.reply.signal.aborted) throw error
    if (watchdog.signal.aborted) throw tooSlow(silenceMs)
    throw toAgentError(
      error instanceof ModelError ? error : new ModelError(null, strikeOut(`${error}`)),
      'agent’s server',
    )
  } finally {
    watchdog.stop()
  }
}

function replyAs(address: AgentAddress, call: AddressCall): Promise<void> {
  switch (address.protocol) {
    case 'openai':
      return replyFromOpenAi(address, call)
    case 'ai-sdk':
      return replyFromAiSdk(address, call)
    default:
      return address satisfies never
  }
}

const notAllowed = () =>
  new AgentError('agent_unavailable', 'The address of this agent is not one that may be called.', { retry: false })
