import { timestamp } from '../../protocol/dialects/dialect.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'
import type { AdminRequest, AdminRequestName, AdminRequestOf } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { costSummary } from '../metering/summary.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'
import { exportPage, importLog } from './export-import.ts'
import { createCircle, deleteCircle, describeCircle } from './lifecycle.ts'
import { manageWebhooks } from './webhooks.ts'

type Rule = { role: PersonRole; message: string }

/** The role that each request needs. Null: everybody who may read here, as was checked before. */
const rules: { readonly [Name in AdminRequestName]: Rule | null } = {
  describe: null,
  search: null,
  export: null,
  create: null, // `createCircle` checks it, and undoes what opening the channel began
  cost: { role: 'owner', message: 'Only owners can see the cost.' },
  delete: { role: 'owner', message: 'Only owners can delete a channel.' },
  import: { role: 'owner', message: 'Only owners can import a log.' },
  webhooks: { role: 'owner', message: 'Only owners can manage webhooks.' },
  agents: { role: 'owner', message: 'Only owners can manage the agents of a circle.' },
  component: null, // it checks the role itself
}

/** Handles a request of the HTTP API. */
export function handleAdmin(
  context: RoomContext,
  session: Session,
  request: AdminRequest,
  now: number,
): AdminOutcome<AdminRequestName> {
  const rule = rules[request.do]
  if (rule !== null && !atLeast(session.user.role, rule.role)) return refused(refusal('forbidden', rule.message))
  switch (request.do) {
    case 'describe':
      return describeCircle(context)
    case 'cost':
      return cost(context, now)
    case 'create':
      return createCircle(context, session, request, now)
    case 'delete':
      return deleteCircle(context)
    case 'search':
      return search(context, request)
    case 'export':
      return exportPage(context, request)
    case 'webhooks':
      return manageWebhooks(context, session, request)
    case 'agents':
      context.agents.lookUp?.(true)
      return ok(null)
    case 'import':
      return importLog(context, session, request)
    case 'component':
      return askComponent(context, session, request, now)
    default:
      return request satisfies never
  }
}

function askComponent(
  { components, channelName }: RoomContext,
  session: Session,
  { name, request }: AdminRequestOf<'component'>,
  now: number,
): AdminOutcome<'component'> {
  const answer = components.named(name)?.onRequest?.(session, request, now)
  return answer ?? refused(refusal('not_found', `${channelName} has no ${name}.`))
}

/** The cost of this channel so far, for its owner. */
function cost({ meter, log, channelName, storageBytes, components }: RoomContext, now: number): AdminOutcome<'cost'> {
  const ledger = meter.ledger(now, log.head)
  const findings = meter.findings(now)
  const stored = { storageBytes: storageBytes(), fileBytes: components.storedBytes() }
  return ok(costSummary({ channel: channelName, ledger, found: findings, ...stored }, now))
}

/** The newest messages that contain all the words. */
function search({ search, log }: RoomContext, { q, ...options }: AdminRequestOf<'search'>): AdminOutcome<'search'> {
  const { found, complete, next } = search.find(q, options)
  const results = found.map(({ message: { seq, type, at, data }, snippet, highlights }) => {
    const author =
      'agent_id' in data
        ? { id: data.agent_id, name: data.agent_name }
        : { id: data.user_id ?? log.author(seq) ?? '', name: data.user_name ?? '' } // an event of a type of one's own
    return { seq, type, timestamp: timestamp(at), author, snippet, highlights }
  })
  return ok({ results, complete, next })
}
