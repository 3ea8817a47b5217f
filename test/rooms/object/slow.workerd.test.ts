import { runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { app } from '../../../src/http/app.ts'
import { eventually } from '../../support/eventually.ts'
import { join } from '../../support/in-worker.ts'

type Frame = {
  type: string
  seq?: number
  data: { epoch?: string; events?: { seq: number }[]; limits?: { unread_bytes: number } }
}

const mib = 1_048_576
const lines = 50 // 1.5 MB for each
const kilobytes30 = 'x'.repeat(30_000)
const bindings: Env = env

/** A socket whose client end does not read until `read` is called: what is sent to it stays due. */
async function stopped(circle: string, name: string) {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': 'circles.v1' }
  const response = await exports.default.fetch(`https://circles.test/ws/circles/${circle}?name=${name}`, { headers })
  const { webSocket } = response
  if (webSocket === null) throw new Error(`the upgrade was refused: ${response.status}`)
  const heard: Frame[] = []
  const closed: number[] = []
  webSocket.addEventListener('message', ({ data }) => {
    const value = JSON.parse(String(data)) as Frame | Frame[]
    heard.push(...(Array.isArray(value) ? value : [value]))
  })
  webSocket.addEventListener('close', ({ code }) => {
    closed.push(code)
  })
  return { heard, closed, read: () => webSocket.accept() }
}

/** Somebody says a long line over HTTP, each time somebody else: no single measure is used up. */
async function say(circle: string, number: number): Promise<void> {
  const body = JSON.stringify({ content: `${number} ${kilobytes30}` })
  const given = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  const response = await app.fetch(
    new Request(`https://circles.test/api/circles/${circle}/messages?name=user${number}`, given),
    bindings,
  )
  expect([response.status, await response.text()]).toMatchObject([201, expect.any(String)])
}

/** What the object's sockets have not taken, all together (bytes). */
function bytesDue(circle: string): Promise<number> {
  const stub = env.CIRCLES.get(env.CIRCLES.idFromName(circle))
  const due = (socket: WebSocket) => (socket as WebSocket & { bufferedAmount: number }).bufferedAmount
  return runInDurableObject(stub, (_, state) => state.getWebSockets().reduce((sum, socket) => sum + due(socket), 0))
}

const seqs = (frames: Frame[]) =>
  frames.flatMap(({ type, seq, data }) =>
    type === 'history' ? (data.events ?? []).map(event => event.seq) : (seq ?? []),
  )
const all = Array.from({ length: lines }, (_, index) => index + 1)

test('[E3] five of fifty stop reading: 4430 for them, everything for the others; bounded memory, nothing lost', async () => {
  const names = Array.from({ length: 45 }, (_, n) => `reader${n}`)
  const others = await Promise.all(names.map(name => join(`/ws/circles/slow?name=${name}`)))
  const slow = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map(name => stopped('slow', name)))
  let mostDue = 0
  for (let number = 1; number <= lines; number++) {
    await say('slow', number)
    // Who reads has read all that was said; what is due is due to those who do not.
    for (const { heard } of others) await eventually(() => expect(seqs(heard as Frame[]).at(-1)).toBe(number))
    mostDue = Math.max(mostDue, await bytesDue('slow'))
  }
  for (const { heard, closes } of others) {
    expect([seqs(heard as Frame[]), closes]).toEqual([all, []])
  }
  console.log(`most that was due to the five together: ${mostDue} bytes`)
  const aFrame = 31_000
  expect(mostDue).toBeGreaterThan(slow.length * mib * 0.9) // they are not let go before
  expect(mostDue).toBeLessThanOrEqual(slow.length * (mib + aFrame))

  for (const one of slow) one.read()
  await eventually(() => expect(slow.map(({ closed }) => closed)).toEqual(slow.map(() => [4430])))
  for (const { heard } of slow) {
    const got = seqs(heard)
    expect(got).toEqual(all.slice(0, got.length)) // what was due came, in order, before the close
    expect(got.length).toBeLessThanOrEqual(37) // 1 MiB due and one frame more
    const since = `since=${got.length}&epoch=${heard[0]?.data.epoch}`
    const again = await join(`/ws/circles/slow?name=back&${since}`)
    await eventually(() => expect(seqs(again.heard as Frame[])).toEqual(all.slice(got.length)))
    again.webSocket.close(1000)
  }
})

test('[E3] to who is 256 KiB behind the moment is not told, the log is; others hear of both', async () => {
  const [ada, bob] = [await join('/ws/circles/behind?name=ada'), await join('/ws/circles/behind?name=bob')]
  const slow = await stopped('behind', 'slow')
  const signal = (name: string) => JSON.stringify({ type: 'signal', id: name, data: { name, value: 1 } })
  ada.webSocket.send(signal('before'))
  await eventually(() => expect(bob.heard.some(({ data }) => data.name === 'before')).toBe(true))
  for (let number = 1; number <= 10; number++) await say('behind', number)
  ada.webSocket.send(signal('after'))
  await eventually(() => expect(bob.heard.some(({ data }) => data.name === 'after')).toBe(true))
  await say('behind', 11)
  slow.read()
  await eventually(() => expect(seqs(slow.heard)).toEqual(all.slice(0, 11)))
  expect(slow.heard.filter(({ type }) => type === 'signal')).toMatchObject([{ data: { name: 'before' } }])
  expect(slow.closed).toEqual([])
  expect(slow.heard[0]?.data.limits?.unread_bytes).toBe(0) // this runtime tells by itself what is due
})
