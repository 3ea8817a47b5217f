import type { Limits } from '../../protocol/limits.ts'
import type { Bucket, Session } from './session.ts'

/** May this frame in? `pass`, come back after a while, or leave: it was told and did not listen. */
export type FrameCheck = { verdict: 'pass' } | { verdict: 'wait'; retryAfterMs: number } | { verdict: 'flooding' }

const refusalsAllowed = 3 // within …
const refusalWindowMs = 10_000

export function fullBucket(limits: Limits, now: number): Bucket {
  return { messages: limits.message_burst, bytes: burstBytes(limits), at: now, refusals: [] }
}

// Two seconds' worth, and never less than one frame of the largest size.
function burstBytes(limits: Limits): number {
  return Math.max(limits.bytes_per_second * 2, limits.frame_bytes)
}

/** Takes one frame of `bytes` out of a session's bucket, if it holds so much. */
export function takeFromSession(session: Session, bytes: number, limits: Limits, now: number): FrameCheck {
  const bucket = session.bucket
  refill(bucket, limits, now)
  if (bucket.messages >= 1 && bucket.bytes >= bytes) {
    bucket.messages -= 1
    bucket.bytes -= bytes
    return { verdict: 'pass' }
  }
  bucket.refusals = [...bucket.refusals.filter(at => at > now - refusalWindowMs), now].slice(-refusalsAllowed)
  if (bucket.refusals.length >= refusalsAllowed) return { verdict: 'flooding' }
  const forMessages = ((1 - bucket.messages) / limits.messages_per_second) * 1000
  const forBytes = ((bytes - bucket.bytes) / limits.bytes_per_second) * 1000
  return { verdict: 'wait', retryAfterMs: Math.max(1, Math.ceil(Math.max(forMessages, forBytes))) }
}

const awakeMs = 8_000 // an object that hears nothing stays awake for 10 s (platform: lifecycle)

/** Is a bucket still worth remembering once its object may have been put to sleep? Most are full again by then. */
export function outlastsAwake({ messages, bytes }: Bucket, { verdict }: FrameCheck, limits: Limits): boolean {
  if (verdict !== 'pass') return true
  const forMessages = (limits.message_burst - messages) / limits.messages_per_second
  const forBytes = (burstBytes(limits) - bytes) / limits.bytes_per_second
  return Math.max(forMessages, forBytes) * 1_000 > awakeMs
}

function refill(bucket: Bucket, limits: Limits, now: number): void {
  const seconds = Math.max(0, now - bucket.at) / 1000
  bucket.messages = Math.min(limits.message_burst, bucket.messages + seconds * limits.messages_per_second)
  bucket.bytes = Math.min(burstBytes(limits), bucket.bytes + seconds * limits.bytes_per_second)
  bucket.at = now
}
