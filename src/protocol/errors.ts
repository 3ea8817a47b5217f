import { z } from 'zod'

/** What a socket can be told when something it asked for was not done. */
export const errorCode = z.enum([
  'bad_frame',
  'unknown_type',
  'too_large',
  'too_deep',
  'empty',
  'invalid',
  'conflict',
  'forbidden',
  'banned', // at the door only: whoever is banned has no socket
  'read_only',
  'not_found',
  'rate_limited',
  'paused',
  'agent_unavailable',
  'unauthenticated',
  'internal',
])
export type ErrorCode = z.infer<typeof errorCode>

/** A refusal is data: it goes to the one who asked and changes nothing. */
export type Refusal = { code: ErrorCode; message: string; retry_after_ms?: number }

/** The body of every HTTP error. */
export type HttpErrorBody = { error: { code: string; message: string } }
