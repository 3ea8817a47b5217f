import { z } from 'zod'
import { type EventType, eventData } from './events.ts'

// Webhooks: a circle's events, sent to a URL in their order.

const types = z.enum(Object.keys(eventData) as [EventType, ...EventType[]])
const url = z.string().max(2_048)
const events = z.array(types).min(1).nullable() // null: all

/** What an owner sets. */
export const newWebhook = z.strictObject({
  url,
  events: events.default(null),
  secret: z.string().min(16).max(256).optional(), // made here if none is given
})
/** What an owner changes. `active: true` starts it again where it stopped. */
export const webhookChange = z.strictObject({ url, events, active: z.boolean() }).partial()
export type WebhookChange = z.infer<typeof webhookChange>

/** One event, to be sent again by hand. */
export const redelivery = z.strictObject({ seq: z.int().positive() })

/** A webhook as its owner sees it. The secret is shown once, when it is made. */
export const webhook = z.object({
  id: z.string(),
  url: z.string(),
  events,
  active: z.boolean(),
  cursor: z.int().nonnegative(), // seq of the last event that was taken, or was none of these types
  pending: z.int().nonnegative(), // events sent again by hand that are still to go
  failures: z.int().nonnegative(), // in a row
  failing_since: z.iso.datetime().nullable(),
  next_try: z.iso.datetime().nullable(),
  last_error: z.string().nullable(),
})
export type Webhook = z.infer<typeof webhook>
