import { expect, test, vi } from 'vitest'
import { createClient, tabSharing } from '../../src/client/create-client.ts'
import { OnDemand } from '../../src/client/on-demand.ts'
import { idle } from '../../src/client/transport/connection.ts'
import { DeferredTransport } from '../../src/client/transport/deferred-transport.ts'
import type { Transport } from '../../src/client/transport/transport.ts'
import { flowControl } from '../../src/client/transport/websocket-transport.ts'
import { limits } from '../../src/protocol/limits.ts'
import { fakePlatform, fakeTabs, settled } from './fake-platform.ts'
import { type FakeRoom, fakeRoom } from './fake-room.ts'
import { setUpCircle } from './fixtures.ts'

function deferred() {
  const { promise, resolve } = Promise.withResolvers<Transport>()
  const calls: string[] = []
  const own: Transport = {
    connection: { ...idle, phase: 'live' },
    start: () => void calls.push('start'),
    stop: () => void calls.push('stop'),
    ping: () => void calls.push('ping'),
    send: () => true,
    waitMs: () => 7,
  }
  const load = vi.fn(() => promise)
  const phases: string[] = []
  const onConnectionChange = ({ phase }: { phase: string }) => void phases.push(phase)
  const transport = new DeferredTransport({ now: () => 5, load, onConnectionChange })
  return { transport, resolve: () => resolve(own), calls, load, phases }
}

test('a module is loaded once, and again after a failure', async () => {
  const load = vi.fn().mockRejectedValueOnce(new Error('offline')).mockResolvedValue('module')
  const onDemand = new OnDemand<string>(load)
  await expect(onDemand.load()).rejects.toThrow('offline')
  expect(onDemand.module).toBeNull()
  expect(await Promise.all([onDemand.load(), onDemand.load()])).toEqual(['module', 'module'])
  expect([onDemand.module, load.mock.calls.length]).toEqual(['module', 2])
})

test('a transport whose code is loading is authorizing, and starts when the code is there', async () => {
  const { transport, resolve, calls, load, phases } = deferred()
  expect([
    transport.connection,
    transport.send({ text: '', key: '' }),
    transport.waitMs({ text: '', key: '' }),
  ]).toEqual([idle, false, 0])
  transport.start()
  transport.start()
  transport.ping()
  expect(transport.connection).toMatchObject({ phase: 'authorizing', since: 5, downSince: 5 })
  resolve()
  await settled()
  transport.ping()
  expect([calls, load.mock.calls.length, new Set(phases)]).toEqual([['start', 'ping'], 1, new Set(['authorizing'])])
  expect([transport.connection.phase, transport.send({ text: '', key: '' })]).toEqual(['live', true])
  transport.stop()
  expect(calls.at(-1)).toBe('stop')
})

test('a transport that is stopped while its code loads does not start', async () => {
  const { transport, resolve, calls, phases } = deferred()
  transport.start()
  transport.stop()
  resolve()
  await settled()
  expect([calls, phases]).toEqual([[], ['authorizing', 'idle']])
  transport.start()
  expect(calls).toEqual(['start'])
})

test('a tab has a socket of its own if the code for sharing cannot be loaded', async () => {
  vi.spyOn(tabSharing, 'module', 'get').mockReturnValue(null)
  vi.spyOn(tabSharing, 'load').mockRejectedValue(new Error('offline'))
  const room = fakeRoom(run => void platform.after(1, run))
  const platform = fakePlatform({ socket: room.socket, tabs: fakeTabs(() => platform).join() })
  const circle = createClient('http://circles.test', { name: 'ada', platform }).circle('lobby')
  circle.subscribe(() => {})
  await platform.advance(20)
  expect(circle.state.connection.phase).toBe('live')
  vi.restoreAllMocks()
})

test('mentions are counted once their reader is loaded; without an @ it is not', async () => {
  const { mentionReader } = await import('../../src/client/state/unread.ts')
  const loaded = vi.spyOn(mentionReader, 'module', 'get').mockReturnValue(null)
  const load = vi.spyOn(mentionReader, 'load')
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.post('hello')
  await platform.advance(10)
  expect([circle.state.unread, load.mock.calls.length]).toEqual([{ count: 1, mentions: 0, first: 1 }, 0])
  const listener = vi.fn()
  circle.subscribe(listener)
  room.post('and @ada?')
  await platform.advance(10)
  loaded.mockRestore()
  await mentionReader.load()
  await settled()
  expect(circle.state.unread).toEqual({ count: 2, mentions: 1, first: 1 })
  expect(listener).toHaveBeenCalledTimes(2)
})

const receipts = ({ peers }: FakeRoom) =>
  peers.flatMap(({ received }) => received.filter(({ type }) => type === 'recv'))

test('[E3] what was received is reported to a server that asks for it, and code for that is loaded for no other', async () => {
  const load = vi.spyOn(flowControl, 'load')
  const { platform, room, open } = setUpCircle()
  room.limits = { ...limits, unread_bytes: 0 }
  await open()
  room.post('hello')
  await platform.advance(60_000)
  expect([receipts(room), load.mock.calls.length]).toEqual([[], 0])
  room.limits = limits
  room.peers[0]?.close(1012)
  await platform.advance(60_000)
  room.post('hello again')
  await platform.advance(60_000)
  expect(receipts(room).at(-1)).toMatchObject({ type: 'recv', data: { seq: 2 } })
  load.mockRestore()
})

test('[E3] a client works on where the code for reports cannot be loaded', async () => {
  const load = vi.spyOn(flowControl, 'load').mockRejectedValue(new Error('offline'))
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.post('hello')
  await platform.advance(60_000)
  expect([receipts(room), circle.state.entries.length, load.mock.calls.length]).toEqual([[], 1, 1])
  load.mockRestore()
})
