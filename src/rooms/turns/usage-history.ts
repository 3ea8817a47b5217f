import type { SqlRow } from '../../lib/sql.ts'
import { Budget, budgetWindowMs, type UsageEntry } from './budget.ts'
import type { TurnContext } from './turn-context.ts'

/** Looked through for what was spent before this instance began; a circle that says more in a day forgets the rest. */
const mostEvents = 200_000

/**
 * A budget that knows what its circle spent within the last day. It is read from the log when the first agent is
 * asked, so that counting costs no row: 20 look-ups and the day's events, about 1 ms for 1,000.
 */
export function usageHistory({ sql, log, limits }: TurnContext, now: number): Budget {
  const from = Math.max(log.seqAt(now - budgetWindowMs), log.head - mostEvents)
  const over = sql.all<SqlRow & UsageEntry>(
    `SELECT question.at, question.user AS asker, json_extract(answer.data, '$.agent_id') AS agent,
        coalesce(json_extract(answer.data, '$.usage.input_tokens'), 0)
          + coalesce(json_extract(answer.data, '$.usage.output_tokens'), 0) AS tokens
      FROM events AS answer JOIN events AS question ON question.seq = json_extract(answer.data, '$.in_reply_to')
      WHERE answer.seq >= ?1 AND answer.type IN ('agent_message', 'turn_failed')
        AND json_extract(answer.data, '$.attempts') IS NOT 0 -- a turn that was refused has cost nothing
      ORDER BY answer.seq`,
    from,
  )
  const open = sql.all<SqlRow & UsageEntry>(
    `SELECT question.at, turns.asker, turns.agent, 0 AS tokens
      FROM turns JOIN events AS question ON question.seq = turns.seq WHERE turns.state <> 'planned'`,
  )
  const spent = [...over, ...open].map(({ at, asker, agent, tokens }) => ({ at, asker, agent, tokens }))
  return new Budget(
    limits,
    spent.sort((a, b) => a.at - b.at),
  )
}
