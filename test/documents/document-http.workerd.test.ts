import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import * as messages from '../../src/documents/messages.ts'
import { eventually } from '../support/eventually.ts'
import { askAs, askWith } from '../support/in-worker.ts'

// Documents over HTTP, and sockets that do not read, in the runtime.

const owner = { sub: 'olga', channels: { 'circle:*': 'owner' } }
const member = { sub: 'mia', channels: { 'circle:*': 'member' } }

/** Opens a document at y-websocket's door. `read` begins to read: until then what is sent stays in the server's buffer. */
async function open(document: string, name: string) {
  const headers = { upgrade: 'websocket' }
  const response = await exports.default.fetch(`https://circles.test/ws/documents/${document}?name=${name}`, {
    headers,
  })
  const { webSocket } = response
  if (webSocket === null) throw new Error(`expected a socket, got ${response.status}`)
  const doc = new Y.Doc()
  const closed: number[] = []
  webSocket.binaryType = 'arraybuffer'
  webSocket.addEventListener('message', ({ data }) => {
    const message = data instanceof ArrayBuffer ? messages.readMessage(new Uint8Array(data)) : null
    if (message?.type === 'step2' || message?.type === 'update') Y.applyUpdate(doc, message.update)
  })
  webSocket.addEventListener('close', ({ code }) => void closed.push(code))
  const read = () => {
    webSocket.accept()
    webSocket.send(messages.step1(Y.encodeStateVector(doc)))
  }
  return { webSocket, doc, closed, read }
}

/** Writes so many characters over HTTP. */
async function write(document: string, text: string) {
  const response = await askAs('writer', 'PATCH', `/api/documents/${document}`, { edits: [{ old: '', new: text }] })
  expect([response.status, response.text]).toMatchObject([200, expect.any(String)])
}

test('versions, suggestions, an export and an import over HTTP', async () => {
  const path = '/api/documents/over-http/plan'
  await write('over-http/plan', 'on Monday')
  const kept = await askAs('ada', 'POST', `${path}/versions`, { name: 'first' })
  expect([kept.status, kept.json]).toMatchObject([201, { name: 'first', author: 'ada' }])
  const suggested = await askAs('eve', 'PATCH', path, { edits: [{ old: 'Monday', new: 'Friday' }], suggest: true })
  expect([suggested.status, suggested.json]).toEqual([200, { root: 'content', suggestion: 1 }])
  expect((await askAs('ada', 'GET', `${path}/suggestions`)).json.suggestions).toMatchObject([
    { id: 1, author: { name: 'eve' }, edits: [{ old: 'Monday', new: 'Friday' }] },
  ])
  expect((await askAs('ada', 'POST', `${path}/suggestions/1`, { accept: true })).status).toBe(204)
  expect((await askAs('ada', 'POST', `${path}/suggestions/1`, { accept: true })).status).toBe(404)
  expect((await askAs('ada', 'GET', path)).json).toMatchObject({ root: 'content', type: 'text', text: 'on Friday' })
  const compared = await askAs('ada', 'GET', `${path}/versions/${kept.json.id}`)
  expect(compared.json).toEqual({ difference: { line: 1, removed: ['on Monday'], added: ['on Friday'] } })
  expect((await askAs('ada', 'POST', `${path}/versions/${kept.json.id}/restore`)).status).toBe(204)
  expect((await askAs('ada', 'GET', path)).json.text).toBe('on Monday')

  const exported = await exports.default.fetch(`https://circles.test${path}/export?name=ada`)
  const state = new Uint8Array(await exported.arrayBuffer())
  const copy = 'https://circles.test/api/documents/over-http/copy/import?name=ada'
  const headers = { 'content-type': 'application/octet-stream' }
  expect((await exports.default.fetch(copy, { method: 'POST', headers, body: state })).ok).toBe(true)
  expect((await askAs('ada', 'GET', '/api/documents/over-http/copy')).json.text).toBe('on Monday')
  expect((await askWith(member, 'GET', `${path}/cost`)).status).toBe(403)
  const cost = await askWith(owner, 'GET', `${path}/cost`)
  expect([cost.status, cost.json.counted.rows_written]).toEqual([200, expect.any(Number)])
  expect(cost.json.counted.rows_written).toBeGreaterThan(0)
})

test('an owner deletes a document: who has it open is closed with 4410, and nothing is left of it', async () => {
  const path = '/api/documents/deleted-one/plan'
  await write('deleted-one/plan', 'to be forgotten')
  await askAs('writer', 'POST', `${path}/versions`, { name: 'kept' })
  const ada = await open('deleted-one/plan', 'ada')
  ada.read()
  await eventually(() => expect(ada.doc.getText('content').toString()).toBe('to be forgotten'))
  expect((await askWith(member, 'DELETE', `${path}?confirm=deleted-one/plan`)).status).toBe(403)
  expect((await askWith(owner, 'DELETE', `${path}?confirm=plan`)).status).toBe(400)
  expect((await askWith(owner, 'DELETE', `${path}?confirm=deleted-one/plan`)).status).toBe(204)
  await eventually(() => expect(ada.closed).toEqual([4410]))
  expect((await askAs('ada', 'GET', path)).status).toBe(404)
  expect((await askAs('ada', 'GET', '/api/documents/deleted-one')).json).toEqual({ documents: [] })
  await write('deleted-one/plan', 'new')
  expect((await askAs('ada', 'GET', path)).json.text).toBe('new')
  expect((await askAs('ada', 'GET', `${path}/versions`)).json.versions).toEqual([])
})

test('a document goes with its circle', async () => {
  await askWith(owner, 'POST', '/api/circles', { name: 'gone-circle' })
  await write('gone-circle/plan', 'to be forgotten')
  const ada = await open('gone-circle/plan', 'ada')
  ada.read()
  expect((await askWith(owner, 'DELETE', '/api/circles/gone-circle?confirm=gone-circle')).status).toBe(204)
  await eventually(() => expect(ada.closed).toHaveLength(1))
  expect((await askAs('ada', 'GET', '/api/documents/gone-circle/plan')).status).toBe(404)
})

test('whoever stops reading is closed once more waits than one frame may have, and comes back; the others go on', async () => {
  const document = 'slow-reader/plan'
  await write(document, '.')
  const [slow, bob] = [await open(document, 'slow'), await open(document, 'bob')]
  bob.read()
  const writer = new Y.Doc()
  const text = writer.getText('other')
  const rounds = 8 // of 900 KB: more than 1 MiB and a frame of 4 MB
  for (let round = 1; round <= rounds; round++) {
    const before = Y.encodeStateVector(writer)
    writer.transact(() => {
      text.delete(0, text.length)
      text.insert(0, `${round}`.repeat(900_000))
    })
    const init = { method: 'POST', headers: { 'content-type': 'application/octet-stream' } }
    const body = new Uint8Array(Y.encodeStateAsUpdate(writer, before))
    const url = `https://circles.test/api/documents/${document}/import?name=writer`
    expect((await exports.default.fetch(url, { ...init, body })).status).toBe(204)
    await eventually(() => expect(bob.doc.getText('other').toString()).toBe(text.toString()))
  }
  slow.read()
  await eventually(() => expect(slow.closed).toEqual([1013])) // which y-websocket takes for a reason to come back
  expect(slow.doc.getText('other').toString()).not.toBe(text.toString())
  expect(bob.closed).toEqual([])
  const again = await open(document, 'slow')
  again.read()
  await eventually(() => expect(again.doc.getText('other').toString()).toBe(text.toString()))
  again.webSocket.close(1000)
  bob.webSocket.close(1000)
})
