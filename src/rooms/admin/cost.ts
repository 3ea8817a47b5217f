import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { refusal } from '../effects.ts'
import { costSummary } from '../metering/summary.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refusedResult } from './admin.ts'

/** What this channel has cost so far, for its owner. */
export function costOf(context: RoomContext, session: Session, now: number): AdminOutcome<'cost'> {
  if (!atLeast(session.user.role, 'owner'))
    return refusedResult(refusal('forbidden', 'only an owner sees what it costs'))
  const { meter, log, channelName, storageBytes } = context
  const ledger = meter.ledger(now, log.head)
  return ok(
    costSummary({ channel: channelName, ledger, found: meter.findings(now), storageBytes: storageBytes() }, now),
  )
}
