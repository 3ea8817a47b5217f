import { env, exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/http/app.ts'
import { eventually } from '../support/eventually.ts'
import { join } from '../support/in-worker.ts'

type Frame = { type: string; seq?: number; data: { epoch?: string; events?: { seq: number }[]; more?: boolean } }

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

const bindings: Env = env
const kilobytes30 = 'x'.repeat(30_000)

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

const seqs = (frames: Frame[]) =>
  frames.flatMap(({ type, seq, data }) =>
    type === 'history' ? (data.events ?? []).map(event => event.seq) : (seq ?? []),
  )

test('[E3] five who stop reading are closed with 4430 while the others hear everything; they resume without loss', async () => {
  const others = await Promise.all(['ada', 'bob', 'cai'].map(name => join(`/ws/circles/slow?name=${name}`)))
  const slow = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map(name => stopped('slow', name)))
  const lines = 50 // 1.5 MB for each
  for (let number = 1; number <= lines; number++) await say('slow', number)
  const all = Array.from({ length: lines }, (_, index) => index + 1)
  for (const { heard } of others) {
    await eventually(() => expect(heard.flatMap(frame => frame.seq ?? [])).toEqual(all))
  }

  for (const one of slow) one.read()
  await eventually(() => expect(slow.map(({ closed }) => closed)).toEqual(slow.map(() => [4430])))
  for (const { heard } of slow) {
    const got = seqs(heard)
    expect(got).toEqual(all.slice(0, got.length)) // what was due came, in order, before the close
    expect(got.length).toBeLessThanOrEqual(37) // 1 MiB due and one frame more
    const [welcome] = heard
    const since = `since=${got.length}&epoch=${welcome?.data.epoch}`
    const again = await join(`/ws/circles/slow?name=back&${since}`)
    await eventually(() => expect(seqs(again.heard as Frame[])).toEqual(all.slice(got.length)))
    again.webSocket.close(1000)
  }
})
