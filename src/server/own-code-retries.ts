import type { RetryPolicy } from '../lib/retry.ts'

/** How a handler of one's own that failed is tried again, after an event or at a time: for a day. */
export const ownCodeRetries: RetryPolicy = { firstPauseMs: 1_000, longestPauseMs: 300_000, giveUpMs: 86_400_000 }
