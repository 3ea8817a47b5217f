import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AgentRegistry } from '../../src/agents/agent-registry.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const binding = (describe: () => Promise<unknown>) => ({ describe: vi.fn(describe), turn: () => {} })
const owl = { id: 'anything', name: 'Owl', description: 'Sees in the dark.' }

test('[T1] a binding AGENT_<ID> is an agent; settings and other bindings of such a name are not', () => {
  const bound = binding(async () => owl)
  const directory = new AgentRegistry({
    AGENT_PICKLE: bound,
    AGENT_NIGHT_OWL: bound,
    AGENT_CHANNELS: bound,
    AGENT_MODEL: 'a-model',
    AGENT_: bound,
    AGENT__X: bound,
    AGENT_NOTHING: {},
    CIRCLES: bound,
  })
  expect([...directory.ids]).toEqual(['pickle', 'night-owl'])
  expect(directory.binding('night-owl')).toBe(bound)
  expect(directory.binding('owl')).toBe(null)
})

test('[T1] an agent is called after its id until it has said who it is', async () => {
  const directory = new AgentRegistry({ AGENT_NIGHT_OWL: binding(async () => owl) })
  expect(directory.about('night-owl')).toEqual({ id: 'night-owl', name: 'Night Owl', description: '' })
  await directory.refresh(0)
  expect(directory.about('night-owl')).toEqual({ id: 'night-owl', name: 'Owl', description: 'Sees in the dark.' })
  expect(directory.about('not_bound')).toEqual({ id: 'not_bound', name: 'Not_bound', description: '' })
})

test('[T1] a description is asked for once in five minutes', async () => {
  const bound = binding(async () => owl)
  const directory = new AgentRegistry({ AGENT_OWL: bound })
  await directory.refresh(0)
  for (const now of [1, 299_999]) expect(directory.refresh(now)).toBe(null)
  expect(bound.describe).toHaveBeenCalledTimes(1)
  await directory.refresh(300_000)
  expect(bound.describe).toHaveBeenCalledTimes(2)
})

test.each([
  ['throws', () => Promise.reject(new Error('down'))],
  ['says nonsense', async () => ({ name: 7 })],
  ['wants to look like another', async () => ({ id: 'x', name: 'agent:pickle', description: '' })],
])('[T1] an agent that %s keeps its name', async (_, describe) => {
  const directory = new AgentRegistry({ AGENT_OWL: binding(describe) })
  await directory.refresh(0)
  expect(directory.about('owl').name).toBe('Owl')
})

test('[T1] an agent that hangs when asked who it is holds nobody up for more than five seconds', async () => {
  const directory = new AgentRegistry({ AGENT_OWL: binding(() => new Promise(() => {})) })
  const refreshed = directory.refresh(0)
  await vi.advanceTimersByTimeAsync(5_000)
  await refreshed
  expect(directory.about('owl').name).toBe('Owl')
})

test('[T1] marks that hide or reorder text do not reach a name', async () => {
  const said = { id: 'owl', name: '\u202eOw\u0000l', description: 'a\u001b[0mb' }
  const directory = new AgentRegistry({ AGENT_OWL: binding(async () => said) })
  await directory.refresh(0)
  expect(directory.about('owl')).toEqual({ id: 'owl', name: 'Owl', description: 'a[0mb' })
})
