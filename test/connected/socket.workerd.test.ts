import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { connected, make } from '../support/connected-agent.ts'
import { type Member, member } from '../support/member.ts'

test.each<[string, (send: (frame: string) => void) => void, number]>([
  [
    'a flood of garbage',
    send => {
      for (let n = 0; n < 300; n++) send('garbage')
    },
    4429,
  ],
  ['a frame of more than 1 MiB', send => send('x'.repeat(1_048_577)), 1009],
])('[T13] %s closes the socket, and the turn is called again', async (what, misbehave, code) => {
  const id = `vole-${code}-${what.length}`
  const key = await make(id)
  const agent = await connected(id, key)
  const ada = await member(`/ws/circles/field-${id}`)
  ada.command('message', { content: `@${id} hello` })
  await agent.next('turn')
  misbehave(frame => agent.socket.send(frame))
  expect(await agent.closed).toBe(code)
  const again = await connected(id, key)
  const { call, request } = await again.next('turn')
  expect(request).toMatchObject({ attempt: 2 })
  again.part(call, { type: 'final', content: 'Sorry.' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({ content: 'Sorry.' })
})

/** The object of an agent. */
function objectOf(id: string) {
  const { CONNECTED_AGENTS: agents } = env
  if (agents === undefined) throw new Error('expected CONNECTED_AGENTS')
  return agents.get(agents.idFromName(id))
}

/** Has the alarm of an agent's object fire at this time (ms). Returns whether one was set. */
function alarmAt(time: number, id: string): Promise<boolean> {
  vi.setSystemTime(time)
  return runDurableObjectAlarm(objectOf(id))
}

test('[T13] a program that pings, and then sends nothing for 90 s, is closed with 4408, and turns wait for the next', async () => {
  onTestFinished(() => void vi.useRealTimers())
  const key = await make('dormouse')
  const start = Date.now()
  const agent = await connected('dormouse', key)
  const sendsFrame = async () => {
    agent.socket.send('garbage')
    await agent.next('error')
  }
  agent.socket.send('{"type":"ping"}')
  await agent.next('pong')
  expect(await alarmAt(start + 85_000, 'dormouse')).toBe(true)
  await sendsFrame()
  expect(await alarmAt(start + 170_000, 'dormouse')).toBe(true)
  await sendsFrame()
  expect(await alarmAt(start + 260_000, 'dormouse')).toBe(true)
  await sendsFrame() // it is open
  expect(await alarmAt(start + 364_999, 'dormouse')).toBe(true)
  expect(await alarmAt(start + 365_000, 'dormouse')).toBe(true) // frames of 15 s are noted once
  expect(await agent.closed).toBe(4408)
  agent.socket.close(4408)
  expect(await alarmAt(start + 500_000, 'dormouse')).toBe(false)
  vi.useRealTimers()
  const ada = await member('/ws/circles/hedge')
  ada.command('message', { content: '@dormouse hello' })
  await ada.until(({ type, data }) => type === 'agent_status' && data.state === 'queued')
  const again = await connected('dormouse', key)
  const { call } = await again.next('turn')
  again.part(call, { type: 'final', content: 'I am awake.' })
  expect((await ada.until(({ type }) => type === 'agent_message'))?.data).toMatchObject({ content: 'I am awake.' })
})

test('[T13] a program that has never pinged may be silent for as long as it wants', async () => {
  onTestFinished(() => void vi.useRealTimers())
  const agent = await connected('toad', await make('toad'))
  const start = Date.now()
  for (let hour = 1; hour < 4; hour++) expect(await alarmAt(start + hour * 3_600_000, 'toad')).toBe(true)
  agent.socket.send('garbage')
  expect(await agent.next('error')).toMatchObject({ code: 'bad_frame' })
})

type Agent = Awaited<ReturnType<typeof connected>>

/** Has programs connect as one agent at once. Returns the one that stays; all others are closed with 4409. */
async function connectAtOnce(id: string, key: string, count: number): Promise<Agent> {
  const programs = await Promise.all(Array.from({ length: count }, () => connected(id, key)))
  const open = new Set(programs)
  for (const program of programs) {
    void program.closed.then(code => {
      if (code !== 4409) return
      program.socket.close(code)
      open.delete(program)
    })
  }
  await expect.poll(() => open.size).toBe(1)
  await Promise.all(programs.map(({ next }) => next('welcome')))
  const [last] = open
  if (last === undefined) throw new Error('expected one that stays')
  return last
}

test('[T3] [T13] of 8 programs that connect as one agent at once, one stays and is called, and a turn has one end, whoever takes it over', async () => {
  const key = await make('shrew')
  const first = await connectAtOnce('shrew', key, 8)
  const ada = await member('/ws/circles/bank')
  const before = await calledWith(ada, first, 1)
  first.part(before.call, { type: 'delta', text: 'lost' })
  const second = await connectAtOnce('shrew', key, 8)
  expect(await first.closed).toBe(4409)
  const { call, request: again } = await second.next('turn')
  expect(again).toMatchObject({ turn: before.turn, attempt: 2 })
  second.part(before.call, { type: 'final', content: 'I answer the call of another program.' })
  second.part(call, { type: 'delta', text: 'Squeak' })
  second.part(call, { type: 'final', content: 'Squeak.' })
  second.part(call, { type: 'final', content: 'Squeak again.' })
  await ada.until(({ type }) => type === 'agent_message')
  const { call: next } = await calledWith(ada, second, 1)
  second.part(next, { type: 'final', content: 'Next.' })
  await ada.until(({ type, data }) => type === 'agent_message' && data.content === 'Next.')
  const ends = ada.frames.filter(({ type }) => type === 'agent_message' || type === 'turn_failed')
  expect(ends.map(({ data }) => data.content)).toEqual(['Squeak.', 'Next.'])
})

/** Prompts the agent, and returns the call that this program receives. */
async function calledWith(ada: Member, agent: Agent, attempt: number) {
  ada.command('message', { content: '@shrew hello' })
  const { call, request: turn } = await agent.next('turn')
  expect(turn).toMatchObject({ attempt })
  return { call, turn: (turn as { turn: string }).turn }
}

test('[T13] an agent whose object hibernates is called over the same socket, and is replaced by the next program', async () => {
  const key = await make('shrike')
  const agent = await connected('shrike', key)
  const ada = await member('/ws/circles/thorn')
  for (const content of ['first', 'second']) {
    agent.socket.send('{"type":"ping"}')
    await agent.next('pong')
    await evictDurableObject(objectOf('shrike'))
    ada.command('message', { content: `@shrike ${content}` })
    const { call, request: turn } = await agent.next('turn')
    expect(turn).toMatchObject({ attempt: 1, asked: { content: `@shrike ${content}` } })
    agent.part(call, { type: 'final', content })
    await ada.until(({ type, data }) => type === 'agent_message' && data.content === content)
  }
  await evictDurableObject(objectOf('shrike'))
  const next = await connected('shrike', key)
  expect(await agent.closed).toBe(4409)
  agent.socket.close(4409)
  await next.next('welcome')
})

test('[T3] [T13] a turn whose circle and agent crash is called again once the agent is back, and has one end', async () => {
  const key = await make('vireo')
  const first = await connected('vireo', key)
  const ada = await member('/ws/circles/copse')
  ada.command('message', { content: '@vireo hello' })
  const lost = await first.next('turn')
  first.part(lost.call, { type: 'delta', text: 'lost' })
  await ada.until(({ type }) => type === 'agent_delta')
  await abortAllDurableObjects()
  expect(await first.closed).toBe(1006)
  const second = await connected('vireo', key)
  const back = await member('/ws/circles/copse')
  const { call, request: again } = await second.next('turn')
  expect(again).toMatchObject({ turn: (lost.request as { turn: string }).turn, attempt: 2 })
  second.part(lost.call, { type: 'final', content: 'I answer a call that is over.' })
  second.part(call, { type: 'final', content: 'Found.' })
  const end = await back.until(({ type }) => type === 'agent_message' || type === 'turn_failed')
  expect(end?.data).toMatchObject({ content: 'Found.' })
})
