import type { Context } from 'hono'
import { admit } from '../auth/admit.ts'
import { isDenied } from '../auth/denied.ts'
import { visitor } from '../auth/guests.ts'
import { type Caller, type Credentials, idOf, missing } from '../auth/identify.ts'
import { isLoopback } from '../auth/origin.ts'
import { statsPlace } from '../auth/place.ts'
import type { Configured } from '../auth/policy.ts'
import type { Principal } from '../auth/principal.ts'
import { showToken } from '../passes/show.ts'
import type { Http } from './api.ts'
import { callerOf } from './entrance.ts'
import { type Failure, failure } from './errors.ts'

/** Somebody who owns the deployment, and how they said so. */
export type Owner = { principal: Principal; caller: Caller }

/**
 * Lets those in who own the deployment: by a token that grants `owner` in `deployment:stats`, as `{"*":"owner"}` does.
 * Under `open` there is nobody but this machine's own guests, and they may look; but only at a loopback address.
 */
export async function ownerOf(
  context: Context<Http>,
  policy: Configured,
  given: Credentials,
): Promise<Owner | Failure> {
  context.set('channel', statsPlace)
  const caller = await callerOf(policy, given, Date.now())
  if (caller instanceof Response) return caller
  context.set('who', idOf(caller))
  const isOwn = policy.kind === 'open' && isLoopback(new URL(context.req.url).hostname)
  if (caller.by === 'nothing') return isOwn ? { principal: visitor, caller } : failure(missing.denied, missing.message)
  const principal = await admit(policy, caller, statsPlace)
  if (isDenied(principal)) return failure(principal.denied, principal.message)
  if (principal.role !== 'owner' && !isOwn) return failure('forbidden', notYours)
  const revoked = await showToken(context.env, principal, statsPlace)
  return revoked === null ? { principal, caller } : failure(revoked.denied, revoked.message)
}

const notYours =
  'This is for owners of the deployment: a token whose channels say {"*":"owner"} or {"deployment:stats":"owner"}.'
