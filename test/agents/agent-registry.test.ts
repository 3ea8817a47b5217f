import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AgentRegistry, isAgentBound } from '../../src/agents/agent-registry.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const binding = (describe: () => Promise<unknown>) => ({ describe: vi.fn(describe), turn: () => {} })
const owl = { id: 'anything', name: 'Owl', description: 'Sees in the dark.' }

test('[T1] a binding AGENT_<ID> is an agent; settings and other bindings of such a name are not', () => {
  const bound = binding(async () => owl)
  const registry = new AgentRegistry({
    AGENT_PICKLE: bound,
    AGENT_NIGHT_OWL: bound,
    AGENT_CHANNELS: bound,
    AGENT_MODEL: 'a-model',
    AGENT_: bound,
    AGENT__X: bound,
    AGENT_NOTHING: {},
    CIRCLES: bound,
  })
  expect([...registry.ids]).toEqual(['pickle', 'night-owl'])
  expect(registry.binding('night-owl')).toBe(bound)
  expect(registry.binding('owl')).toBe(null)
})

test('[T1] an agent is named after its id until it has described itself', async () => {
  const registry = new AgentRegistry({ AGENT_NIGHT_OWL: binding(async () => owl) })
  expect(registry.description('night-owl')).toEqual({ id: 'night-owl', name: 'Night Owl', description: '' })
  await registry.refresh(0)
  expect(registry.description('night-owl')).toEqual({ id: 'night-owl', name: 'Owl', description: 'Sees in the dark.' })
  expect(registry.description('not_bound')).toEqual({ id: 'not_bound', name: 'Not_bound', description: '' })
})

test('[T1] a description is cached for five minutes', async () => {
  const bound = binding(async () => owl)
  const registry = new AgentRegistry({ AGENT_OWL: bound })
  await registry.refresh(0)
  for (const now of [1, 299_999]) expect(registry.refresh(now)).toBe(null)
  expect(bound.describe).toHaveBeenCalledTimes(1)
  await registry.refresh(300_000)
  expect(bound.describe).toHaveBeenCalledTimes(2)
})

test.each([
  ['throws', () => Promise.reject(new Error('down'))],
  ['returns something invalid', async () => ({ name: 7 })],
  ['claims the name of another agent', async () => ({ id: 'x', name: 'agent:pickle', description: '' })],
])('[T1] an agent that %s keeps the name from its id', async (_, describe) => {
  const registry = new AgentRegistry({ AGENT_OWL: binding(describe) })
  await registry.refresh(0)
  expect(registry.description('owl').name).toBe('Owl')
})

test('[T1] an agent that hangs in describe() is waited for five seconds at most', async () => {
  const registry = new AgentRegistry({ AGENT_OWL: binding(() => new Promise(() => {})) })
  const refreshed = registry.refresh(0)
  await vi.advanceTimersByTimeAsync(5_000)
  await refreshed
  expect(registry.description('owl').name).toBe('Owl')
})

test('[T1] characters that hide or reorder text are removed from the name and the description', async () => {
  const description = { id: 'owl', name: '\u202eOw\u0000l', description: 'a\u001b[0mb' }
  const registry = new AgentRegistry({ AGENT_OWL: binding(async () => description) })
  await registry.refresh(0)
  expect(registry.description('owl')).toEqual({ id: 'owl', name: 'Owl', description: 'a[0mb' })
})

test('the bindings of an environment are read once, however often an agent is asked for', () => {
  let reads = 0
  const bindings = { AGENT_PICKLE: { turn: () => {} }, AGENT_MODEL: 'a model' }
  const env = new Proxy(bindings, {
    ownKeys: target => {
      reads++
      return Reflect.ownKeys(target)
    },
  })
  expect(['pickle', 'model', 'pickle', 'scribe'].map(id => isAgentBound(env, id))).toEqual([true, false, true, false])
  expect(reads).toBe(1)
})

test('[T13] an agent that is bound stays what it is, whatever connects under its id', () => {
  const bound = binding(async () => owl)
  const other = { describe: async () => owl, turn: async () => new ReadableStream<Uint8Array>() }
  const registry = new AgentRegistry({ AGENT_OWL: bound }, { binding: () => other, list: async () => [] })
  registry.connectedAre([
    { id: 'owl', name: 'Impostor', description: '' },
    { id: 'lark', name: 'Lark', description: '' },
  ])
  expect([registry.binding('owl'), registry.binding('lark')]).toEqual([bound, other])
  expect(registry.binding('owl')).toBe(bound)
  expect(['owl', 'lark'].map(id => registry.description(id).name)).toEqual(['Owl', 'Lark'])
  expect([...registry.ids]).toEqual(['owl', 'lark'])
})
