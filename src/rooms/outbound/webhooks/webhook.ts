import type { SqlRow } from '../../../lib/sql.ts'
import type { EventType } from '../../../protocol/events.ts'

/** A webhook as it is kept. */
export type WebhookState = {
  id: string
  url: string
  events: EventType[] | null // null: all
  secret: string
  active: boolean
  cursor: number // seq of the last event that is done with
  again: number[] // seqs to be sent again by hand, first
  failures: number // in a row
  failingSince: number | null // ms
  due: number // ms: not before this
  lastError: string | null
}

/** One event on its way. */
export type Delivery = {
  hook: string
  seq: number
  url: string
  secret: string
  id: string // the same for every try
  type: EventType
  body: string
  at: number // ms
}

/** How a try ended. `gone`: the receiver says that it wants no more. */
export type DeliveryOutcome = { ok: true } | { ok: false; error: string; gone: boolean }

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
}

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
