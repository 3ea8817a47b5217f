import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, onTestFailed, test } from 'vitest'
import { eventData } from '../../src/protocol/events.ts'
import { stillOpen } from '../conformance/case.ts'
import { Lab, type Line } from '../conformance/harness.ts'
import { check, type SeenEvent } from '../support/checker.ts'
import { faultsIn } from '../support/faults-in.ts'
import { readLog } from '../support/read-log.ts'
import { startServer } from '../support/server.ts'
import { frame } from './frames.ts'
import { wireBytes } from './wire-bytes.ts'

const frames = Number(process.env.FUZZ_WIRE ?? 3_000)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121)
const perSocket = 25

// What is measured elsewhere would only keep the frames out here.
const LIMITS = JSON.stringify({ messages_per_second: 5_000, message_burst: 10_000, bytes_per_second: 1_000_000_000 })

const attempt = fc.oneof(
  { weight: 9, arbitrary: frame.map(sent => ({ sent: typeof sent === 'string' ? sent : Buffer.from(sent) })) },
  { weight: 1, arbitrary: wireBytes.map(bytes => ({ bytes })) },
)
type Attempt = { sent: string | Buffer } | { bytes: Buffer }

test(`[E1] ${frames} frames and broken bytes on real sockets: nothing is thrown, nobody else notices`, {
  timeout: 1_800_000,
}, async () => {
  onTestFailed(() => console.log(`again: FUZZ_SEED=${seed} FUZZ_WIRE=${frames}`))
  await using server = await startServer({ LIMITS })
  const [here, elsewhere] = ['fuzz', 'elsewhere'].map(
    circle => new Lab({ url: server.url, policy: 'open', secret: null }, circle),
  ) as [Lab, Lab]
  const [near, far] = [await listenIn(here), await listenIn(elsewhere)]
  const instance = await instanceOf(here)
  await instanceOf(elsewhere)

  const attempts = fc.sample(attempt, { seed, numRuns: frames })
  const batches = Array.from({ length: Math.ceil(frames / perSocket) }, (_, n) =>
    attempts.slice(n * perSocket, (n + 1) * perSocket),
  )
  const fuzzer = async (opening: Opening) => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) await tryAll(() => opening(here), batch)
  }
  await Promise.all(openings.map(fuzzer))

  expect(await instanceOf(here)).toBe(instance)
  await instanceOf(elsewhere)
  expect(faultsIn(server.output())).toEqual([])
  const log = await readLog(`${server.url}/api/circles/fuzz`)
  await near.until(log.length)
  console.log(`${frames} frames, seed ${seed}: ${log.length} events stored`)
  expect(near.foreign()).toEqual([])
  expect(check({ log, acked: [], readers: [{ name: 'bystander', sockets: [near.events()], caughtUp: true }] })).toEqual(
    [],
  )
  expect(log.length).toBeGreaterThan(frames / 50) // or the fuzz would only meet the door
  expect(log.map(authorOf).filter(author => !/^(guest:(u\d+-fuzz|say))?$/.test(author))).toEqual([])

  await far.until(2)
  expect([far.foreign(), far.events().map(({ data }) => data.content)]).toEqual([[], ['all is well', 'all is well']])
  await Promise.all([near.line.leave(), far.line.leave()])
})

type Opening = (lab: Lab) => Promise<Line>

const native: Opening = lab => lab.native()
const openings: Opening[] = [
  native,
  native,
  native,
  lab => lab.plain(),
  lab => lab.open(`/ws?circle=${lab.circle}`),
  lab => lab.open('/ws/chat/pickle'),
]

/** Sends all of it, on another socket where one was closed, and waits until the room has looked at it. */
async function tryAll(open: () => Promise<Line>, attempts: Attempt[]): Promise<void> {
  let line = await open()
  for (const attempt of attempts) {
    if (line.closed !== null) line = await open()
    if ('sent' in attempt) line.send(attempt.sent)
    else await breakOne(await open(), attempt.bytes, line)
  }
  await answers(line)
  await line.leave()
}

/** Writes bytes below a socket, which is then given up: whatever came next could be read as the rest of them. */
async function breakOne(line: Line, bytes: Buffer, other: Line): Promise<void> {
  await new Promise(resolve => line.wire.write(bytes, resolve))
  await answers(other)
  line.socket.terminate()
  await line.end()
}

/** Waits until a socket was answered, or closed for what it had sent before. */
async function answers(line: Line): Promise<void> {
  if (line.closed === null) await stillOpen(line).catch(error => assert.notEqual(line.closed, null, error))
}

async function instanceOf(lab: Lab): Promise<unknown> {
  const reply = await lab.post(`/api/circles/${lab.circle}/messages`, { content: 'all is well' }, { as: 'say' })
  assert.equal(reply.status, 201, reply.text)
  return reply.headers['x-circles-instance']
}

const ofTheMoment = new Set(['welcome', 'presence', 'typing', 'signal', 'read', 'agent_status', 'agent_delta'])

/** A bystander, and everything it hears. */
async function listenIn(lab: Lab) {
  const line = await lab.native('bystander')
  const heard: SeenEvent[] = []
  line.socket.on('message', data => heard.push(...[JSON.parse(String(data))].flat()))
  return {
    line,
    until: (seq: number) => line.next(frame => frame.seq === seq),
    events: () => heard.filter(({ type }) => type in eventData),
    foreign: () => heard.filter(({ type }) => !(type in eventData || ofTheMoment.has(type))),
  }
}

function authorOf({ data }: SeenEvent): string {
  return String(data.user_id ?? '')
}
