/**
 * What Cloudflare asks for Durable Objects on the Workers Paid plan, in US dollars a month. The one place where a price
 * stands: whoever changes a number changes the date. Included amounts are an account's, for all its objects together.
 */
export const prices = {
  as_of: '2026-11-21',
  sources: [
    'https://developers.cloudflare.com/durable-objects/platform/pricing/',
    'https://developers.cloudflare.com/workers/platform/pricing/',
  ],
  plan: 5, // a month, whatever is used
  requests: { per_million: 0.15, included: 1_000_000 }, // HTTP, RPC, alarms, and socket messages at …
  messages_per_request: 20,
  duration: { per_million: 12.5, included: 400_000 }, // GB-s, of an object that runs or may not be put to sleep
  memory_gb: 0.128, // what an object is billed for, whatever it takes
  rows_read: { per_million: 0.001, included: 25_000_000_000 },
  rows_written: { per_million: 1, included: 50_000_000 }, // an alarm that is set or deleted is one
  worker_requests: { per_million: 0.3, included: 10_000_000 }, // of the Worker in front: the meter does not see those
  storage: { per_gb: 0.2, included_gb: 5 },
} as const

/** The month that prices are extrapolated to. */
export const monthMs = 30 * 86_400_000
