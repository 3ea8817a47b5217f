import type { Refusal } from '../../protocol/errors.ts'
import type { AdminRequestName, AdminResult, AdminResults } from '../../rpc/channel.ts'
import { nothing, type Outcome } from '../outcome.ts'

/** The result of an admin request, and its outcome for the room. */
export type AdminOutcome<Name extends AdminRequestName> = { result: AdminResult<Name>; outcome: Outcome }

/** A request was carried out. */
export function ok<Name extends AdminRequestName>(
  value: AdminResults[Name],
  outcome: Outcome = nothing,
): AdminOutcome<Name> {
  return { result: { value }, outcome }
}

/** A request was refused. */
export function refused<Name extends AdminRequestName>(
  refusal: Refusal,
  outcome: Outcome = nothing,
): AdminOutcome<Name> {
  return { result: { refused: refusal }, outcome }
}
