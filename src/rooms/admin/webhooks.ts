import { timestamp } from '../../protocol/dialects/dialect.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { Webhook } from '../../protocol/webhooks.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { WebhookQueue } from '../outbound/webhooks/queue.ts'
import type { WebhookState } from '../outbound/webhooks/webhook.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'

const most = 10 // webhooks of one circle
const mostAgain = 100 // events sent again by hand at a time

/** An owner looks after the webhooks of a circle. */
export function manageWebhooks(
  context: RoomContext,
  session: Session,
  { act }: AdminRequestOf<'webhooks'>,
): AdminOutcome<'webhooks'> {
  const { components, log, newId } = context
  const webhooks = components.get(WebhookQueue)
  if (!atLeast(session.user.role, 'owner')) return refused(refusal('forbidden', 'only an owner has webhooks'))
  if (act.do === 'list') return ok({ webhooks: webhooks.all().map(shown) })
  if (act.do === 'make') {
    if (webhooks.all().length >= most) return refused(refusal('conflict', `a circle has ${most} webhooks at most`))
    const { url, events, secret } = act
    const fresh = { active: true, again: [], failures: 0, failingSince: null, due: 0, lastError: null }
    const hook: WebhookState = { id: newId(), url, events, secret, cursor: log.head, ...fresh }
    webhooks.keep(hook)
    return ok({ webhook: shown(hook) })
  }
  const hook = webhooks.find(act.id)
  if (hook === null) return refused(refusal('not_found', 'there is no such webhook'))
  switch (act.do) {
    case 'change': {
      const { url = hook.url, events = hook.events, active = hook.active } = act.change
      // Whoever touches it wants to see it tried now.
      const changed = { ...hook, url, events, active, failures: 0, failingSince: null, due: 0 }
      webhooks.keep(changed)
      return ok({ webhook: shown(changed) })
    }
    case 'remove':
      webhooks.remove(act.id)
      return ok({ webhook: shown(hook) })
    case 'again':
      if (log.at(act.seq) === null) return refused(refusal('not_found', 'this event is not kept'))
      if (hook.again.length >= mostAgain) return refused(refusal('rate_limited', 'many are still to be sent again'))
      hook.again.push(act.seq)
      webhooks.keep(hook)
      return ok({ webhook: shown(hook) })
    default:
      return act satisfies never
  }
}

function shown({
  id,
  url,
  events,
  active,
  cursor,
  again,
  failures,
  failingSince,
  due,
  lastError,
}: WebhookState): Webhook {
  return {
    id,
    url,
    events,
    active,
    cursor,
    pending: again.length,
    failures,
    failing_since: failingSince === null ? null : timestamp(failingSince),
    next_try: active && due > 0 ? timestamp(due) : null,
    last_error: lastError,
  }
}
