/**
 * Cloudflare's prices for Durable Objects on the Workers Paid plan, in US dollars a month. No other file holds a price;
 * a change to a number changes the date too. Included amounts are an account's, for all its objects together.
 */
export const prices = {
  as_of: '2026-11-21',
  sources: [
    'https://developers.cloudflare.com/durable-objects/platform/pricing/',
    'https://developers.cloudflare.com/workers/platform/pricing/',
    'https://developers.cloudflare.com/r2/pricing/',
  ],
  plan: 5, // a month, whatever the usage
  requests: { per_million: 0.15, included: 1_000_000 }, // HTTP, RPC, alarms; messages on sockets at:
  messages_per_request: 20,
  duration: { per_million: 12.5, included: 400_000 }, // GB-s, of an object that runs or cannot hibernate
  memory_gb: 0.128, // billed for an object, however much it uses
  rows_read: { per_million: 0.001, included: 25_000_000_000 },
  rows_written: { per_million: 1, included: 50_000_000 }, // setting or deleting an alarm is one, too
  worker_requests: { per_million: 0.3, included: 10_000_000 }, // of the Worker in front, which the meter does not count
  storage: { per_gb: 0.2, included_gb: 5 },
  files: { per_gb: 0.015, included_gb: 10 }, // R2; a file that is written or read costs an operation, which is not counted
} as const

/** The month to which costs are extrapolated (ms). */
export const monthMs = 30 * 86_400_000
