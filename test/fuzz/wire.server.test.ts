import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, onTestFailed, test } from 'vitest'
import { eventData } from '../../src/protocol/events/events.ts'
import { assertOpen } from '../conformance/case.ts'
import { Harness, type TestSocket } from '../conformance/harness.ts'
import { check, type SeenEvent } from '../support/checker.ts'
import { faultsIn } from '../support/faults-in.ts'
import { readLog } from '../support/read-log.ts'
import { startServer } from '../support/server.ts'
import { frame } from './frames.ts'
import { wireBytes } from './wire-bytes.ts'

const frames = Number(process.env.FUZZ_WIRE ?? 3_000)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121)
const perSocket = 25

// Rate limits have tests of their own; here they would only keep the frames out.
const LIMITS = JSON.stringify({ messages_per_second: 5_000, message_burst: 10_000, bytes_per_second: 1_000_000_000 })

const attempt = fc.oneof(
  { weight: 9, arbitrary: frame.map(sent => ({ sent: typeof sent === 'string' ? sent : Buffer.from(sent) })) },
  { weight: 1, arbitrary: wireBytes.map(bytes => ({ bytes })) },
)
type Attempt = { sent: string | Buffer } | { bytes: Buffer }

test(`[E1] ${frames} frames and broken bytes on real sockets: no error is thrown, and no one else notices`, {
  timeout: 1_800_000,
}, async () => {
  onTestFailed(() => console.log(`again: FUZZ_SEED=${seed} FUZZ_WIRE=${frames}`))
  // First, because it takes long: rooms that nobody writes to meanwhile would hibernate.
  const attempts = fc.sample(attempt, { seed, numRuns: frames })
  const batches = Array.from({ length: Math.ceil(frames / perSocket) }, (_, n) =>
    attempts.slice(n * perSocket, (n + 1) * perSocket),
  )
  await using server = await startServer({ LIMITS })
  const [here, elsewhere] = ['fuzz', 'elsewhere'].map(
    circle => new Harness({ url: server.url, policy: 'open', secret: null }, circle),
  ) as [Harness, Harness]
  const [near, far] = [await joinAsBystander(here), await joinAsBystander(elsewhere)]
  const instance = await instanceOf(here)
  await instanceOf(elsewhere)

  const runBatches = async (open: Open) => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) await tryAll(() => open(here), batch)
  }
  await Promise.all(clients.map(runBatches))

  expect(await instanceOf(here)).toBe(instance)
  await instanceOf(elsewhere)
  expect(faultsIn(server.output())).toEqual([])
  const log = await readLog(`${server.url}/api/circles/fuzz`)
  await near.until(log.length)
  console.log(`${frames} frames, seed ${seed}: ${log.length} events stored`)
  expect(near.unexpected()).toEqual([])
  const readers = [{ name: 'bystander', sockets: [near.events()], caughtUp: true }]
  expect(check({ log, acked: [], readers })).toEqual([])
  expect(log.length).toBeGreaterThan(frames / 50) // otherwise the frames would only meet refusals
  expect(log.map(authorOf).filter(author => !/^(guest:(u\d+-fuzz|poster))?$/.test(author))).toEqual([])

  await far.until(2)
  const contents = far.events().map(({ data }) => data.content)
  expect([far.unexpected(), contents]).toEqual([[], ['all is well', 'all is well']])
  await Promise.all([near.socket.close(), far.socket.close()])
})

type Open = (harness: Harness) => Promise<TestSocket>

const openNative: Open = harness => harness.openNative()

// The clients that send at the same time; each opens its sockets in its own way.
const clients: Open[] = [
  openNative,
  openNative,
  openNative,
  harness => harness.openPlain(),
  harness => harness.openSocket(`/ws?circle=${harness.circle}`),
  harness => harness.openSocket('/ws/chat/pickle'),
]

/** Makes all attempts, on a new socket where one was closed, and waits until the room has processed them. */
async function tryAll(open: () => Promise<TestSocket>, attempts: Attempt[]): Promise<void> {
  let socket = await open()
  for (const attempt of attempts) {
    if (socket.closed !== null) socket = await open()
    if ('sent' in attempt) socket.send(attempt.sent)
    else await sendBrokenBytes(await open(), attempt.bytes, socket)
  }
  await waitForAnswer(socket)
  await socket.close()
}

/** Writes bytes below a socket and drops it, because whatever followed could be read as part of these bytes. */
async function sendBrokenBytes(socket: TestSocket, bytes: Buffer, other: TestSocket): Promise<void> {
  await new Promise(resolve => socket.tcp.write(bytes, resolve))
  await waitForAnswer(other)
  socket.ws.terminate()
  await socket.waitForClose()
}

/** Waits until a socket gets an answer, or is closed because of an earlier frame. */
async function waitForAnswer(socket: TestSocket): Promise<void> {
  if (socket.closed === null) await assertOpen(socket).catch(error => assert.notEqual(socket.closed, null, error))
}

/** Sends a message and returns the instance of the room that stored it. */
async function instanceOf(harness: Harness): Promise<unknown> {
  const path = `/api/circles/${harness.circle}/messages`
  const response = await harness.post(path, { content: 'all is well' }, { as: 'poster' })
  assert.equal(response.status, 201, response.text)
  return response.headers['x-circles-instance']
}

const ephemeralTypes = new Set([
  'welcome',
  'pong',
  'presence',
  'typing',
  'signal',
  'read',
  'agent_status',
  'agent_delta',
])

/** A bystander in the circle, and everything it receives. */
async function joinAsBystander(harness: Harness) {
  const socket = await harness.openNative('bystander')
  const received: SeenEvent[] = []
  socket.ws.on('message', data => received.push(...[JSON.parse(String(data))].flat()))
  const heartbeat = setInterval(() => socket.send('{"type":"ping"}'), 20_000) // a silent socket is closed after a while
  socket.ws.on('close', () => clearInterval(heartbeat))
  return {
    socket,
    until: (seq: number) => socket.next(frame => frame.seq === seq),
    events: () => received.filter(({ type }) => type in eventData),
    unexpected: () => received.filter(({ type }) => !(type in eventData || ephemeralTypes.has(type))),
  }
}

function authorOf({ data }: SeenEvent): string {
  return String(data.user_id ?? '')
}
