import { Hono } from 'hono'
import { AgentRegistry } from '../../agents/agent-registry.ts'
import type { Env } from '../../env.ts'
import type { AgentDescription } from '../../protocol/turns.ts'
import type { HttpEnv } from '../context.ts'
import { failure, methodNotAllowed } from '../errors.ts'

/** `GET /api/agents`: the agents that are bound here, and what each says of itself. */
export const agents = new Hono<HttpEnv>()
  .get('/', async context => {
    const directory = await freshDirectory(context.env)
    const list: AgentDescription[] = [...directory.ids].map(id => directory.description(id))
    return context.json({ agents: list }, 200)
  })
  .all('/', () => methodNotAllowed('GET'))
  .get('/:name', async context => {
    const directory = await freshDirectory(context.env)
    const id = context.req.param('name')
    return directory.ids.has(id)
      ? context.json(directory.description(id), 200)
      : failure('not_found', 'There is no such agent.')
  })
  .all('/:name', () => methodNotAllowed('GET'))

// Agents are asked who they are once in a while, not by every request.
const directories = new WeakMap<Env, AgentRegistry>()

async function freshDirectory(env: Env): Promise<AgentRegistry> {
  const directory = directories.get(env) ?? new AgentRegistry(env)
  directories.set(env, directory)
  await directory.refresh(Date.now())
  return directory
}
