import * as z from 'zod/v4'
import { directChannelName, pairChannelName } from '../../auth/resource.ts'
import { agentOf, type ChannelKindDefinition, defaultKind } from '../../protocol/channels/channel-kinds.ts'
import { canonicalName, nameAtDoor, parseChannel } from '../../protocol/channels/channels.ts'
import { type DirectChat, directSchemas } from '../../protocol/direct.ts'
import type { DirectPerson, DirectRequest, DirectState } from '../../rpc/direct.ts'
import { inboxStub } from '../../stubs.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { openChannelAt } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'
import { freshRegistry } from './agents.ts'
import { inboxOf } from './inbox.ts'

const kind: ChannelKindDefinition = defaultKind
const maxListed = 200 // of the channels where the caller came last
const maxAsked = 20 // circles that both have been to
const agentPrefix = 'agent:'

/** `/api/direct`: private chats of two people, and of a person with an agent. */
export const directEndpoints = () => {
  const { chat, begin, change } = directSchemas()
  return [
    endpoint(
      {
        id: 'beginDirectChat',
        method: 'post',
        path: '/api/direct',
        summary: 'Begin a private chat',
        description:
          'With a person (`user`: their id) with whom you share a circle in which you may write, or with an agent (`agent:pickle`). `circle` names one that you share; without it, those are asked in which both of you have been. What exists is returned. 403 `blocked`: they take no messages of yours.',
        body: begin,
        responses: { 200: chat },
      },
      async context => {
        const me = personOf(context)
        if (me instanceof Response) return me
        const { user, circle } = context.req.valid('json')
        if (user === me.id) return failure('invalid', 'A private chat needs two people.')
        const found = user.startsWith(agentPrefix)
          ? await withAgent(context, me, user.slice(agentPrefix.length))
          : await withPerson(context, me, { user, circle })
        return found instanceof Response ? found : context.json(found, 200)
      },
    ),
    endpoint(
      {
        id: 'listDirectChats',
        method: 'get',
        path: '/api/direct',
        summary: 'List your private chats',
        description: 'The latest first, among the 200 channels where you came last. Guests have no such list.',
        responses: { 200: z.object({ chats: z.array(chat) }) },
      },
      async context => {
        const inbox = inboxOf(context)
        if (inbox instanceof Response) return inbox
        const names = (await inbox.visits(maxListed)).flatMap(channel => privateNameIn(channel) ?? [])
        const chats = await Promise.all(names.map(name => describe(context, name)))
        return context.json({ chats: chats.filter(found => !(found instanceof Response)) }, 200)
      },
    ),
    endpoint(
      {
        id: 'getDirectChat',
        method: 'get',
        path: '/api/direct/:name',
        summary: 'Get a private chat',
        description: 'Who the other one is, and whether you have blocked them.',
        responses: { 200: chat },
      },
      async context => {
        const name = kind.privateName(context.req.param('name'))
        const found = name === null ? noSuchChat() : await describe(context, name)
        return found instanceof Response ? found : context.json(found, 200)
      },
    ),
    endpoint(
      {
        id: 'updateDirectChat',
        method: 'patch',
        path: '/api/direct/:name',
        summary: 'Block a private chat, or take that back',
        description: 'While one of the two has blocked it, both are refused with 403 `blocked` when they write.',
        body: change,
        responses: { 200: chat },
      },
      async context => {
        const name = kind.privateName(context.req.param('name'))
        if (name === null || !kind.isPair(name)) return noSuchChat()
        const { blocked } = context.req.valid('json')
        const found = await ask(context, name, { do: 'block', blocked })
        return found instanceof Response ? found : context.json(found, 200)
      },
    ),
  ]
}

const noSuchChat = (): Failure => failure('not_found', 'There is no such chat.')

/** Who asks; a guest without a name is nobody. */
function personOf({ var: { caller } }: HttpContext): DirectPerson | Failure {
  if (caller.by === 'token') return { id: caller.claims.id, name: caller.claims.name }
  if (caller.by === 'name') return { id: caller.principal.id, name: caller.principal.name }
  return failure('forbidden', 'A private chat needs a name or a token.')
}

async function withAgent(context: HttpContext, me: DirectPerson, raw: string): Promise<DirectChat | Failure> {
  const id = canonicalName(raw)
  if (id === null || !(await freshRegistry(context)).ids.has(id))
    return failure('not_found', 'There is no such agent here.')
  return describe(context, await directChannelName(id, me.id))
}

type Wanted = { user: string; circle: string | undefined }

async function withPerson(context: HttpContext, me: DirectPerson, wanted: Wanted): Promise<DirectChat | Failure> {
  const name = await pairChannelName(me.id, wanted.user)
  const known = await ask(context, name, { do: 'describe' })
  const other = known instanceof Response ? await findShared(context, me.id, wanted) : known.user
  if (other instanceof Response) return other
  return ask(context, name, { do: 'begin', people: [me, other] })
}

/** The other one, as a circle knows them that both share; or the refusal. */
async function findShared(context: HttpContext, me: string, wanted: Wanted): Promise<DirectPerson | Failure> {
  const { user, circle } = wanted
  const name = circle === undefined ? null : canonicalName(circle)
  if (circle !== undefined && name === null) return failure('invalid_name', 'This is not the name of a circle.')
  for (const each of name === null ? await sharedVisits(context, me, user) : [name]) {
    const request: DirectRequest = { do: 'find', user }
    const call = await openChannelAt(context, { kind: kind.kind, name: each })
    const answer = await callAdminIn<'component'>(call, { do: 'component', name: 'direct', request })
    if (!(answer instanceof Response) && answer.value !== null) return answer.value as DirectPerson
  }
  return failure('forbidden', 'You may begin a private chat with people of your circles.')
}

/** The circles in which both have been, those of the caller first that they came to last. */
async function sharedVisits({ env }: HttpContext, me: string, user: string): Promise<string[]> {
  const [mine = [], theirs = []] = await Promise.all([me, user].map(id => inboxStub(env, id)?.visits(maxListed)))
  return mine
    .filter(channel => theirs.includes(channel) && privateNameIn(channel) === null)
    .flatMap(channel => (channel.startsWith(`${kind.kind}:`) ? channel.slice(kind.kind.length + 1) : []))
    .slice(0, maxAsked)
}

/** The name of a private chat among the channels where somebody has been, or null: it is another channel. */
function privateNameIn(channel: string): string | null {
  const address = parseChannel(channel, new Map([[kind.kind, kind]]), nameAtDoor)
  return address === null ? null : kind.privateName(address.name)
}

/** A private chat as the caller sees it, or why they do not. */
async function describe(context: HttpContext, name: string): Promise<DirectChat | Failure> {
  const agent = agentOf(name)
  if (agent === null) return ask(context, name, { do: 'describe' })
  const call = await openChannelAt(context, { kind: kind.kind, name })
  if (call instanceof Response) return call
  const registry = await freshRegistry(context)
  const shown = registry.ids.has(agent) ? registry.description(agent).name : agent
  const user = { id: `${agentPrefix}${agent}`, name: shown }
  return { channel: call.channel, user, blocked: false }
}

/** Asks the private chat of two people. Beginning it brings it into existence, and lets the one who begins it in. */
async function ask(context: HttpContext, name: string, request: DirectRequest): Promise<DirectChat | Failure> {
  const begins = request.do === 'begin'
  const call = await openChannelAt(context, { kind: kind.kind, name })
  const more = { name: 'direct', request, ...(begins && { creates: true, admits: true }) }
  const answer = await callAdminIn<'component'>(call, { do: 'component', ...more })
  if (answer instanceof Response || call instanceof Response) return answer as Failure
  return { channel: call.channel, ...(answer.value as DirectState) }
}
