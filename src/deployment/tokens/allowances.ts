import type { Env } from '../../env.ts'
import { RequestBatcher } from '../../lib/request-batcher.ts'
import type { AllowanceDraw, AllowanceGrant } from '../../rpc/tokens.ts'
import type { TokenRegistryStub } from '../../stubs.ts'
import { registryFor } from './clients.ts'

/** Draws allowances for one channel; concurrent draws of one account share one call. */
export function batchedDraws(env: Env): (draw: AllowanceDraw) => Promise<AllowanceGrant> {
  const batchers = new Map<string, RequestBatcher<AllowanceDraw, AllowanceGrant>>()
  return async draw => {
    const { account } = draw
    const batcher = batchers.get(account) ?? new RequestBatcher(draws => drawFrom(registryFor(env, account), draws))
    batchers.set(account, batcher)
    try {
      return await batcher.get(draw)
    } finally {
      batchers.delete(account) // the accounts of a channel are many
    }
  }
}

/**
 * Takes an amount of what a user may use over the whole deployment. Returns 0, or how long to wait (ms); then nothing
 * was taken. A registry that does not answer refuses nothing: it has just confirmed the user's token, or there is none.
 */
export async function takeAllowance(env: Env, draw: Omit<AllowanceDraw, 'id' | 'whole'>): Promise<number> {
  const whole = { ...draw, id: crypto.randomUUID(), whole: true }
  const registry = () => registryFor(env, draw.account)
  try {
    const [grant] = await drawFrom(registry(), [whole]).catch(() => drawFrom(registry(), [whole]))
    return grant === undefined || grant.granted === draw.amount ? 0 : grant.retryAfterMs
  } catch {
    return 0 // twice: it is overloaded, or being restarted
  }
}

function drawFrom(registry: TokenRegistryStub, draws: AllowanceDraw[]): Promise<AllowanceGrant[]> {
  return registry.draw(draws)
}
