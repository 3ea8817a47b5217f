import { callerHeader, writeCaller } from '../../rooms/sessions/caller-context.ts'
import type { ChannelCall } from './call-channel.ts'

/**
 * Opens a native socket to the channel, or returns the refusal. A `since` without an epoch is taken for a seq of the
 * present log; `welcome` returns the epoch of that log.
 */
export async function openSocket({ stub, caller }: ChannelCall, since: number | null, epoch: string) {
  const resume = since === null ? { since, epoch: null } : { since, epoch }
  const headers = { upgrade: 'websocket', [callerHeader]: writeCaller({ ...caller, ...resume }) }
  const response = await stub.fetch(new Request('https://channel/', { headers }))
  return response.webSocket ?? response
}
