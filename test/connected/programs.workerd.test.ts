import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { AgentLink } from '../../src/connected/agent-link.ts'
import { aRequest, noCircle } from '../support/agents.ts'
import { connected, make, request } from '../support/connected-agent.ts'
import { member } from '../support/member.ts'

/** What the list of agents says of one. */
async function listed(id: string): Promise<unknown> {
  const response = await request('GET', `/api/agents/${id}`)
  return response.json()
}

function objectOf(id: string) {
  const { CONNECTED_AGENTS: agents } = env
  if (agents === undefined) throw new Error('expected CONNECTED_AGENTS')
  return agents.get(agents.idFromName(id))
}

test('[T13] a program says what it is, and one that was replaced says nothing more', async () => {
  const key = await make('jay')
  const first = await connected('jay', key)
  const describe = (program: typeof first, data: object) =>
    program.socket.send(JSON.stringify({ type: 'describe', data }))
  describe(first, { name: 'Jay of the oaks' })
  await expect.poll(() => listed('jay')).toMatchObject({ name: 'Jay of the oaks' })
  const [socket] = await runInDurableObject(objectOf('jay'), (_, state) => state.getWebSockets())
  const second = await connected('jay', key)
  expect(await first.closed).toBe(4409)
  await runInDurableObject(objectOf('jay'), async (instance: DurableObject) => {
    const late = JSON.stringify({ type: 'describe', data: { name: 'Jay of nowhere' } }) // was on its way
    if (socket !== undefined) await instance.webSocketMessage?.(socket, late)
  })
  describe(second, { description: 'Hides acorns.' })
  await expect.poll(() => listed('jay')).toMatchObject({ description: 'Hides acorns.' })
  expect(await listed('jay')).toMatchObject({ name: 'Jay of the oaks' })
  expect(socket).toBeDefined()
})

test('[T3] [T13] the call of a program that leaves ends with it, and is made again when one comes back', async () => {
  const ended = endsOfCalls()
  const key = await make('finch')
  const first = await connected('finch', key)
  const ada = await member('/ws/circles/twig')
  ada.command('message', { content: '@finch hello' })
  const { call } = await first.next('turn')
  first.part(call, { type: 'delta', text: 'lost' })
  first.socket.close(1000)
  await expect.poll(ended).toBe(1) // at once, not once the agent was silent for too long
  const again = await (await connected('finch', key)).next('turn')
  expect(again.request).toMatchObject({ attempt: 2 })
})

test('[T3] [T13] the call of a program that is replaced ends at once; its late close does not end the call of the next', async () => {
  const ended = endsOfCalls()
  const key = await make('wren')
  const first = await connected('wren', key)
  const ada = await member('/ws/circles/brook')
  ada.command('message', { content: '@wren hello' })
  await first.next('turn')
  const [socket] = await runInDurableObject(objectOf('wren'), (_, state) => state.getWebSockets())
  const second = await connected('wren', key)
  expect(ended()).toBe(1)
  const { call } = await second.next('turn')
  await runInDurableObject(objectOf('wren'), async (instance: DurableObject) => {
    if (socket !== undefined) await instance.webSocketClose?.(socket, 4409, '', true)
  })
  expect([socket !== undefined, ended()]).toEqual([true, 1])
  second.part(call, { type: 'final', content: 'Tsip.' })
  await ada.until(({ type, data }) => type === 'agent_message' && data.content === 'Tsip.')
})

/** Counts how often the calls of an agent were ended since its program was gone. */
function endsOfCalls(): () => number {
  const spy = vi.spyOn(AgentLink.prototype, 'disconnected')
  onTestFinished(() => spy.mockRestore())
  return () => spy.mock.calls.length
}

test('[T14] an agent at an address of this machine is not called, however the address came to be there', async () => {
  await make('mole')
  const out = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => out.mockRestore())
  await objectOf('mole').callAt(
    { id: 'mole', name: 'Mole', description: '', circle: null, observe: false, creator: 'olga' },
    { protocol: 'ai-sdk', url: 'http://127.0.0.1:9/api/chat' },
  )
  const ada = await member('/ws/circles/tunnel')
  ada.command('message', { content: '@mole hello' })
  const failed = await ada.until(({ type }) => type === 'turn_failed')
  expect(failed?.data).toMatchObject({ agent_id: 'mole' })
  expect(out).not.toHaveBeenCalled()
})

test('[T5] [T13] a call of an agent that nobody has made fails for good', async () => {
  const stream = await objectOf('nobody').turn(aRequest({ agent: 'nobody' }), noCircle)
  const part = await new Response(stream).json()
  expect(part).toMatchObject({ type: 'error', code: 'agent_unavailable', retry: false })
})
