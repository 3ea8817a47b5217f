import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConnectAgentOptions, connectAgent } from '../../../src/agents/kit/connect-agent.ts'
import { aRequest } from '../../support/agents.ts'

let sockets: FakeSocket[] = []

/** The server's side of a socket. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1
  readyState = 0
  readonly sent: string[] = []
  readonly url: string
  readonly protocols: string[]

  constructor(url: string, protocols: string[]) {
    super()
    this.url = url
    this.protocols = protocols
    sockets.push(this)
  }

  send(text: string): void {
    this.sent.push(text)
  }

  /** The other side does not answer. */
  close(): void {
    this.readyState = 2
  }

  welcome(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
    this.receive({ type: 'welcome', data: {} })
  }

  receive(frame: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }))
  }

  ends(code: number): void {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }
}

beforeEach(() => {
  sockets = []
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.spyOn(Math, 'random').mockReturnValue(0) // pauses are half as long as they may be
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const options = { url: 'https://circles.example.org/', agent: 'owl', key: 'Zm9v', onTurn: async () => {} }

function connect(more: Partial<ConnectAgentOptions> = {}) {
  const agent = connectAgent({ ...options, ...more })
  return { agent, last: () => sockets.at(-1) ?? expect.fail('no socket') }
}

const ping = '{"type":"ping"}'
const pong = { type: 'pong', data: {} }
const minute = 60_000

test('[T13] a program connects with its key, says what it is, and pings every 30 s', async () => {
  const metadata = { name: 'Owl', description: 'Hoots.' }
  const { agent, last } = connect({ metadata })
  expect(last()).toMatchObject({
    url: 'wss://circles.example.org/ws/agents/owl/connect',
    protocols: ['circles.agent.v1', 'key.Zm9v'],
  })
  last().welcome()
  for (let count = 0; count < 4; count++) {
    await vi.advanceTimersByTimeAsync(30_000)
    last().receive(pong)
  }
  expect(last().sent).toEqual([JSON.stringify({ type: 'describe', data: metadata }), ping, ping, ping, ping])
  agent.close()
  last().ends(1000)
  expect([await agent.closed, sockets.length]).toEqual([1000, 1])
})

test.each([1000, 1008, 4001, 4409, 4410])('[E3] [T13] after a close with %i it stays away', async code => {
  const { agent, last } = connect()
  last().welcome()
  last().ends(code)
  expect(await agent.closed).toBe(code)
  await vi.advanceTimersByTimeAsync(10 * minute)
  expect(sockets).toHaveLength(1)
})

test.each([1001, 1006, 1009, 1011, 1012, 4408, 4429, 4999])(
  '[E3] [T13] after a close with %i it connects again, with pauses that grow to half a minute',
  async code => {
    const { agent, last } = connect()
    const pauses: number[] = []
    for (let count = 0; count < 10; count++) {
      last().ends(code)
      const before = Date.now()
      await vi.advanceTimersToNextTimerAsync()
      pauses.push(Date.now() - before)
    }
    expect(pauses).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    last().welcome()
    last().ends(code)
    await vi.advanceTimersByTimeAsync(125)
    expect(sockets).toHaveLength(12)
    agent.close()
    last().ends(1006)
  },
)

test('[T13] a server that answers no pings is gone: the program connects again, and takes no more turns from there', async () => {
  const onTurn = vi.fn(async () => {})
  const { agent, last } = connect({ onTurn })
  const first = last()
  first.welcome()
  await vi.advanceTimersByTimeAsync(minute)
  first.receive(pong) // late
  await vi.advanceTimersByTimeAsync(1.5 * minute - 1)
  expect([first.sent, first.readyState]).toEqual([[ping, ping, ping, ping], 1])
  await vi.advanceTimersByTimeAsync(1)
  expect([first.sent.length, first.readyState]).toEqual([4, 2])
  await vi.advanceTimersByTimeAsync(125)
  expect(sockets).toHaveLength(2)
  first.receive({ type: 'turn', data: { call: 'c1', request: aRequest() } })
  first.ends(1006)
  await vi.advanceTimersByTimeAsync(10 * minute)
  expect([sockets.length, onTurn.mock.calls]).toEqual([2, []])
  agent.close()
})

test('[T13] a turn is answered with its parts, and its circle is asked over the socket', async () => {
  const { agent, last } = connect({
    async onTurn({ message }, reply) {
      const found = await reply.circle.search('mice', 5)
      await reply.delta(`${found.length} mice, ${message.author.name}!`)
      await reply.circle.forget('r1')
    },
  })
  last().welcome()
  last().receive({ type: 'turn', data: { call: 'c1', request: aRequest() } })
  await vi.advanceTimersByTimeAsync(0)
  last().receive({ type: 'response', data: { call: 'c1', id: '1', value: [] } })
  await vi.advanceTimersByTimeAsync(0)
  last().receive({ type: 'response', data: { call: 'c1', id: '2', error: 'There is no such reminder.' } })
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  await vi.advanceTimersByTimeAsync(0)
  const asks = (id: string, method: string, args: unknown[]) => ({
    type: 'request',
    data: { call: 'c1', id, method, args },
  })
  const part = (data: object) => ({ type: 'part', data: { call: 'c1', part: data } })
  const sent = last().sent.map(text => JSON.parse(text))
  expect(sent.filter(({ type }) => type === 'request')).toEqual([
    asks('1', 'search', ['mice', 5]),
    asks('2', 'forget', ['r1']),
  ])
  expect(sent.filter(({ type }) => type === 'part')).toEqual([
    part({ type: 'delta', text: '0 mice, Ada!' }),
    part({ type: 'error', code: 'agent_failed', message: 'The agent failed.', retry: true }),
  ])
  expect(JSON.stringify(error.mock.calls)).toContain('There is no such reminder.')
  agent.close()
  last().ends(1000)
})

test('[T13] a turn whose socket is gone is aborted, and what it asks of its circle is refused', async () => {
  const asked: unknown[] = []
  const done = Promise.withResolvers<void>()
  const { agent, last } = connect({
    async onTurn(_, { signal, circle }) {
      const ask = () => circle.reminders().catch((error: Error) => void asked.push([signal.aborted, error.message]))
      await ask()
      await ask()
      done.resolve()
    },
  })
  last().welcome()
  last().receive({ type: 'turn', data: { call: 'c1', request: aRequest() } })
  await vi.advanceTimersByTimeAsync(0)
  last().ends(1006)
  await done.promise
  expect(asked).toEqual([
    [true, 'The connection is gone.'],
    [true, 'The connection is gone.'],
  ])
  agent.close()
  await vi.advanceTimersByTimeAsync(minute)
  expect(sockets).toHaveLength(1)
})

test('[T13] a cancel aborts the turn', async () => {
  const reason = Promise.withResolvers<unknown>()
  const { agent, last } = connect({
    async onTurn(_, { signal }) {
      signal.addEventListener('abort', () => reason.resolve(signal.reason))
      await reason.promise
    },
  })
  last().welcome()
  last().receive({ type: 'turn', data: { call: 'c1', request: aRequest() } })
  await vi.advanceTimersByTimeAsync(0)
  last().receive({ type: 'cancel', data: { call: 'c1' } })
  expect(await reason.promise).toBe('stopped')
  agent.close()
  last().ends(1000)
})

test.each(['owl.ts', 'owl.mjs', 'owl.py'])('the example %s is short', file => {
  expect(readFileSync(`examples/connected-agent/${file}`, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(30)
})
