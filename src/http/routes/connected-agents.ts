import * as z from 'zod/v4'
import { isAgentBound } from '../../agents/agent-registry.ts'
import { missingCredentials } from '../../auth/authenticate.ts'
import { roleIn } from '../../auth/grants.ts'
import { agentsResource } from '../../auth/resource.ts'
import { sha256 } from '../../lib/ids.ts'
import { isLoopback, validatePublicUrl } from '../../lib/public-url.ts'
import { type AgentAddress, agentAddress, shownAddress, withoutKey } from '../../protocol/agent-address.ts'
import { canonicalName } from '../../protocol/channels/channels.ts'
import { type ConnectedAgentInfo, connectedAgentInfo, newConnectedAgent } from '../../protocol/connected-agents.ts'
import type { ConnectedAgentEntry } from '../../rpc/connected-agents.ts'
import { type ConnectedAgentStub, connectedAgentListStub, connectedAgentStub } from '../../stubs.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { openChannelAt } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { authFailure, type Failure, failure } from '../errors.ts'

const withKey = connectedAgentInfo.extend({ key: z.string() })
const withAddress = connectedAgentInfo.extend({ address: shownAddress })
const made = z.union([withKey, withAddress])
const who = 'For owners of the deployment, and for the owners of the circle that the agent is in.'

/** `POST /api/agents`: makes an agent that connects, whose key only this response shows, or one that has an address. */
const createAgent = endpoint(
  {
    id: 'createAgent',
    method: 'post',
    path: '/api/agents',
    summary: 'Create an agent',
    description: `${who} Without \`circle\` it is in all circles. One with an \`address\` is called there; any other connects, with the key that only this response shows.`,
    body: newConnectedAgent,
    responses: { 201: made },
  },
  async context => {
    const {
      id,
      name = nameOf(id),
      description = '',
      circle = null,
      observe = false,
      address,
    } = context.req.valid('json')
    const refusal = refuseAddress(context, address)
    if (refusal !== null) return refusal
    const objects = objectsOf(context, id)
    if (objects instanceof Response) return objects
    const owner = await requireAgentOwner(context, circle)
    if (owner instanceof Response) return owner
    const entry = { id, name, description, circle: circle?.toLowerCase() ?? null, observe, creator: owner.user }
    const added = isAgentBound(context.env, id) ? 'taken' : await objects.list.add(entry)
    if (added === 'taken') return failure('conflict', `There is an agent called ${id} already.`)
    if (added === 'full') return failure('rate_limited', 'There are as many agents here as there may be.')
    const access = await giveAccess(objects.agent, entry, address)
    await owner.refresh()
    return context.json({ ...infoOf(entry), ...access }, 201)
  },
)

/** `POST /api/agents/:name/key`: gives an agent another key; the old one is void, and its socket closes. */
const replaceKey = endpoint(
  {
    id: 'replaceAgentKey',
    method: 'post',
    path: '/api/agents/:name/key',
    summary: 'Give an agent another key',
    description: `${who} The old key is void, and a socket that it opened closes with 4001. An agent with an address has none then.`,
    responses: { 201: withKey },
  },
  async context => {
    const found = await findOwned(context)
    if (found instanceof Response) return found
    return context.json({ ...infoOf(found.entry), key: await giveKey(found.agent, found.entry) }, 201)
  },
)

/** `POST /api/agents/:name/address`: gives an agent another address, or another key of its server. */
const replaceAddress = endpoint(
  {
    id: 'replaceAgentAddress',
    method: 'post',
    path: '/api/agents/:name/address',
    summary: 'Give an agent an address',
    description: `${who} It is called there from now on. A key of its own is void, and its socket closes with 4001.`,
    body: agentAddress,
    responses: { 200: withAddress },
  },
  async context => {
    const address = context.req.valid('json')
    const refusal = refuseAddress(context, address)
    if (refusal !== null) return refusal
    const found = await findOwned(context)
    if (found instanceof Response) return found
    await found.agent.callAt(found.entry, address)
    return context.json({ ...infoOf(found.entry), address: withoutKey(address) }, 200)
  },
)

/** `DELETE /api/agents/:name`: removes an agent that connects. */
const removeAgent = endpoint(
  {
    id: 'deleteAgent',
    method: 'delete',
    path: '/api/agents/:name',
    summary: 'Remove an agent that connects',
    description: `${who} Its socket closes with 4410, and turns that wait for it fail.`,
    responses: { 204: 'It is gone.' },
  },
  async context => {
    const found = await findOwned(context)
    if (found instanceof Response) return found
    await found.agent.remove()
    await found.list.drop(found.entry.id) // last, so that whoever is cut off can ask again
    await found.refresh()
    return context.body(null, 204)
  },
)

/** The endpoints of agents that connect. */
export const connectedAgentEndpoints = [createAgent, replaceKey, replaceAddress, removeAgent]

type Objects = { list: ConnectedAgentStub; agent: ConnectedAgentStub }
type Permission = { user: string; refresh(): Promise<unknown> }

function objectsOf({ env }: HttpContext, id: string): Objects | Failure {
  const list = connectedAgentListStub(env)
  const agent = connectedAgentStub(env, id)
  return list === null || agent === null
    ? failure('not_implemented', 'This server has no agents that connect: bind CONNECTED_AGENTS.')
    : { list, agent }
}

/** Finds the agent that the path names, for somebody who may change it. */
async function findOwned(
  context: HttpContext,
): Promise<(Objects & Permission & { entry: ConnectedAgentEntry }) | Failure> {
  const id = canonicalName(context.req.param('name') ?? '')
  const objects = id === null ? noAgent() : objectsOf(context, id)
  if (objects instanceof Response) return objects
  const entry = await objects.list.find(id ?? '')
  const owner = await requireAgentOwner(context, entry?.circle ?? null)
  if (owner instanceof Response) return owner
  return entry === null ? noAgent() : { ...objects, ...owner, entry }
}

/** Admits owners of `deployment:agents`, who under `open` are the programs of this machine, and the owners of the circle. */
async function requireAgentOwner(context: HttpContext, circle: string | null): Promise<Permission | Failure> {
  const { policy, caller } = context.var
  const isHere = policy.kind === 'open' && isLoopback(new URL(context.req.url).hostname)
  const isOwner = caller.by === 'token' ? roleIn(agentsResource, caller.claims.grants) === 'owner' : isHere
  const refresh = () => (circle === null ? Promise.resolve() : askCircle(context, circle))
  if (isOwner) return { user: caller.by === 'token' ? caller.claims.id : 'guest:visitor', refresh }
  if (circle === null) {
    return caller.by === 'nothing' ? authFailure(missingCredentials) : failure('forbidden', ownersOnly)
  }
  const user = await askCircle(context, circle)
  return user instanceof Response ? user : { user, refresh }
}

/** Has the circle list its agents anew. Returns who asked (user id), or the refusal: it is for its owners. */
async function askCircle(context: HttpContext, circle: string): Promise<string | Failure> {
  const name = canonicalName(circle)
  if (name === null) return failure('invalid_name', 'This is not a valid name.')
  const call = await openChannelAt(context, { kind: 'circle', name })
  if (call instanceof Response) return call
  const allowed = await callAdminIn<'agents'>(call, { do: 'agents' })
  return allowed instanceof Response ? allowed : call.caller.principal.id
}

const ownersOnly =
  'This is for owners of the deployment: send a token with {"*":"owner"} or {"deployment:agents":"owner"} in its channels.'

const noAgent = () => failure('not_found', 'There is no such agent that connects.')

function refuseAddress({ env }: HttpContext, address: AgentAddress | undefined): Failure | null {
  const problem = address === undefined ? null : validatePublicUrl(address.url, env.WEBHOOKS_LOOPBACK === 'allow')
  return problem === null ? null : failure('invalid', `\`url\`: ${problem}.`)
}

async function giveAccess(agent: ConnectedAgentStub, entry: ConnectedAgentEntry, address: AgentAddress | undefined) {
  if (address === undefined) return { key: await giveKey(agent, entry) }
  await agent.callAt(entry, address)
  return { address: withoutKey(address) }
}

async function giveKey(agent: ConnectedAgentStub, entry: ConnectedAgentEntry): Promise<string> {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const key = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
  await agent.make(entry, sha256(key))
  return key
}

function infoOf({ creator: _, ...info }: ConnectedAgentEntry): ConnectedAgentInfo {
  return info
}

/** `night-owl` is called Night Owl. */
function nameOf(id: string): string {
  const words = id.split('-').filter(word => word !== '')
  return words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
