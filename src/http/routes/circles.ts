import * as z from 'zod/v4'
import { roleIn } from '../../auth/grants.ts'
import type { ChannelKind } from '../../protocol/channels/channels.ts'
import {
  type CircleEntry,
  circleDescription,
  circleEntry,
  newCircle,
  searchPage,
} from '../../protocol/channels/circles.ts'
import { configuration } from '../../protocol/commands/commands.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { atLeast } from '../../protocol/roles.ts'
import { idText, text } from '../../protocol/text-schema.ts'
import type { IndexedCircle } from '../../rpc/directory.ts'
import { directoryStub } from '../../stubs.ts'
import { callAdmin, callAdminIn } from '../channels/admin-call.ts'
import { openChannel, openChannelAt, runCommand } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'
import { countParam } from '../middleware/validate.ts'

const pageSize = 500 // entries requested from the directory at a time

const circle = circleDescription.meta({ id: 'Circle' })

/** `GET /api/circles`: a page of the circles that the caller may know of. */
export const listCircles = endpoint(
  {
    id: 'listCircles',
    method: 'get',
    path: '/api/circles',
    summary: 'List circles',
    query: z.object({ after: idText().max(64).default(''), limit: countParam(1, 200).default(100) }),
    responses: { 200: z.object({ circles: z.array(circleEntry), more: z.boolean() }) },
  },
  async context => {
    return context.json(await readDirectory(context, context.req.valid('query')), 200)
  },
)

/** `POST /api/circles`: creates a circle; the caller owns it. */
export const createCircle = endpoint(
  {
    id: 'createCircle',
    method: 'post',
    path: '/api/circles',
    summary: 'Create a circle',
    body: newCircle,
    responses: { 201: circle },
  },
  async context => {
    const { name, region, ...configuration } = context.req.valid('json')
    const call = await openChannelAt(context, { kind: 'circle', name }, region)
    const created = await callAdminIn<'create'>(call, { do: 'create', configuration, region })
    return created instanceof Response ? created : context.json(created.value, 201)
  },
)

/** `GET /api/circles/:name`: the description of a circle. */
export const getCircle = endpoint(
  {
    id: 'getCircle',
    method: 'get',
    path: '/api/circles/:name',
    summary: 'Get a circle',
    responses: { 200: circle },
  },
  describeCircle,
)

/** `PATCH /api/circles/:name`: changes a circle's configuration. */
export const changeCircle = endpoint(
  {
    id: 'updateCircle',
    method: 'patch',
    path: '/api/circles/:name',
    summary: 'Change the settings of a circle',
    body: configuration,
    responses: { 200: circle },
  },
  async context => {
    const data = context.req.valid('json')
    const result = await runCommand(context, 'circle', { type: 'configure', id: crypto.randomUUID(), data })
    return result instanceof Response ? result : describeCircle(context)
  },
)

/** `DELETE /api/circles/:name?confirm=<name>`: deletes a circle with its log. */
export const deleteCircle = deletion('deleteCircle', '/api/circles/:name', 'circle')

/** `DELETE /api/workspaces/:name?confirm=<name>`: deletes a workspace with its log. */
export const deleteWorkspace = deletion('deleteWorkspace', '/api/workspaces/:name', 'workspace')

function deletion<Path extends `/api/${string}/:name`>(id: string, path: Path, kind: ChannelKind) {
  return endpoint(
    {
      id,
      method: 'delete',
      path,
      summary: `Delete a ${kind} with its log`,
      description: `Owners only. Repeat the name in \`confirm\`. Sockets close with 4410; the next ${kind} of this name has another epoch.`,
      query: z.object({ confirm: idText() }),
      responses: { 204: 'Nothing is left of it.' },
    },
    async context => {
      const { confirm } = context.req.valid('query')
      const call = await openChannel(context, kind)
      if (call instanceof Response) return call
      if (`${kind}:${confirm}` !== call.channel)
        return failure('invalid', `Repeat the name of the ${kind} to confirm: ?confirm=<name>.`)
      const deleted = await callAdminIn<'delete'>(call, { do: 'delete' })
      return deleted instanceof Response ? deleted : context.body(null, 204)
    },
  )
}

/** `GET /api/circles/:name/search`: the messages that contain all the words of a query. */
export const searchCircle = endpoint(
  {
    id: 'searchCircle',
    method: 'get',
    path: '/api/circles/:name/search',
    summary: 'Search the messages of a circle',
    query: z.object({
      q: z.string().min(1).max(500).pipe(text()),
      limit: countParam(1, 50).default(20),
      before: countParam(1, Number.MAX_SAFE_INTEGER).optional(),
      from: z.string().min(1).max(200).pipe(text()).optional(),
    }),
    responses: { 200: searchPage },
  },
  async context => {
    const found = await callAdmin<'search'>(context, { do: 'search', ...context.req.valid('query') })
    return found instanceof Response ? found : context.json(found.value, 200)
  },
)

async function describeCircle(context: HttpContext) {
  const described = await callAdmin<'describe'>(context, { do: 'describe' })
  return described instanceof Response ? described : context.json(described.value, 200)
}

/** Reads the circles after a name that the caller may know of, by name. */
export async function readDirectory(
  context: HttpContext,
  { after, limit }: { after: string; limit: number },
): Promise<{ circles: CircleEntry[]; more: boolean }> {
  const isVisible = visibilityFor(context)
  const directory = directoryStub(context.env)
  const visible: IndexedCircle[] = []
  for (let from: string | null = after; from !== null && visible.length <= limit; ) {
    const page: IndexedCircle[] = await directory.after(from, pageSize)
    visible.push(...page.filter(isVisible))
    from = page.length < pageSize ? null : (page.at(-1)?.name ?? null)
  }
  return { circles: visible.slice(0, limit).map(entryOf), more: visible.length > limit }
}

/**
 * Which circles the caller may know of: those that their token grants, but private ones only if they created or
 * moderate them. Guests know the public ones.
 */
function visibilityFor(context: HttpContext): (circle: IndexedCircle) => boolean {
  const { policy, caller } = context.var
  if (caller.by === 'token') {
    const { id, grants } = caller.claims
    return ({ name, visibility, creator }) => {
      const role = roleIn(`circle:${name}`, grants) ?? (policy.kind === 'open' ? 'member' : null)
      return role !== null && (visibility === 'public' || creator === id || atLeast(role, 'moderator'))
    }
  }
  const id = caller.by === 'name' ? caller.principal.id : null
  return ({ visibility, creator }) => visibility === 'public' || (creator !== null && creator === id)
}

function entryOf({ creator: _creator, created, ...entry }: IndexedCircle): CircleEntry {
  return { ...entry, created_at: timestamp(created) }
}
