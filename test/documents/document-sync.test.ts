import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import * as messages from '../../src/documents/messages.ts'
import type { Components } from '../../src/rooms/component.ts'
import { Allowances } from '../../src/rooms/metering/allowances.ts'
import { DocumentRoom } from './document-room.ts'
import { type DocumentDialect, Replica } from './replica.ts'

const dialects: readonly DocumentDialect[] = ['yjs', 'hocuspocus', 'documents']

function together(...replicas: Replica[]): void {
  for (let round = 0; round < 4; round++) for (const replica of replicas) replica.settle()
}

function open(room: DocumentRoom, name: string, dialect: DocumentDialect, id: number): Replica {
  const replica = new Replica(room, name, dialect, id)
  replica.connect()
  together(replica)
  return replica
}

/** Whoever writes has to wait so long for more of their allowance (ms), until the function that is returned says otherwise. */
function waitForAllowance({ room: { context } }: DocumentRoom, first: number): (ms: number) => void {
  let waitMs = first
  const components = context.components as Components
  const find = components.find.bind(components)
  const allowances = { use: () => {}, waitMs: () => waitMs }
  vi.spyOn(components, 'find').mockImplementation(
    kind => ((kind as unknown) === Allowances ? allowances : find(kind)) as never,
  )
  return ms => {
    waitMs = ms
  }
}

const stored = (room: DocumentRoom) => new DocumentRoom({ sql: room.sql }).document.doc.getText('content').toString()
const rowsOf = (room: DocumentRoom) => room.sql.all(`SELECT kind, ends FROM document_updates ORDER BY id`)

describe.each(dialects)('through %s', dialect => {
  test('[Y2] what one writes reaches everybody, and is stored at once', () => {
    const room = new DocumentRoom()
    const [ada, bob] = [open(room, 'ada', dialect, 1), open(room, 'bob', 'yjs', 2)]
    ada.text.insert(0, 'hello')
    together(ada, bob)
    expect(bob.text.toString()).toBe('hello')
    expect(stored(room)).toBe('hello')
    if (ada.tellsSaved) expect(ada.unsaved).toBe(0)
  })

  test('[Y3] a reader changes nothing, and is told so; once they are a member, what they wrote comes in', () => {
    const room = new DocumentRoom()
    const [ada, bob] = [open(room, 'ada', dialect, 1), open(room, 'bob', 'yjs', 2)]
    room.rights('ada', 'reader')
    ada.text.insert(0, 'mine')
    together(ada, bob)
    expect(bob.text.toString()).toBe('')
    expect(ada.refusals).toEqual(['read_only'])
    if (ada.tellsSaved) expect([ada.unsaved, ada.scopes.at(-1)]).toEqual([1, 'readonly'])
    room.rights('ada', 'member')
    together(ada, bob)
    room.advance(1_000)
    together(ada, bob)
    expect(bob.text.toString()).toBe('mine')
    if (ada.tellsSaved) expect([ada.unsaved, ada.scopes.at(-1)]).toEqual([0, 'read-write'])
  })

  test('[Y3] whoever may no longer be in the circle is closed', () => {
    const room = new DocumentRoom()
    const ada = open(room, 'ada', dialect, 1)
    room.rights('ada', { code: 'banned', message: 'You are banned here.' })
    expect(ada.session?.closed).toBe(4403)
  })

  test('[Y5] a document that is full takes no more, says so, and loses nothing', () => {
    const room = new DocumentRoom({ limits: { document_bytes: 2_000 } })
    const [ada, bob] = [open(room, 'ada', dialect, 1), open(room, 'bob', 'yjs', 2)]
    ada.text.insert(0, 'x'.repeat(1_500))
    together(ada, bob)
    ada.text.insert(0, 'y'.repeat(1_000))
    ada.text.insert(0, 'on top of it')
    together(ada, bob)
    expect(ada.refusals).toEqual(['too_large'])
    expect(bob.text.toString()).toBe('x'.repeat(1_500))
    expect(stored(room)).toBe('x'.repeat(1_500))
    expect(ada.session?.closed).toBeNull()
    if (ada.tellsSaved) expect(ada.unsaved).toBe(2)
    room.advance(10_000)
    bob.text.delete(0, 1_400) // deleting always works, and makes room
    bob.text.insert(0, 'z'.repeat(500))
    together(ada, bob)
    room.advance(1_000)
    expect(stored(room)).toBe(bob.text.toString())
  })

  test('[Y5] what somebody has no allowance for comes in once there is more, though they write nothing then', () => {
    const room = new DocumentRoom()
    const [ada, bob] = [open(room, 'ada', dialect, 1), open(room, 'bob', 'yjs', 2)]
    const wait = waitForAllowance(room, 1_000)
    ada.text.insert(0, 'too much')
    together(ada, bob)
    expect(ada.refusals).toEqual(['rate_limited'])
    expect(bob.text.toString()).toBe('')
    room.advance(1_000) // there is no more yet
    together(ada, bob)
    wait(0)
    room.advance(1_000)
    together(ada, bob)
    expect(bob.text.toString()).toBe('too much')
    expect(stored(room)).toBe('too much')
    if (ada.tellsSaved) expect(ada.unsaved).toBe(0)
  })

  test('[Y2] the rows of a document that woke are read once, for who comes first, who comes next and who edits', () => {
    const room = new DocumentRoom()
    const ada = open(room, 'ada', 'yjs', 1)
    ada.text.insert(0, 'text')
    together(ada)
    ada.cut()
    room.advance(3_000)
    room.hibernate()
    const all = vi.spyOn(room.sql, 'all')
    const reads = () => all.mock.calls.filter(([statement]) => /bytes FROM document_updates/.test(statement)).length
    const bob = open(room, 'bob', dialect, 2)
    const eve = open(room, 'eve', 'yjs', 3)
    expect([bob.text.toString(), eve.text.toString(), reads()]).toEqual(['text', 'text', 1])
    bob.text.insert(0, 'a ')
    together(bob, eve)
    expect([eve.text.toString(), reads()]).toEqual(['a text', 1])
    room.advance(3_000)
    bob.cut()
    eve.cut()
    room.hibernate()
    expect(stored(room)).toBe('a text')
  })

  test('[Y2] a document that woke is sent to newcomers as it is stored, and is loaded once somebody edits it', () => {
    const room = new DocumentRoom()
    const ada = open(room, 'ada', 'yjs', 1)
    ada.text.insert(0, 'a snapshot, ')
    together(ada)
    room.sync.compact(room.now)
    for (const text of ['then ', 'some ', 'updates']) {
      ada.text.insert(ada.text.length, text)
      ada.text.delete(0, 1)
      together(ada)
      room.advance(1_000)
    }
    ada.cut()
    room.advance(7_200_000) // of which the first edit would keep a version
    room.hibernate()
    const question = Y.decodeStateVector(room.document.stateVector)
    const bob = open(room, 'bob', dialect, 2)
    expect([bob.isSynced, bob.text.toString()]).toEqual([true, ada.text.toString()])
    if (bob.tellsSaved) expect(bob.unsaved).toBe(0)
    expect(room.document.isLoaded).toBe(false)
    expect(room.sql.all(`SELECT id FROM document_versions`)).toEqual([])
    expect(question).toEqual(Y.decodeStateVector(Y.encodeStateVector(room.document.doc)))
    bob.text.insert(0, 'b')
    together(bob)
    expect(stored(room)).toBe(bob.text.toString())
    expect(room.sql.all(`SELECT id FROM document_versions`)).toHaveLength(1)
  })

  test('[Y7] frames that come too fast close the socket, whose client comes back', () => {
    const room = new DocumentRoom()
    const [ada, bob] = [open(room, 'ada', dialect, 1), open(room, 'bob', 'yjs', 2)]
    for (let at = 0; at < 500 && ada.session?.closed === null; at++) {
      ada.awareness.setLocalState({ at })
      ada.upload()
    }
    expect(ada.session?.closed).toBe(dialect === 'yjs' ? 1013 : 4429)
    expect(bob.session?.closed).toBeNull()
  })

  test('[Y6] a cursor is shown to the others and gone with its connection, also over a sleep', () => {
    const room = new DocumentRoom()
    const [ada, bob] = [open(room, 'ada', dialect, 1), open(room, 'bob', 'yjs', 2)]
    ada.awareness.setLocalState({ name: 'ada', at: 7 })
    together(ada, bob)
    expect(bob.awareness.getStates().get(1)).toEqual({ name: 'Ada', at: 7 }) // as the server knows her
    room.advance(3_000)
    room.hibernate()
    ada.cut()
    together(bob)
    expect([...bob.awareness.getStates().keys()]).toEqual([2])
  })
})

test('what is written within a second is one row', () => {
  const room = new DocumentRoom()
  const [ada, bob] = [open(room, 'ada', 'documents', 1), open(room, 'bob', 'yjs', 2)]
  for (let key = 0; key < 20; key++) {
    ada.text.insert(key, 'a')
    bob.text.insert(0, 'b')
    together(ada, bob)
    room.advance(100)
    together(ada, bob)
  }
  room.advance(1_000)
  expect(rowsOf(room).length).toBeLessThanOrEqual(4)
  expect(stored(room)).toBe(ada.text.toString())
})

test('a change of more than a megabyte is stored in parts', () => {
  const room = new DocumentRoom()
  const ada = open(room, 'ada', 'yjs', 1)
  ada.text.insert(0, 'ä'.repeat(1_200_000))
  together(ada)
  expect(rowsOf(room).map(({ ends }) => ends)).toEqual([0, 0, 1])
  expect(stored(room)).toBe(ada.text.toString())
})

test('after 500 rows a document is compacted, once nobody edits it', () => {
  const room = new DocumentRoom()
  const ada = open(room, 'ada', 'yjs', 1)
  for (let key = 0; key < 500; key++) {
    ada.text.insert(key, 'a')
    together(ada)
    room.advance(1_000)
  }
  expect(rowsOf(room).length).toBe(500)
  room.advance(2_000)
  expect(rowsOf(room)).toEqual([{ kind: 'snapshot', ends: 1 }])
  expect(stored(room)).toBe('a'.repeat(500))
})

test('[Y5] what is split by insertions counts, too: no document becomes larger than its limit', () => {
  const room = new DocumentRoom({ limits: { document_bytes: 20_000 } })
  const ada = open(room, 'ada', 'yjs', 1)
  for (let step = 0; step < 100 && ada.refusals.length === 0; step++) {
    ada.doc.transact(() => {
      for (let at = 0; at < 50; at++) ada.text.insert((at * 7_919 + step * 31) % (ada.text.length + 1), 'x'.repeat(10))
    })
    together(ada)
    room.advance(10_000)
  }
  expect(ada.refusals).toEqual(['too_large'])
  const bytes = room.document.state.byteLength
  expect(bytes).toBeLessThanOrEqual(20_000)
  expect(bytes).toBeGreaterThan(16_000)
})

describe('a large document', () => {
  /** Its snapshot is stored. */
  function large(): { room: DocumentRoom; ada: Replica } {
    const room = new DocumentRoom()
    const ada = open(room, 'ada', 'yjs', 1)
    ada.text.insert(0, 'x'.repeat(300_000))
    together(ada)
    room.sync.compact(room.now)
    return { room, ada }
  }

  function compactedAgain({ room, ada }: ReturnType<typeof large>): string[] {
    for (let key = 0; key < 100; key++) {
      ada.text.insert(0, 'a')
      together(ada)
    }
    room.advance(1_000)
    expect(rowsOf(room).at(-1)?.['kind']).toBe('updates')
    room.advance(2_000)
    expect(stored(room)).toBe(ada.text.toString())
    return rowsOf(room).map(({ kind }) => String(kind))
  }

  test('is compacted after a hundred updates, which become a tail of its snapshot', () => {
    expect(compactedAgain(large())).toEqual(['snapshot', 'tail'])
  })

  test('gets a new snapshot after eight tails, also if it slept meanwhile', () => {
    const scene = large()
    for (let count = 0; count < 8; count++) {
      expect(compactedAgain(scene)).toEqual(['snapshot', 'tail'])
      scene.room.hibernate()
    }
    expect(compactedAgain(scene)).toEqual(['snapshot'])
    expect(compactedAgain(scene)).toEqual(['snapshot', 'tail'])
  })

  test('gets a new snapshot once what followed the last is more than a quarter of it', () => {
    const scene = large()
    scene.ada.text.insert(0, 'y'.repeat(80_000))
    together(scene.ada)
    expect(compactedAgain(scene)).toEqual(['snapshot'])
  })

  test('has in its tail what was deleted, and is sent as it is stored', () => {
    const { room, ada } = large()
    ada.text.delete(10, 299_980)
    ada.text.insert(10, ' and ')
    together(ada)
    room.sync.compact(room.now)
    room.hibernate()
    const bob = open(room, 'bob', 'yjs', 2)
    expect(rowsOf(room)).toEqual([
      { kind: 'snapshot', ends: 1 },
      { kind: 'tail', ends: 1 },
    ])
    expect(bob.text.toString()).toBe('xxxxxxxxxx and xxxxxxxxxx')
    expect(room.document.isLoaded).toBe(false)
  })

  test('whose snapshot was stored before there were tails gets a new one', () => {
    const scene = large()
    scene.room.sql.all(`DELETE FROM circles_document_heads`)
    expect(compactedAgain(scene)).toEqual(['snapshot'])
    expect(compactedAgain(scene)).toEqual(['snapshot', 'tail'])
  })
})

test('a document of many updates is loaded, and sent as one', () => {
  const room = new DocumentRoom()
  const ada = open(room, 'ada', 'yjs', 1)
  for (let key = 0; key < 101; key++) {
    ada.text.insert(0, 'a')
    together(ada)
  }
  room.advance(1_000)
  ada.cut()
  room.hibernate()
  const bob = open(room, 'bob', 'yjs', 2)
  expect(bob.text.toString()).toBe('a'.repeat(101))
  expect(room.document.isLoaded).toBe(true)
})

test('whoever must wait longer than a minute is not asked: the document sleeps', () => {
  const room = new DocumentRoom()
  const ada = open(room, 'ada', 'documents', 1)
  waitForAllowance(room, 3_600_000)
  ada.text.insert(0, 'too much')
  together(ada)
  expect(ada.refusals).toEqual(['rate_limited'])
  room.advance(1_000)
  expect(room.maySleep).toBe(true)
})

test('nothing is pending once an edit is stored, so a document sleeps', () => {
  const room = new DocumentRoom()
  const ada = open(room, 'ada', 'documents', 1)
  ada.text.insert(0, 'a')
  together(ada)
  ada.text.insert(0, 'b')
  together(ada)
  expect(room.maySleep).toBe(false)
  room.advance(1_000)
  expect(room.maySleep).toBe(true)
})

const text = new TextEncoder()
const foreign = (change: (doc: Y.Doc) => void, clientID = 77) => {
  const doc = new Y.Doc()
  doc.clientID = clientID
  change(doc)
  return doc
}

/** Frames that no honest client sends. */
const hostile: [string, () => Uint8Array][] = [
  ['random bytes', () => Uint8Array.from({ length: 500 }, (_, index) => (index * 7919) % 251)],
  [
    'an update of random bytes',
    () => messages.updateMessage(Uint8Array.from({ length: 300 }, (_, i) => (i * 31) % 256)),
  ],
  ['text in place of an update', () => messages.updateMessage(text.encode('hello'))],
  [
    'half an update',
    () => {
      const update = Y.encodeStateAsUpdate(foreign(doc => doc.getText('content').insert(0, 'half of this')))
      return messages.updateMessage(update.subarray(0, update.byteLength - 4))
    },
  ],
  [
    'a state vector of another document',
    () => messages.step1(Y.encodeStateVector(foreign(doc => doc.getText('x').insert(0, 'far ahead'.repeat(100)), 1))),
  ],
  ['a state vector that is none', () => messages.step1(Uint8Array.of(255, 255, 255))],
  [
    'a clock of 2^53 - 1',
    () => messages.updateMessage(Uint8Array.of(1, 1, 77, 255, 255, 255, 255, 255, 255, 255, 15, 4, 1, 1, 99, 1, 97, 0)),
  ],
  ['a million deletions of what is not here', () => messages.updateMessage(deletions(1_000_000, 2))],
  ['a hundred thousand clients', () => messages.step1(manyClients(100_000))],
  ['awareness with a clock of 2^53 - 1', () => messages.awarenessMessage([entry(1, Number.MAX_SAFE_INTEGER)])],
  ['awareness of somebody else', () => messages.awarenessMessage([entry(2, 1_000, '{"name":"forged"}')])],
  ['awareness that says somebody else left', () => messages.awarenessMessage([entry(2, 1_000, 'null')])],
  [
    'awareness of a thousand clients',
    () => messages.awarenessMessage(Array.from({ length: 1_000 }, (_, n) => entry(n, 9))),
  ],
]

const entry = (client: number, clock: number, state = '{"name":"mallory"}') => ({ client, clock, state })

function varint(value: number): number[] {
  return value < 128 ? [value] : [128 | (value % 128), ...varint(Math.floor(value / 128))]
}

/** Deletes every second character of a client. */
function deletions(count: number, client: number): Uint8Array {
  const ranges = Array.from({ length: count }, (_, index) => [...varint(2 * index), 1]).flat()
  return Uint8Array.from([0, 1, client, ...varint(count), ...ranges])
}

function manyClients(count: number): Uint8Array {
  return Uint8Array.from([
    ...varint(count),
    ...Array.from({ length: count }, (_, index) => [...varint(index), 1]).flat(),
  ])
}

describe.each(dialects)('hostile frames through %s', dialect => {
  test.each(hostile)('%s: the document is as it was, and the others are undisturbed', (_, frame) => {
    const room = new DocumentRoom()
    const [mallory, bob] = [open(room, 'mallory', dialect, 1), open(room, 'bob', 'yjs', 2)]
    bob.text.insert(0, 'untouched')
    together(bob)
    const [before, { starts }] = [room.document, room]
    mallory.send(frame())
    together(mallory, bob)
    room.advance(5_000)
    bob.text.insert(9, '!')
    together(bob)
    expect(stored(room)).toBe('untouched!')
    expect(room.document).toBe(before)
    expect(room.starts).toBe(starts)
    expect(bob.session?.closed).toBeNull()
    expect(room.document.doc.store.pendingStructs).toBeNull()
    expect(bob.awareness.getStates().get(2)).toEqual({ name: 'bob' })
  })
})

test('a member cannot make a document of so many parts that it fills the memory', () => {
  const room = new DocumentRoom()
  const mallory = open(room, 'mallory', 'yjs', 1)
  mallory.text.insert(0, 'a'.repeat(1_000_000))
  together(mallory)
  mallory.send(messages.updateMessage(deletions(450_000, 1)))
  together(mallory)
  expect(mallory.refusals).toEqual(['too_large'])
  expect(room.document.doc.getText('content').length).toBe(1_000_000)
})
