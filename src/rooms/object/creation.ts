import type { Principal } from '../../auth/principal.ts'
import { takeAllowance } from '../../deployment/tokens/allowances.ts'
import type { Env } from '../../env.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { refusal } from '../outcome.ts'

/**
 * Counts a channel that is about to be created, over the whole deployment, for the user who creates it. Returns the
 * reason why it may not be created, or null.
 */
export async function refuseCreation(env: Env, channel: ChannelName, creator: Principal): Promise<Refusal | null> {
  const waitMs = await takeAllowance(env, { account: creator.id, resource: 'channels', amount: 1, channel })
  if (waitMs === 0) return null
  const message = 'You have created as many channels as one person may in a day.'
  return { ...refusal('rate_limited', message), retry_after_ms: waitMs }
}
