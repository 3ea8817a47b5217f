import * as z from 'zod/v4'
import type { EventRegistry } from './events/event-registry.ts'
import type { EventType } from './events/events.ts'
import { idText } from './text-schema.ts'
import { isWebhookSecret } from './webhook-signature.ts'

// Webhooks: the events of a circle, sent to a URL in order.

/** The shapes of webhooks over HTTP, where these are the events one can ask for. */
export function webhookSchemas(registry: EventRegistry) {
  const types = z.enum([...registry.keys()] as [EventType, ...EventType[]])
  const url = idText().max(2_048).meta({ format: 'uri', description: 'An https URL of a public host.' })
  const events = z.array(types).min(1).nullable() // null: all
  return {
    /** A webhook as its owner creates it. */
    newWebhook: z.strictObject({
      url,
      events: events.default(null),
      secret: idText()
        .min(16)
        .max(256)
        .refine(isWebhookSecret, 'must have the base64 of 16 to 64 bytes after whsec_')
        .optional(), // the server makes one if absent
    }),
    /** What an owner changes. `active: true` resumes it where it stopped. */
    webhookChange: z.strictObject({ url, events, active: z.boolean() }).partial(),
    /** A webhook as its owner sees it. The secret is shown once, in the answer that creates it. */
    webhook: z.object({
      id: z.string(),
      url: z.string(),
      events,
      active: z.boolean(),
      maker: z.string().nullable(), // user id of the owner who made or changed it last; null: not known
      cursor: z.int().nonnegative(), // seq of the last event that was delivered, or is of no such type
      pending: z.int().nonnegative(), // events that were queued again by hand
      failures: z.int().nonnegative(), // in a row
      failing_since: z.iso.datetime().nullable(),
      next_try: z.iso.datetime().nullable(),
      last_error: z.string().nullable(),
    }),
  }
}

type Schemas = ReturnType<typeof webhookSchemas>

/** A webhook as its owner sees it. */
export type Webhook = z.infer<Schemas['webhook']>

/** What an owner changes about a webhook. */
export type WebhookChange = z.infer<Schemas['webhookChange']>

/** One event, to be sent again by hand. */
export const redelivery = z.strictObject({ seq: z.int().positive() })
