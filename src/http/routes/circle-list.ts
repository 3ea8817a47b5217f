import type { Context } from 'hono'
import { missingCredentials } from '../../auth/authenticate.ts'
import { roleIn } from '../../auth/grants.ts'
import type { CircleEntry } from '../../protocol/circles.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { IndexedCircle } from '../../rpc/directory.ts'
import { directoryStub } from '../../stubs.ts'
import type { HttpEnv } from '../channels/call-channel.ts'
import { type Failure, failure } from '../errors.ts'
import { authenticateRequest, readCredentials } from '../middleware/request-guard.ts'

const pageSize = 500 // asked of the register at a time

/** Circles after a name that the sender of a request may know of, in the order of their names. */
export async function listCircles(
  context: Context<HttpEnv>,
  { after, limit }: { after: string; limit: number },
): Promise<{ circles: CircleEntry[]; more: boolean } | Failure> {
  const mayKnow = await knowledgeOf(context)
  if (mayKnow instanceof Response) return mayKnow
  const directory = directoryStub(context.env)
  const listed: IndexedCircle[] = []
  for (let from: string | null = after; from !== null && listed.length <= limit; ) {
    const page: IndexedCircle[] = await directory.after(from, pageSize)
    listed.push(...page.filter(mayKnow))
    from = page.length < pageSize ? null : (page.at(-1)?.name ?? null)
  }
  return { circles: listed.slice(0, limit).map(entryOf), more: listed.length > limit }
}

/**
 * Which circles somebody may know of: those that their token names, but of private ones only those that they made or
 * moderate. Guests know the public ones.
 */
async function knowledgeOf(context: Context<HttpEnv>): Promise<((circle: IndexedCircle) => boolean) | Failure> {
  const { policy } = context.var
  const caller = await authenticateRequest(policy, readCredentials(context.req.raw), Date.now())
  if (caller instanceof Response) return caller
  if (caller.by === 'token') {
    const { id, grants } = caller.claims
    return ({ name, visibility, creator }) => {
      const role = roleIn(`circle:${name}`, grants) ?? (policy.kind === 'open' ? 'member' : null)
      return role !== null && (visibility === 'public' || creator === id || atLeast(role, 'moderator'))
    }
  }
  if (policy.kind !== 'open') return failure(missingCredentials.denied, missingCredentials.message)
  const id = caller.by === 'name' ? caller.principal.id : null
  return ({ visibility, creator }) => visibility === 'public' || (creator !== null && creator === id)
}

function entryOf({ creator: _creator, created, ...entry }: IndexedCircle): CircleEntry {
  return { ...entry, created_at: timestamp(created) }
}
