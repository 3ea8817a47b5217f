import type { SqlRow } from '../../../lib/sql.ts'
import type { EventType } from '../../../protocol/events/events.ts'
import type { FollowerState } from '../../log/log-follower.ts'

/** A webhook as it is stored. */
export type WebhookState = FollowerState & {
  id: string
  url: string
  events: EventType[] | null // null: all
  secret: string
  maker: string | null // the owner who made or changed it last (user id); null: not known, from before this was stored
}

/** One event on its way to a receiver. */
export type Delivery = {
  hook: string
  seq: number
  url: string
  secret: string
  id: string // the same for every try
  type: string
  body: string
  at: number // ms
}

/** A webhook's row. */
export type WebhookRow = SqlRow & {
  id: string
  url: string
  events: string | null
  secret: string
  active: number
  cursor: number
  again: string
  failures: number
  failing_since: number | null
  due: number
  last_error: string | null
  maker: string | null
}

/** The webhook of a row. */
export function readWebhook(row: WebhookRow): WebhookState {
  const { failing_since, last_error, again, events, active, ...rest } = row
  return {
    ...rest,
    events: events === null ? null : JSON.parse(events),
    active: active !== 0,
    again: JSON.parse(again),
    failingSince: failing_since,
    lastError: last_error,
  }
}
