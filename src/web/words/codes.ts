import type { WakefulCause } from '../../protocol/cost/schema.ts'
import type { RefusalCode } from '../../protocol/errors.ts'

/** The codes that have words of their own in languages other than English: of refusals, of connections and of costs. */
export type Codes = { readonly [Key in `error.${Code}` | `cause.${WakefulCause}`]: string }

type Code = Exclude<RefusalCode, `x_${string}`> | ClientCode | DoorCode
type ClientCode =
  | 'closed'
  | 'ended'
  | 'signed_out'
  | 'outbox_full'
  | 'discarded'
  | 'unreachable'
  | 'silence'
  | 'bad_gateway'
type DoorCode =
  | 'unconfigured'
  | 'missing_token'
  | 'invalid_token'
  | 'token_expired'
  | 'token_revoked'
  | 'unavailable'
  | 'invalid_name'
