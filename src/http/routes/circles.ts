import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { missingCredentials } from '../../auth/authenticate.ts'
import { roleIn } from '../../auth/grants.ts'
import { type CircleEntry, newCircle } from '../../protocol/circles.ts'
import { configuration } from '../../protocol/commands.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { IndexedCircle } from '../../rpc/directory.ts'
import { directoryStub } from '../../stubs.ts'
import { callAdmin, callAdminIn } from '../channels/admin-call.ts'
import { openChannelAt, runCommand } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure, methodNotAllowed } from '../errors.ts'
import { authenticateRequest, readCredentials } from '../middleware/request-guard.ts'
import { countParam, validatedBody, validatedQuery } from '../middleware/validate.ts'

export const listQuery = z.object({ after: z.string().max(64).default(''), limit: countParam(1, 200).default(100) })
export const searchQuery = z.object({ q: z.string().min(1).max(500), limit: countParam(1, 50).default(20) })
export const deleteQuery = z.object({ confirm: z.string() })

/** `/api/circles`: which there are, and what one is. */
export const circles = new Hono<HttpEnv>()
  .get('/', validatedQuery(listQuery), async context => {
    const listed = await listCircles(context, context.req.valid('query'))
    return listed instanceof Response ? listed : context.json(listed, 200)
  })
  .post('/', validatedBody(newCircle), async context => {
    const { name, ...configuration } = context.req.valid('json')
    const created = await callAdminIn<'create'>(await openChannelAt(context, { kind: 'circle', name }), {
      do: 'create',
      configuration,
    })
    return created instanceof Response ? created : context.json(created.value, 201)
  })
  .all('/', () => methodNotAllowed('GET', 'POST'))
  .get('/:name', async context => {
    const described = await callAdmin<'describe'>(context, { do: 'describe' })
    return described instanceof Response ? described : context.json(described.value, 200)
  })
  .patch('/:name', validatedBody(configuration), async context => {
    const data = context.req.valid('json')
    const asked = await runCommand(context, 'circle', { type: 'configure', id: crypto.randomUUID(), data })
    if (asked instanceof Response) return asked
    const described = await callAdmin<'describe'>(context, { do: 'describe' })
    return described instanceof Response ? described : context.json(described.value, 200)
  })
  .delete('/:name', validatedQuery(deleteQuery), async context => {
    const { confirm } = context.req.valid('query')
    if (confirm !== context.req.param('name')) return failure('invalid', 'Say the name again: ?confirm=<name>.')
    const deleted = await callAdmin<'delete'>(context, { do: 'delete' })
    return deleted instanceof Response ? deleted : context.body(null, 204)
  })
  .all('/:name', () => methodNotAllowed('GET', 'PATCH', 'DELETE'))
  .get('/:name/search', validatedQuery(searchQuery), async context => {
    const found = await callAdmin<'search'>(context, { do: 'search', ...context.req.valid('query') })
    return found instanceof Response ? found : context.json(found.value, 200)
  })
  .all('/:name/search', () => methodNotAllowed('GET'))

const pageSize = 500 // asked of the register at a time

/** Circles after a name that the sender of a request may know of, in the order of their names. */
async function listCircles(
  context: Context<HttpEnv>,
  { after, limit }: { after: string; limit: number },
): Promise<{ circles: CircleEntry[]; more: boolean } | Failure> {
  const mayKnow = await knowledgeOf(context)
  if (mayKnow instanceof Response) return mayKnow
  const register = directoryStub(context.env)
  const listed: IndexedCircle[] = []
  for (let from: string | null = after; from !== null && listed.length <= limit; ) {
    const page: IndexedCircle[] = await register.after(from, pageSize)
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
