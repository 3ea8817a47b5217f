import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { channelStub } from '../../src/stubs.ts'
import { connected, make, request } from '../support/connected-agent.ts'
import { member } from '../support/member.ts'

const address = { protocol: 'ai-sdk', url: 'https://agent.example.com/api/chat' }

test.each<[string, (id: string, key: string) => Promise<unknown>]>([
  ['connects', connected],
  ['is given an address', id => request('POST', `/api/agents/${id}/address`, address)],
  ['is removed', id => request('DELETE', `/api/agents/${id}`)],
])('[T13] a circle in which a turn waits for an agent is told when it %s, and is told once', async (how, change) => {
  const id = `stork-${how.length}`
  const key = await make(id)
  const name = `roof-${how.length}`
  const ada = await member(`/ws/circles/${name}`)
  const notified = await calls(name)
  const out = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network here'))
  onTestFinished(() => out.mockRestore())
  ada.command('message', { content: `@${id} hello` })
  await ada.until(({ type, data }) => type === 'agent_status' && (data as { state: string }).state === 'queued')
  await change(id, key)
  await expect.poll(() => notified()).toEqual([id])
  const other = how === 'is removed' ? await make(id) : key
  if (how === 'is given an address') await expect.poll(() => out.mock.calls.length).toBeGreaterThan(0)
  else await connected(id, other)
  expect(notified()).toEqual([id])
})

/** Watches the calls with which a circle is told that an agent is there; returns the agents that it was told of so far. */
async function calls(name: string): Promise<() => string[]> {
  const stub = channelStub(env, { kind: 'circle', name })
  return runInDurableObject(stub as unknown as DurableObjectStub, instance => {
    let owner = instance
    while (!Object.hasOwn(owner, 'agentConnected')) owner = Object.getPrototypeOf(owner)
    const spy = vi.spyOn(owner as unknown as { agentConnected(id: string): void }, 'agentConnected')
    onTestFinished(() => spy.mockRestore())
    return () => spy.mock.calls.map(([id]) => id)
  })
}
