import type { SqlRow } from '../../lib/sql.ts'
import { Budget, budgetWindowMs, type UsageEntry } from './budget.ts'
import { personBehind, type TurnContext } from './turn-context.ts'

/** Events read from the end of the log. Beyond that, older usage is not counted. */
const maxEvents = 200_000

type Row = SqlRow & Omit<UsageEntry, 'payer'>

/**
 * A budget with the circle's usage of the last day. It is read from the log when the first agent is prompted, so counting
 * writes no rows; reading takes about 20 lookups (binary search) and the day's events, about 1 ms for 1,000.
 */
export function usageHistory(context: TurnContext, now: number): Budget {
  const { sql, log, limits } = context
  const from = Math.max(log.seqAt(now - budgetWindowMs), log.head - maxEvents)
  const ended = sql.all<Row>(
    // A refused turn has used nothing, and an imported one was not run here.
    `SELECT prompt.at, prompt.user AS promptedBy, json_extract(reply.data, '$.agent_id') AS agent,
        coalesce(json_extract(reply.data, '$.usage.input_tokens'), 0)
          + coalesce(json_extract(reply.data, '$.usage.output_tokens'), 0) AS tokens,
        prompt.seq, reply.seq AS end
      FROM events AS reply JOIN events AS prompt ON prompt.seq = json_extract(reply.data, '$.in_reply_to')
      WHERE reply.seq >= ?1 AND reply.type IN ('agent_message', 'turn_failed')
        AND json_extract(reply.data, '$.attempts') IS NOT 0
        AND json_extract(reply.origin, '$.imported_by') IS NULL
      ORDER BY reply.seq`,
    from,
  )
  const open = sql.all<Row>(
    `SELECT prompt.at, turns.asker AS promptedBy, turns.agent, 0 AS tokens, prompt.seq, NULL AS end
      FROM turns JOIN events AS prompt ON prompt.seq = turns.seq WHERE turns.state <> 'planned'`,
  )
  const usage = withPayers(context, [...ended, ...open])
  return new Budget(
    limits,
    usage.sort((a, b) => a.at - b.at),
  )
}

/** Adds to each turn whom it is charged to. A prompt of an agent ended a turn itself, earlier in the list. */
function withPayers(context: TurnContext, rows: readonly Row[]): UsageEntry[] {
  const payers = new Map<number, string | null>() // by the seq of a reply
  return rows.map(({ at, promptedBy, agent, tokens, seq, end }) => {
    const isByAgent = promptedBy.startsWith('agent:')
    const known = isByAgent ? payers.get(seq) : promptedBy
    const payer = known === undefined ? personBehind(context.log, { promptedBy, seq }) : known
    if (end !== null) payers.set(end, payer)
    return { at, promptedBy, agent, tokens, seq, end, payer }
  })
}
