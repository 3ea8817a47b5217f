import { timestamp } from '../../protocol/dialects/dialect.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { AdminRequest, AdminRequestName, AdminRequestOf } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { costSummary } from '../metering/summary.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'
import { exportPage, importLog } from './export-import.ts'
import { createCircle, deleteCircle, describeCircle } from './lifecycle.ts'
import { manageWebhooks } from './webhooks.ts'

/** Handles a request of the HTTP API. The sender may read here; a handler refuses requests that need a higher role. */
export function handleAdmin(
  context: RoomContext,
  session: Session,
  request: AdminRequest,
  now: number,
): AdminOutcome<AdminRequestName> {
  switch (request.do) {
    case 'describe':
      return describeCircle(context)
    case 'cost':
      return cost(context, session, now)
    case 'create':
      return createCircle(context, session, request, now)
    case 'delete':
      return deleteCircle(context, session)
    case 'search':
      return search(context, request)
    case 'export':
      return exportPage(context, request)
    case 'webhooks':
      return manageWebhooks(context, session, request)
    case 'import':
      return importLog(context, session, request)
    default:
      return request satisfies never
  }
}

/** The cost of this channel so far, for its owner. */
function cost(
  { meter, log, channelName, storageBytes }: RoomContext,
  session: Session,
  now: number,
): AdminOutcome<'cost'> {
  if (!atLeast(session.user.role, 'owner')) return refused(refusal('forbidden', 'Only owners can see the cost.'))
  const ledger = meter.ledger(now, log.head)
  const findings = meter.findings(now)
  return ok(costSummary({ channel: channelName, ledger, found: findings, storageBytes: storageBytes() }, now))
}

/** The newest messages that contain all the words. */
function search({ search, log }: RoomContext, { q, limit }: AdminRequestOf<'search'>): AdminOutcome<'search'> {
  const { found, complete } = search.find(q, limit)
  const results = found.map(({ message: { seq, type, at, data }, snippet, highlights }) => {
    const author =
      'agent_id' in data
        ? { id: data.agent_id, name: data.agent_name }
        : { id: data.user_id ?? log.author(seq) ?? '', name: data.user_name ?? '' } // an event of a type of one's own
    return { seq, type, timestamp: timestamp(at), author, snippet, highlights }
  })
  return ok({ results, complete })
}
