import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { Webhook } from '../../protocol/webhooks.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { WebhookQueue } from '../outbound/webhooks/queue.ts'
import type { WebhookState } from '../outbound/webhooks/webhook.ts'
import { refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'

const maxWebhooks = 10 // webhooks of one circle
const maxAgain = 100 // pending events of one webhook that are sent again by hand

type Act = AdminRequestOf<'webhooks'>['act']

/** Lists, creates, changes or deletes the webhooks of a circle. */
export function manageWebhooks(
  context: RoomContext,
  session: Session,
  { act }: AdminRequestOf<'webhooks'>,
): AdminOutcome<'webhooks'> {
  const maker = session.user.id
  const webhooks = context.components.get(WebhookQueue)
  if (act.do === 'list') return ok({ webhooks: webhooks.all().map(webhookOf) })
  if (act.do === 'make') return create(context, webhooks, { ...act, maker })
  const webhook = webhooks.find(act.id)
  if (webhook === null) return refused(refusal('not_found', 'There is no such webhook.'))
  switch (act.do) {
    case 'change': {
      const { url = webhook.url, events = webhook.events, active = webhook.active } = act.change
      // A changed webhook is tried at once, with the rights of who changed it.
      return put(webhooks, { ...webhook, url, events, active, maker, failures: 0, failingSince: null, due: 0 })
    }
    case 'remove':
      webhooks.remove(act.id)
      return ok({ webhook: webhookOf(webhook) })
    case 'again':
      if (context.log.at(act.seq) === null) return refused(refusal('not_found', 'This event is no longer kept.'))
      if (webhook.again.length >= maxAgain) {
        return refused(refusal('rate_limited', 'Too many events are still to be sent again.'))
      }
      webhook.again.push(act.seq)
      return put(webhooks, webhook)
    default:
      return act satisfies never
  }
}

function create(
  { newId, log }: RoomContext,
  webhooks: WebhookQueue,
  { url, events, secret, maker }: Extract<Act, { do: 'make' }> & { maker: string },
): AdminOutcome<'webhooks'> {
  if (webhooks.all().length >= maxWebhooks) {
    return refused(refusal('conflict', `A circle has at most ${maxWebhooks} webhooks.`))
  }
  const initial = { active: true, again: [], failures: 0, failingSince: null, due: 0, lastError: null }
  return put(webhooks, { id: newId(), url, events, secret, maker, cursor: log.head, ...initial })
}

function put(webhooks: WebhookQueue, webhook: WebhookState): AdminOutcome<'webhooks'> {
  webhooks.put(webhook)
  return ok({ webhook: webhookOf(webhook) })
}

function webhookOf({
  id,
  url,
  events,
  active,
  maker,
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
    maker,
    cursor,
    pending: again.length,
    failures,
    failing_since: failingSince === null ? null : timestamp(failingSince),
    next_try: active && due > 0 ? timestamp(due) : null,
    last_error: lastError,
  }
}
