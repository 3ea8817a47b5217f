import type { TurnOutcome } from '../../agents/run-turn.ts'
import type { TurnRequest } from '../../protocol/turns.ts'

/** Ms between two calls while the agent is away: it may have come before its turn was back in the queue. */
const againMs = 15_000

/** The code of a call whose agent is not connected. */
export const awayCode = 'agent_away'

/**
 * The outcome of a call, with how long its turn waits if the agent is away: until `waitMs` after the prompt, without counting
 * as an attempt. A turn that was decided or planned began later than its prompt, and tries as often as after other failures.
 */
export function withWait(result: TurnOutcome, request: TurnRequest, waitMs: number, now: number): TurnOutcome {
  if (result.type !== 'failed' || result.code !== awayCode) return result
  if (request.reminder !== undefined || request.decisions.length > 0) return { ...result, retryAfterMs: waitMs / 2 }
  const leftMs = Date.parse(request.asked.at) + waitMs - now
  return leftMs > 0
    ? { ...result, isUncounted: true, retryAfterMs: Math.min(leftMs, againMs) }
    : { ...result, retry: false }
}
