import type { CloseName } from '../../protocol/close-codes.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { fits } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { refusal } from '../effects.ts'
import { outlastsAwake, takeFromSession } from './frame-check.ts'
import type { Session } from './session.ts'

/** What becomes of a frame before anybody looks into it. */
export type FrameVerdict = { text: string } | { refused: Refusal } | { over: [CloseName, string] }

/** Judges a frame by its size and by how much came lately: from its socket, from its user, into this channel. */
export function checkFrame(
  context: RoomContext,
  session: Session,
  frame: string | ArrayBuffer,
  now: number,
): FrameVerdict {
  const { limits, touched } = context
  const bytes = typeof frame === 'string' ? frame.length : frame.byteLength
  if (bytes > limits.drop_bytes || (typeof frame === 'string' && !fits(frame, limits.drop_bytes)))
    return { over: ['tooBig', 'the frame is too big'] }
  const admission = takeFromSession(session, Math.min(bytes, limits.frame_bytes), limits, now)
  if (outlastsAwake(session.bucket, admission, limits)) touched.add(session)
  if (admission.verdict === 'flooding') return { over: ['flooding', 'too fast: come back in 10 s'] }
  const waitMs = admission.verdict === 'wait' ? admission.retryAfterMs : paced(context, session, now)
  if (waitMs > 0) return { refused: rateLimited(waitMs) }
  if (typeof frame !== 'string') return unread(session, refusal('bad_frame', 'frames are text'))
  if (fits(frame, limits.frame_bytes)) return { text: frame }
  return unread(session, refusal('too_large', `a frame is at most ${limits.frame_bytes} bytes`))
}

// Those who have yet to say who they are have no name in common to be counted under.
function paced({ pace }: RoomContext, { principal }: Session, now: number): number {
  return principal === null ? 0 : pace.take(principal.id, now)
}

export function rateLimited(waitMs: number): Refusal {
  return { ...refusal('rate_limited', 'too fast'), retry_after_ms: waitMs }
}

// From somebody who has yet to say who they are, a frame that cannot be read says just as little as silence (A4).
function unread(session: Session, why: Refusal): FrameVerdict {
  return session.principal === null ? { over: ['unauthenticated', 'say who this is first'] } : { refused: why }
}
