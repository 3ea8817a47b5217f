import { runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { app } from '../../support/app.ts'
import { eventually } from '../../support/eventually.ts'
import { join } from '../../support/in-worker.ts'

type Frame = {
  type: string
  seq?: number
  data: { epoch?: string; events?: { seq: number }[]; limits?: { unread_bytes: number } }
}

const mib = 1_048_576
const messages = 50 // 1.5 MB for each socket
const kilobytes30 = 'x'.repeat(30_000)
const bindings: Env = env

/** A socket whose client does not read until `read` is called: what is sent to it stays buffered. */
async function openUnread(circle: string, name: string) {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': 'circles.v1' }
  const response = await exports.default.fetch(`https://circles.test/ws/circles/${circle}?name=${name}`, { headers })
  const { webSocket } = response
  if (webSocket === null) throw new Error(`the upgrade was refused: ${response.status}`)
  const frames: Frame[] = []
  const closed: number[] = []
  webSocket.addEventListener('message', ({ data }) => {
    const value = JSON.parse(String(data)) as Frame | Frame[]
    frames.push(...(Array.isArray(value) ? value : [value]))
  })
  webSocket.addEventListener('close', ({ code }) => {
    closed.push(code)
  })
  return { frames, closed, read: () => webSocket.accept() }
}

/** Posts a long message over HTTP, each time as another user, below every rate limit. */
async function postMessage(circle: string, number: number): Promise<void> {
  const body = JSON.stringify({ content: `${number} ${kilobytes30}` })
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  const response = await app.fetch(
    new Request(`https://circles.test/api/circles/${circle}/messages?name=user${number}`, init),
    bindings,
  )
  expect([response.status, await response.text()]).toMatchObject([201, expect.any(String)])
}

/** Returns the bytes that the object's sockets have not sent yet. */
function bufferedBytes(circle: string): Promise<number> {
  const stub = env.CIRCLES.get(env.CIRCLES.idFromName(circle))
  const buffered = (socket: WebSocket) => (socket as WebSocket & { bufferedAmount: number }).bufferedAmount
  return runInDurableObject(stub, (_, state) =>
    state.getWebSockets().reduce((sum, socket) => sum + buffered(socket), 0),
  )
}

const seqs = (frames: Frame[]) =>
  frames.flatMap(({ type, seq, data }) =>
    type === 'history' ? (data.events ?? []).map(event => event.seq) : (seq ?? []),
  )
const all = Array.from({ length: messages }, (_, index) => index + 1)

test('[E3] five of fifty stop reading: 4430 for them, everything for the others; bounded memory, nothing lost', async () => {
  const names = Array.from({ length: 45 }, (_, n) => `reader${n}`)
  const others = await Promise.all(names.map(name => join(`/ws/circles/slow?name=${name}`)))
  const slow = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map(name => openUnread('slow', name)))
  let mostBuffered = 0
  for (let number = 1; number <= messages; number++) {
    await postMessage('slow', number)
    // Readers have read everything; what is buffered is for those that do not read.
    for (const { frames } of others) await eventually(() => expect(seqs(frames as Frame[]).at(-1)).toBe(number))
    mostBuffered = Math.max(mostBuffered, await bufferedBytes('slow'))
  }
  for (const { frames, closes } of others) {
    expect([seqs(frames as Frame[]), closes]).toEqual([all, []])
  }
  console.log(`most that was buffered for the five together: ${mostBuffered} bytes`)
  const frameBytes = 31_000
  expect(mostBuffered).toBeGreaterThan(slow.length * mib * 0.9) // they are not closed before
  expect(mostBuffered).toBeLessThanOrEqual(slow.length * (mib + frameBytes))

  for (const one of slow) one.read()
  await eventually(() => expect(slow.map(({ closed }) => closed)).toEqual(slow.map(() => [4430])))
  for (const { frames } of slow) {
    const received = seqs(frames)
    expect(received).toEqual(all.slice(0, received.length)) // what was buffered was received, in order, before the close
    expect(received.length).toBeLessThanOrEqual(37) // 1 MiB buffered and one frame more
    const since = `since=${received.length}&epoch=${frames[0]?.data.epoch}`
    const again = await join(`/ws/circles/slow?name=back&${since}`)
    await eventually(() => expect(seqs(again.frames as Frame[])).toEqual(all.slice(received.length)))
    again.webSocket.close(1000)
  }
})

test('[E3] a session 256 KiB behind receives no ephemeral frames, only events; others receive both', async () => {
  const [ada, bob] = [await join('/ws/circles/behind?name=ada'), await join('/ws/circles/behind?name=bob')]
  const slow = await openUnread('behind', 'slow')
  const signal = (name: string) => JSON.stringify({ type: 'signal', id: name, data: { name, value: 1 } })
  ada.webSocket.send(signal('before'))
  await eventually(() => expect(bob.frames.some(({ data }) => data.name === 'before')).toBe(true))
  for (let number = 1; number <= 10; number++) await postMessage('behind', number)
  ada.webSocket.send(signal('after'))
  await eventually(() => expect(bob.frames.some(({ data }) => data.name === 'after')).toBe(true))
  await postMessage('behind', 11)
  slow.read()
  await eventually(() => expect(seqs(slow.frames)).toEqual(all.slice(0, 11)))
  expect(slow.frames.filter(({ type }) => type === 'signal')).toMatchObject([{ data: { name: 'before' } }])
  expect(slow.closed).toEqual([])
  expect(slow.frames[0]?.data.limits?.unread_bytes).toBe(0) // this runtime reports bufferedAmount
})
