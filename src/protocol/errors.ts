import * as z from 'zod/v4'

/** The codes of refusals. */
export const errorCode = z.enum([
  'bad_frame',
  'unknown_type',
  'too_large',
  'too_deep',
  'empty',
  'invalid',
  'conflict',
  'forbidden',
  'blocked', // the other of two people takes no messages in their private chat
  'banned', // only when connecting: a banned user has no socket
  'read_only',
  'not_found',
  'rate_limited',
  'loop_guard', // programs that come as users answered each other too often
  'paused',
  'agent_unavailable',
  'unauthenticated',
  'ambiguous_root', // of a document: this and the following three
  'unsupported_root',
  'no_match',
  'not_unique',
  'files_unavailable', // this deployment keeps no files
  'internal',
])
/** The type of `errorCode`. */
export type ErrorCode = z.infer<typeof errorCode>

/** A code of one's own: `x_` and lower case. */
export type OwnErrorCode = `x_${string}`
/** A code of one's own. */
export const ownErrorCode = z.string().regex(/^x_[a-z_]+$/) as unknown as z.ZodType<OwnErrorCode, OwnErrorCode>

/** The codes of refusals, ours and one's own. */
export const refusalCode = z.union([errorCode, ownErrorCode])
/** The type of `refusalCode`. */
export type RefusalCode = ErrorCode | OwnErrorCode

/** A refusal, which is data: its sender receives it, and nothing changes. */
export type Refusal = { code: RefusalCode; message: string; retry_after_ms?: number }

/** The refusal of somebody who asks for a channel that does not exist, or that is private and not theirs. */
export function noSuchChannel(channel: string): Refusal {
  return { code: 'not_found', message: `The channel ${channel} does not exist yet.` }
}

/** The body of every HTTP error. */
export type HttpErrorBody = { error: { code: string; message: string } }
