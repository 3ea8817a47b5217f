import * as z from 'zod/v4'
import { AgentRegistry, isAgentBound } from '../../agents/agent-registry.ts'
import type { Env } from '../../env.ts'
import { type AgentDescription, agentDescription } from '../../protocol/turns.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'

/** `GET /api/agents`: the agents that are bound to this deployment. */
export const listAgents = endpoint(
  {
    id: 'listAgents',
    method: 'get',
    path: '/api/agents',
    summary: 'List the agents',
    responses: { 200: z.object({ agents: z.array(agentDescription) }) },
  },
  async context => {
    const registry = await freshRegistry(context)
    const agents: AgentDescription[] = [...registry.ids].map(id => registry.description(id))
    return context.json({ agents }, 200)
  },
)

/** `GET /api/agents/:name`: an agent's description of itself. */
export const getAgent = endpoint(
  {
    id: 'getAgent',
    method: 'get',
    path: '/api/agents/:name',
    summary: 'Get the description of an agent',
    responses: { 200: agentDescription },
  },
  async context => {
    const registry = await freshRegistry(context)
    const id = context.req.param('name')
    return registry.ids.has(id)
      ? context.json(registry.description(id), 200)
      : failure('not_found', 'There is no such agent.')
  },
)

// Descriptions are kept from one request to the next, so that agents are not called by every request.
const registries = new WeakMap<Env, AgentRegistry>()

/** The agents that this deployment can call. */
export async function freshRegistry({ env, var: { site } }: HttpContext): Promise<AgentRegistry> {
  const registry = registries.get(env) ?? new AgentRegistry(env)
  registries.set(env, registry)
  const [connected = []] = await Promise.all([
    site.connectedAgents?.agentsOf(env, null)?.list(),
    registry.refresh(Date.now()),
  ])
  registry.connectedAre(connected.filter(({ id }) => !isAgentBound(env, id)))
  return registry
}
