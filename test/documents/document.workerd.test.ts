import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Principal } from '../../src/auth/principal.ts'
import { askDocument } from '../../src/documents/calls.ts'
import * as messages from '../../src/documents/messages.ts'
import type { Env } from '../../src/env.ts'
import { eventually } from '../support/eventually.ts'

// A document in its own object: what it holds survives a sleep, and its circle's rights reach it.

async function open(path: string, name: string) {
  const response = await exports.default.fetch(
    new Request(`https://circles.test${path}?name=${name}`, { headers: { upgrade: 'websocket' } }),
  )
  const socket = response.webSocket
  if (socket === null) throw new Error(`expected a socket, got ${response.status}`)
  const doc = new Y.Doc()
  let names: string[] = []
  socket.addEventListener('message', ({ data }) => {
    const message = data instanceof ArrayBuffer ? messages.readMessage(new Uint8Array(data)) : null
    if (message?.type === 'step2' || message?.type === 'update') Y.applyUpdate(doc, message.update)
    if (message?.type === 'awareness')
      names = message.entries.map(({ state }) => JSON.parse(state)?.user?.name).filter(name => name !== undefined)
  })
  socket.binaryType = 'arraybuffer'
  socket.accept()
  socket.send(messages.step1(Y.encodeStateVector(doc)))
  return { socket, text: () => doc.getText('content').toString(), names: () => names }
}

function written(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('content').insert(0, text)
  return messages.updateMessage(Y.encodeStateAsUpdate(doc))
}

test('a document that slept has what was written, and its sockets go on', async () => {
  const [ada, bob] = [await open('/ws/documents/sleepy/plan', 'ada'), await open('/ws/documents/sleepy/plan', 'bob')]
  ada.socket.send(written('before'))
  await eventually(() => expect(bob.text()).toBe('before'))
  const stub = env.DOCUMENTS.getByName('sleepy/plan')
  await eventually(() =>
    runInDurableObject(stub, (_, state) => {
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM document_updates').one()['n']).toBe(1)
    }),
  )
  await evictDurableObject(stub)
  ada.socket.send(written('after '))
  await eventually(() => expect([bob.text().length, bob.text().includes('after ')]).toEqual([12, true]))
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
  expect([edited.status, await edited.json()]).toEqual([200, { root: 'content', edit: 1 }])
  const list = await exports.default.fetch('https://circles.test/api/documents/listed?name=ada')
  expect(await list.json()).toMatchObject({ documents: [{ name: 'notes' }] })
})

test('an edit of an agent of the circle reaches who has the document open, with its cursor, and is undone', async () => {
  const bob = await open('/ws/documents/helped/plan', 'bob')
  const agent: Principal = { id: 'agent:owl', name: 'Owl', kind: 'person', role: 'member', expires: null }
  const ask = (request: Parameters<typeof askDocument>[3]) =>
    askDocument(env as unknown as Env, { circle: 'helped', document: 'plan' }, { ...agent, inForce: 'member' }, request)
  expect(await ask({ do: 'edit', edits: [{ old: '', new: 'from the owl' }] })).toEqual({
    value: { root: 'content', edit: 1 },
  })
  await eventually(() => expect(bob.text()).toBe('from the owl'))
  await eventually(() => expect(bob.names()).toEqual(['Owl']))
  const undo = 'https://circles.test/api/documents/helped/plan/edits/1/undo'
  const other = await exports.default.fetch(`${undo}?name=bob`, { method: 'POST' })
  expect(other.status).toBe(404)
  expect(await ask({ do: 'undo', id: 1 })).toEqual({ value: { root: 'content' } })
  await eventually(() => expect(bob.text()).toBe(''))
})
