import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import * as messages from '../../src/documents/messages.ts'

// A document in its own object: what it holds survives a sleep, and its circle's rights reach it.

async function open(path: string, name: string) {
  const response = await exports.default.fetch(
    new Request(`https://circles.test${path}?name=${name}`, { headers: { upgrade: 'websocket' } }),
  )
  const socket = response.webSocket
  if (socket === null) throw new Error(`expected a socket, got ${response.status}`)
  const doc = new Y.Doc()
  socket.addEventListener('message', ({ data }) => {
    const message = data instanceof ArrayBuffer ? messages.readMessage(new Uint8Array(data)) : null
    if (message?.type === 'step2' || message?.type === 'update') Y.applyUpdate(doc, message.update)
  })
  socket.binaryType = 'arraybuffer'
  socket.accept()
  socket.send(messages.step1(Y.encodeStateVector(doc)))
  return { socket, text: () => doc.getText('content').toString() }
}

function written(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('content').insert(0, text)
  return messages.updateMessage(Y.encodeStateAsUpdate(doc))
}

test('a document that slept has what was written, and its sockets go on', async () => {
  const [ada, bob] = [await open('/ws/documents/sleepy/plan', 'ada'), await open('/ws/documents/sleepy/plan', 'bob')]
  ada.socket.send(written('before'))
  await vi.waitFor(() => expect(bob.text()).toBe('before'))
  const stub = env.DOCUMENTS.getByName('sleepy/plan')
  await vi.waitFor(() =>
    runInDurableObject(stub, (_, state) => {
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM document_updates').one()['n']).toBe(1)
    }),
  )
  await evictDurableObject(stub)
  ada.socket.send(written('after '))
  await vi.waitFor(() => expect([bob.text().length, bob.text().includes('after ')]).toEqual([12, true]))
  const response = await exports.default.fetch('https://circles.test/api/documents/sleepy/plan?name=ada')
  expect(await response.json()).toMatchObject({ root: 'content', type: 'text', text: bob.text() })
})

test('one segment of a path is no document, and a document is in the list of its circle', async () => {
  const upgrade = (path: string) =>
    exports.default.fetch(new Request(`https://circles.test${path}`, { headers: { upgrade: 'websocket' } }))
  for (const path of ['/ws/documents/plan', '/hocuspocus/plan', '/parties/document/plan', '/ws/documents/a/b/c']) {
    expect((await upgrade(path)).status).toBe(404)
  }
  const edited = await exports.default.fetch('https://circles.test/api/documents/listed/notes?name=ada', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"edits":[{"old":"","new":"hello"}]}',
  })
  expect([edited.status, await edited.json()]).toEqual([200, { root: 'content' }])
  const list = await exports.default.fetch('https://circles.test/api/documents/listed?name=ada')
  expect(await list.json()).toMatchObject({ documents: [{ name: 'notes' }] })
})
