import { createEncoder, toUint8Array, writeUint8Array, writeVarUint } from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import * as messages from '../../src/documents/messages.ts'
import { type RandomChoices, randomChoices } from '../../src/testing/random.ts'
import { DocumentRoom } from './document-room.ts'
import { type DocumentDialect, Replica } from './replica.ts'

const dialects: readonly DocumentDialect[] = ['yjs', 'hocuspocus', 'documents']
const seed = Number(process.env.DOCUMENT_SEED ?? Date.now() % 1_000_000)
const frames = Number(process.env.DOCUMENT_FRAMES ?? 400) // at each door

type Scene = { room: DocumentRoom; eve: Replica; bob: Replica }

/** Bob writes; Eve is about to do harm. */
function scene(dialect: DocumentDialect): Scene {
  const limits = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9 }
  const room = new DocumentRoom({ limits })
  const bob = new Replica(room, 'bob', 'documents', 2)
  const eve = new Replica(room, 'eve', dialect, 3)
  for (const one of [bob, eve]) {
    one.connect()
    one.settle()
  }
  bob.text.insert(0, 'what Bob wrote')
  room.advance(1_000)
  for (const one of [bob, eve, bob]) one.settle()
  return { room, eve, bob }
}

/** The object is the same, the document what Bob has, and Bob goes on. */
function expectUndisturbed({ room, eve, bob }: Scene): void {
  if (eve.session !== null) eve.session.received.length = 0
  bob.settle()
  bob.text.insert(bob.text.length, '.')
  bob.settle()
  room.advance(2_000)
  bob.settle()
  expect(bob.session?.closed).toBeNull()
  expect([bob.unsaved, bob.refusals]).toEqual([0, []])
  expect(room.document.doc.getText('content').toString()).toBe(bob.text.toString())
  expect(bob.text.toString().startsWith('what Bob wrote')).toBe(true)
  expect(new DocumentRoom({ sql: room.sql }).document.doc.getText('content').toString()).toBe(bob.text.toString())
  expect(room.starts).toBe(1)
}

/** Sends what a test made; who is closed for it comes back. */
function attack({ room, eve }: Scene, message: Uint8Array): void {
  if (eve.session?.closed !== null) {
    room.advance(1_000)
    eve.cut()
    eve.connect()
  }
  eve.outgoing.length = 0
  eve.send(message)
  eve.upload()
  if (eve.session !== null) eve.session.received.length = 0
}

const randomBytes = (choices: RandomChoices, most: number) =>
  Uint8Array.from({ length: choices.roll(most) }, () => choices.roll(256))

/** A valid message with a few bytes changed, or cut off. */
function damaged(choices: RandomChoices, valid: Uint8Array): Uint8Array {
  const bytes = valid.slice(0, choices.chance(0.3) ? choices.roll(valid.length) : valid.length)
  for (let count = choices.roll(4); count > 0; count--) bytes[choices.roll(bytes.length)] = choices.roll(256)
  return bytes
}

function update(change: (doc: Y.Doc) => void, client = 3): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = client
  change(doc)
  return Y.encodeStateAsUpdate(doc)
}

describe.each(dialects)('through %s', dialect => {
  test(`random and damaged frames change nothing of what others wrote (seed ${seed})`, () => {
    const choices = randomChoices(seed)
    const here = scene(dialect)
    const valid = [
      messages.step1(Y.encodeStateVector(here.bob.doc)),
      messages.step2(Y.encodeStateAsUpdate(here.bob.doc)),
      messages.updateMessage(update(doc => doc.getText('mine').insert(0, 'eve was here'))),
      messages.awarenessMessage([{ client: 3, clock: 9, state: '{"name":"eve"}' }]),
    ]
    for (let count = 0; count < frames; count++)
      attack(here, choices.chance(0.3) ? randomBytes(choices, 60) : damaged(choices, choices.pick(valid)))
    expectUndisturbed(here)
  })

  test('[Y6] forged cursors of others change nothing', () => {
    const here = scene(dialect)
    here.bob.awareness.setLocalState({ name: 'bob' })
    here.bob.settle()
    for (const state of ['null', '{"name":"eve as bob"}'])
      attack(here, messages.awarenessMessage([{ client: 2, clock: 2 ** 40, state }]))
    const many = Array.from({ length: 900 }, (_, client) => ({ client: client + 10, clock: 1, state: '{}' }))
    attack(here, messages.awarenessMessage(many))
    const others = new Replica(here.room, 'ada', 'documents', 1)
    others.connect()
    others.settle()
    expect([...others.awareness.getStates().keys()].toSorted()).toEqual([1, 2, 3])
    expect(others.awareness.getStates().get(2)).toEqual({ name: 'Bob' })
    expectUndisturbed(here)
  })

  test('an update with a million deletions is refused', () => {
    const here = scene(dialect)
    attack(here, messages.updateMessage(deletions(1_000_000)))
    expectUndisturbed(here)
    expect(here.room.document.doc.store.pendingDs).toBeNull()
  })

  test('state vectors and updates of another document, and clocks beyond what is possible, change nothing', () => {
    const here = scene(dialect)
    const other = new Y.Doc()
    other.clientID = 2 // Bob's, as if it were his
    other.getText('content').insert(0, 'another document with the same client and clocks that overlap')
    attack(here, messages.step1(Y.encodeStateVector(other)))
    attack(here, messages.updateMessage(Y.encodeStateAsUpdate(other, Y.encodeStateVector(here.bob.doc))))
    attack(
      here,
      messages.step1(
        stateVectorOf([
          [2, 2 ** 53 - 1],
          [2 ** 53 - 1, 1],
        ]),
      ),
    )
    attack(here, messages.awarenessMessage([{ client: 3, clock: 2 ** 53 - 1, state: '{"name":"late"}' }]))
    attack(here, messages.updateMessage(Uint8Array.of(1, 1, 255, 255, 255, 255, 255, 255, 255, 15, 0, 4, 0, 0)))
    here.bob.settle()
    expect(here.bob.session?.closed).toBeNull()
    expect(here.room.starts).toBe(1)
    expect(here.room.document.doc.store.pendingStructs).toBeNull()
    here.room.advance(2_000)
    here.bob.settle()
    expect(here.room.document.doc.getText('content').toString()).toBe(here.bob.text.toString())
    expect(here.bob.text.toString()).toContain('what Bob wrote')
  })
})

/** An update without structs, and with so many ranges of deletions of one client. */
function deletions(count: number): Uint8Array {
  const encoder = createEncoder()
  for (const value of [0, 1, 2, count]) writeVarUint(encoder, value)
  const range = Uint8Array.of(1, 1) // after a gap of one, one
  for (let index = 0; index < count; index++) writeUint8Array(encoder, index === 0 ? Uint8Array.of(0, 1) : range)
  return toUint8Array(encoder)
}

function stateVectorOf(clocks: readonly [client: number, clock: number][]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, clocks.length)
  for (const [client, clock] of clocks) {
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
  }
  return toUint8Array(encoder)
}
