import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import { expect, test } from 'vitest'
import { writePermissionDenied } from 'y-protocols/auth'
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { writeSyncStep1, writeSyncStep2, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'
import * as messages from '../../src/documents/messages.ts'
import { hocuspocus } from '../../src/documents/wrappings.ts'

type Encoder = ReturnType<typeof createEncoder>

function written(type: number, write: (encoder: Encoder) => void): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, type)
  write(encoder)
  return toUint8Array(encoder)
}

const doc = new Y.Doc()
doc.getText('content').insert(0, 'some text')
const state = Y.encodeStateAsUpdate(doc)
const stateVector = Y.encodeStateVector(doc)

test('[Y1] messages are those of y-protocols', () => {
  expect(messages.step1(stateVector)).toEqual(written(0, encoder => writeSyncStep1(encoder, doc)))
  expect(messages.step2(state)).toEqual(written(0, encoder => writeSyncStep2(encoder, doc)))
  expect(messages.updateMessage(state)).toEqual(written(0, encoder => writeUpdate(encoder, state)))
  expect(messages.permissionDeniedMessage('no')).toEqual(written(2, encoder => writePermissionDenied(encoder, 'no')))
  expect(messages.queryAwareness()).toEqual(Uint8Array.of(3))
})

test('they are read as they were written', () => {
  expect(messages.readMessage(messages.step1(stateVector))).toEqual({ type: 'step1', stateVector })
  expect(messages.readMessage(messages.step2(state))).toEqual({ type: 'step2', update: state })
  expect(messages.readMessage(messages.updateMessage(state))).toEqual({ type: 'update', update: state })
  expect(messages.readMessage(messages.queryAwareness())).toEqual({ type: 'queryAwareness' })
})

test('awareness is that of y-protocols', () => {
  const awareness = new Awareness(doc)
  awareness.setLocalState({ user: { name: 'Ada' } })
  const clock = awareness.meta.get(doc.clientID)?.clock ?? -1
  const entries = [{ client: doc.clientID, clock, state: '{"user":{"name":"Ada"}}' }]
  const update = encodeAwarenessUpdate(awareness, [doc.clientID])
  expect(messages.awarenessMessage(entries)).toEqual(written(1, encoder => writeVarUint8Array(encoder, update)))
  expect(messages.readMessage(messages.awarenessMessage(entries))).toEqual({ type: 'awareness', entries })
  awareness.destroy()
})

test.each([
  ['nothing', []],
  ['an unknown type', [9, 1, 2]],
  ['an unknown step', [0, 7, 0]],
  ['a state vector that is shorter than it says', [0, 0, 200, 1]],
  ['a number without an end', [128, 128, 128, 128, 128, 128, 128, 128, 128, 128]],
  ['a million clients in three bytes', [1, 3, 192, 132, 61]],
  ['an awareness state that is no JSON', [1, 5, 1, 1, 1, 1, 123]],
])('%s cannot be read', (_, bytes) => {
  expect(messages.readMessage(Uint8Array.from(bytes))).toBeNull()
})

test('[Y1] Hocuspocus: the name of the document comes before each message, and the token is read from the first', () => {
  const channel = 'document:dev/plan'
  const wrapped = hocuspocus.wrap(Uint8Array.of(3), channel)
  expect(wrapped).toEqual(Uint8Array.of(8, ...new TextEncoder().encode('dev/plan'), 3))
  expect(hocuspocus.unwrap(wrapped, channel)).toEqual(Uint8Array.of(3))
  expect(hocuspocus.unwrap(wrapped, 'document:dev/other')).toBeNull()
  const token = hocuspocus.wrap(Uint8Array.of(2, 0, 3, 97, 98, 99, 5, 52, 46, 56, 46, 48), channel)
  expect(hocuspocus.readToken(token, channel)).toBe('abc')
  expect(hocuspocus.readToken(wrapped, channel)).toBeNull()
})
