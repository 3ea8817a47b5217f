import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { UndoPiece } from '../../src/documents/undo.ts'
import type { PersonRole } from '../../src/protocol/roles.ts'
import type { AdminResult } from '../../src/rpc/channel.ts'
import type { DocumentRequest } from '../../src/rpc/document.ts'
import { DocumentRoom } from './document-room.ts'
import { Replica } from './replica.ts'

const hour = 3_600_000

function ask(room: DocumentRoom, request: DocumentRequest, role: 'reader' | 'member' | 'owner' = 'member'): unknown {
  return askAs(room, 'ada', request, role)
}

function askAs(room: DocumentRoom, name: string, request: DocumentRequest, role: PersonRole = 'member'): unknown {
  const result = room.stepWithResult<AdminResult>(one =>
    one.handleAdmin(room.callerSession(name, role), { do: 'component', name: 'document', request }, room.now),
  )
  return 'refused' in result ? result.refused.code : result.value
}

function written(room: DocumentRoom, text: string): Replica {
  const bob = new Replica(room, 'bob', 'yjs', 2)
  bob.connect()
  bob.settle()
  bob.text.insert(0, text)
  bob.settle()
  room.advance(1_000)
  return bob
}

test('an empty document is an empty text', () => {
  expect(ask(new DocumentRoom(), { do: 'read' })).toEqual({ root: 'content', type: 'text', text: '', bytes: 2 })
})

test('[Y8] edits replace what occurs once, all or none, and reach everybody', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'one two two three')
  expect(ask(room, { do: 'edit', edits: [{ old: 'two', new: '2' }] })).toBe('not_unique')
  expect(ask(room, { do: 'edit', edits: [{ old: 'four', new: '4' }] })).toBe('no_match')
  const mixed = [
    { old: 'one', new: '1' },
    { old: 'four', new: '4' },
  ]
  expect(ask(room, { do: 'edit', edits: mixed })).toBe('no_match')
  const edits = [
    { old: 'one two', new: 'one 2' },
    { old: '', new: '!' },
  ]
  expect(ask(room, { do: 'edit', edits }, 'reader')).toBe('read_only')
  expect(ask(room, { do: 'edit', edits })).toEqual({ root: 'content', edit: 1 })
  bob.settle()
  expect(bob.text.toString()).toBe('one 2 two three!')
  expect(new DocumentRoom({ sql: room.sql }).document.doc.getText('content').toString()).toBe('one 2 two three!')
})

test('[Y8] an edit is undone by its author alone, and what others wrote meanwhile stays', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'one two three')
  const edits = [
    { old: 'two', new: 'zwei und' },
    { old: 'one ', new: '' },
    { old: '', new: ' four' },
  ]
  expect(ask(room, { do: 'edit', edits })).toEqual({ root: 'content', edit: 1 })
  bob.settle()
  bob.text.insert(bob.text.toString().indexOf('und'), 'oder ')
  bob.text.insert(0, '# ')
  bob.settle()
  expect(bob.text.toString()).toBe('# zwei oder und three four')
  room.advance(1_000)
  const other = new DocumentRoom({ sql: room.sql }) // another object
  expect(askAs(other, 'eve', { do: 'undo', id: 1 })).toBe('not_found')
  expect(ask(other, { do: 'undo', id: 1 }, 'reader')).toBe('read_only')
  expect(ask(other, { do: 'undo', id: 1 })).toEqual({ root: 'content' })
  expect(ask(other, { do: 'read' })).toMatchObject({ text: '# oder one two three' })
  expect(ask(other, { do: 'undo', id: 1 })).toBe('not_found')
})

test('[Y8] edits of one place are undone from the last to the first, and not where something that they wrote was replaced', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'on Monday')
  const edit = (old: string, next: string) => ask(room, { do: 'edit', edits: [{ old, new: next }] })
  const text = () => (ask(room, { do: 'read' }) as { text: string }).text
  edit('Monday', 'Friday')
  edit('Friday', 'Sunday')
  expect(ask(room, { do: 'undo', id: 1 })).toBe('no_match')
  expect(text()).toBe('on Sunday')
  for (const [id, expected] of [
    [2, 'on Friday'],
    [1, 'on Monday'],
  ] as const) {
    expect(ask(room, { do: 'undo', id })).toEqual({ root: 'content' })
    expect(text()).toBe(expected)
  }
  edit('Monday', 'Friday')
  bob.settle()
  bob.text.delete('on Fr'.length, 1)
  bob.text.insert('on Fr'.length, 'y')
  bob.settle()
  expect(ask(room, { do: 'undo', id: 3 })).toBe('no_match')
  expect(text()).toBe('on Fryday')
})

test('an edit that was kept with the ids of one insertion only is undone', () => {
  const room = new DocumentRoom()
  written(room, 'on Monday')
  ask(room, { do: 'edit', edits: [{ old: 'Monday', new: 'Friday' }] })
  const [row] = room.sql.all<{ pieces: string }>(`SELECT pieces FROM document_edits`)
  const before = JSON.parse(row?.pieces ?? '').map(({ position, deleted, inserted }: UndoPiece) => {
    const [client, clock, length] = inserted[0] ?? []
    return { position, deleted, client, clock, length }
  })
  room.sql.all(`UPDATE document_edits SET pieces = ?1`, JSON.stringify(before))
  expect(ask(room, { do: 'undo', id: 1 })).toEqual({ root: 'content' })
  expect(ask(room, { do: 'read' })).toMatchObject({ text: 'on Monday' })
})

test('an edit of a suggestion is undone by whoever suggested it', () => {
  const room = new DocumentRoom()
  written(room, 'draft')
  askAs(room, 'eve', { do: 'edit', edits: [{ old: 'draft', new: 'text' }], suggest: true })
  ask(room, { do: 'decide', id: 1, accept: true })
  expect(ask(room, { do: 'undo', id: 1 })).toBe('not_found')
  expect(askAs(room, 'eve', { do: 'undo', id: 1 })).toEqual({ root: 'content' })
  expect(ask(room, { do: 'read' })).toMatchObject({ text: 'draft' })
})

test('the last 100 edits can be undone, and their numbers are never given again', () => {
  const room = new DocumentRoom()
  for (let number = 1; number <= 101; number++)
    expect(ask(room, { do: 'edit', edits: [{ old: '', new: '.' }] })).toMatchObject({ edit: number })
  expect([1, 2, 101].map(id => ask(room, { do: 'undo', id }))).toEqual([
    'not_found',
    { root: 'content' },
    { root: 'content' },
  ])
  expect(ask(room, { do: 'edit', edits: [{ old: '', new: '.' }] })).toMatchObject({ edit: 102 })
})

test('[Y9] whoever edits without a socket has a cursor for 10 s, where the last edit ends', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'one two')
  ask(room, { do: 'edit', edits: [{ old: 'one', new: '1 and' }] })
  bob.settle()
  const [shown] = [...bob.awareness.getStates()].flatMap(([client, state]) => (client === 2 ? [] : [state]))
  expect(shown?.user).toMatchObject({ name: 'ada' })
  const head = Y.createRelativePositionFromJSON(shown?.cursor.head)
  expect(Y.createAbsolutePositionFromRelativePosition(head, bob.doc)?.index).toBe(5)
  room.advance(5_000)
  ask(room, { do: 'edit', edits: [{ old: '', new: '!' }] })
  room.advance(9_000)
  bob.settle()
  expect(bob.awareness.getStates().size).toBe(2)
  room.advance(1_500)
  bob.settle()
  expect(bob.awareness.getStates().size).toBe(1)
  expect(room.maySleep).toBe(true)
})

test('an edit that nobody sees does not keep the document awake', () => {
  const room = new DocumentRoom()
  ask(room, { do: 'edit', edits: [{ old: '', new: 'x' }] })
  expect(room.maySleep).toBe(true)
})

test('an edit without a socket brings a document into existence, and a refused one does not', () => {
  const room = new DocumentRoom()
  expect([ask(room, { do: 'edit', edits: [{ old: 'x', new: 'y' }] }), room.room.hasBegun]).toEqual(['no_match', false])
  ask(room, { do: 'edit', edits: [{ old: '', new: 'y' }] })
  expect(room.room.hasBegun).toBe(true)
})

test('a suggestion waits, and is applied only if somebody accepts it', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'first draft')
  ask(room, { do: 'edit', edits: [{ old: 'first', new: 'second' }], suggest: true })
  ask(room, { do: 'edit', edits: [{ old: 'draft', new: 'version' }], suggest: true })
  expect((ask(room, { do: 'suggestions' }) as object[]).length).toBe(2)
  expect(ask(room, { do: 'decide', id: 1, accept: true }, 'reader')).toBe('read_only')
  expect(ask(room, { do: 'decide', id: 1, accept: true })).toEqual({ root: 'content', edit: 1 })
  expect(ask(room, { do: 'decide', id: 2, accept: false })).toEqual(null)
  expect(ask(room, { do: 'decide', id: 2, accept: true })).toBe('not_found')
  bob.settle()
  expect(bob.text.toString()).toBe('second draft')
  expect(ask(room, { do: 'suggestions' })).toEqual([])
})

test('the number of a suggestion that was decided is given to no other', () => {
  const room = new DocumentRoom()
  written(room, 'first draft')
  const suggest = () => {
    ask(room, { do: 'edit', edits: [{ old: 'first', new: 'second' }], suggest: true })
    return (ask(room, { do: 'suggestions' }) as { id: number }[]).map(({ id }) => id)
  }
  expect(suggest()).toEqual([1])
  ask(room, { do: 'decide', id: 1, accept: false })
  expect(suggest()).toEqual([2])
  expect(ask(room, { do: 'decide', id: 1, accept: true })).toBe('not_found')
})

test('a suggestion whose text has changed meanwhile is refused, and stays', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'first draft')
  ask(room, { do: 'edit', edits: [{ old: 'first', new: 'second' }], suggest: true })
  bob.text.delete(0, 6)
  bob.settle()
  expect(ask(room, { do: 'decide', id: 1, accept: true })).toBe('no_match')
  expect((ask(room, { do: 'suggestions' }) as object[]).length).toBe(1)
})

test('what was there is kept once an hour of edits; a version is compared as text, and restored as an edit', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'one\ntwo\nthree')
  room.advance(hour)
  bob.text.delete(4, 3)
  bob.text.insert(4, 'zwei')
  bob.settle()
  room.advance(1_000)
  bob.text.insert(0, 'more\n') // in the same hour
  bob.settle()
  room.advance(1_000)
  const [version, ...others] = ask(room, { do: 'versions' }) as { id: number; name: string | null }[]
  expect([version?.name, others]).toEqual([null, []])
  const id = version?.id ?? 0
  expect(ask(room, { do: 'compare', version: id })).toEqual({
    line: 1,
    removed: ['one', 'two'],
    added: ['more', 'one', 'zwei'],
  })
  expect(ask(room, { do: 'restore', version: id })).toEqual(null)
  bob.settle()
  expect(bob.text.toString()).toBe('one\ntwo\nthree')
  bob.text.insert(0, 'still here: ')
  bob.settle()
  expect(ask(room, { do: 'read' })).toMatchObject({ text: 'still here: one\ntwo\nthree' })
  expect((ask(room, { do: 'versions' }) as object[]).length).toBe(2) // what was there before it was restored
})

test('a version has a name if somebody gives it one', () => {
  const room = new DocumentRoom()
  written(room, 'done')
  expect(ask(room, { do: 'keep', name: 'final' }, 'reader')).toBe('read_only')
  expect(ask(room, { do: 'keep', name: 'final' })).toMatchObject({ id: 1, name: 'final', author: 'ada' })
  expect(ask(room, { do: 'read', version: 1 })).toMatchObject({ text: 'done' })
  expect(ask(room, { do: 'read', version: 2 })).toBe('not_found')
  expect(ask(room, { do: 'restore', version: 2 })).toBe('not_found')
})

test('a week of hours is kept beside the versions that have a name', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'begun')
  ask(room, { do: 'keep', name: 'first' })
  for (let count = 0; count < 7 * 24 + 5; count++) {
    room.advance(hour)
    bob.text.insert(0, '.')
    bob.settle()
    room.advance(1_000)
  }
  const versions = ask(room, { do: 'versions' }) as { name: string | null; at: number }[]
  const unnamed = versions.filter(({ name }) => name === null)
  expect([unnamed.length, versions.length]).toEqual([7 * 24, 7 * 24 + 1])
  expect(room.now - Math.min(...unnamed.map(({ at }) => at))).toBeLessThan((7 * 24 + 1) * hour)
})

test('[Y8] a document with several roots is read by the name of one; prose is read as Markdown and not edited', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'text')
  const prose = bob.doc.getXmlFragment('prose')
  const heading = new Y.XmlElement('heading')
  heading.setAttribute('level', '2')
  heading.insert(0, [new Y.XmlText('Plan')])
  const paragraph = new Y.XmlElement('paragraph')
  const bold = new Y.XmlText()
  bold.insert(0, 'go', { bold: true })
  paragraph.insert(0, [bold])
  prose.insert(0, [heading, paragraph])
  bob.doc.getMap('settings').set('theme', 'dark')
  bob.doc.getArray('list').insert(0, [1, 2])
  bob.settle()
  expect(ask(room, { do: 'read' })).toBe('ambiguous_root')
  expect(ask(room, { do: 'read', root: 'prose' })).toMatchObject({ type: 'prose', text: '## Plan\n\n**go**' })
  expect(ask(room, { do: 'read', root: 'settings' })).toMatchObject({ type: 'map', json: { theme: 'dark' } })
  expect(ask(room, { do: 'read', root: 'list' })).toMatchObject({ type: 'array', json: [1, 2] })
  expect(ask(room, { do: 'edit', root: 'prose', edits: [{ old: 'go', new: 'stop' }] })).toBe('unsupported_root')
  expect(ask(room, { do: 'edit', root: 'content', edits: [{ old: 'text', new: 'prose' }] })).toEqual({
    root: 'content',
    edit: 1,
  })
})

test('an export is the state, and an import is merged', () => {
  const room = new DocumentRoom()
  written(room, 'to keep')
  const state = ask(room, { do: 'export' }) as Uint8Array
  const other = new DocumentRoom()
  expect(ask(other, { do: 'import', update: state }, 'reader')).toBe('read_only')
  expect(ask(other, { do: 'import', update: state })).toEqual(null)
  expect(ask(other, { do: 'read' })).toMatchObject({ text: 'to keep' })
  expect(ask(other, { do: 'import', update: Uint8Array.of(1, 2, 3) })).toBe('invalid')
})

test('what belonged to a circle that was deleted is not shown in the next of its name', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'secret')
  const join = (within: string) => {
    const session = room.callerSession('ada', 'member')
    session.principal = { ...session.principal, within }
    return room.stepWithResult<AdminResult>(one =>
      one.handleAdmin(session, { do: 'component', name: 'document', request: { do: 'read' } }, room.now),
    )
  }
  expect(join('first')).toMatchObject({ value: { text: 'secret', root: 'content', type: 'text', bytes: 22 } })
  expect(join('second')).toMatchObject({ value: { text: '', root: 'content', type: 'text', bytes: 2 } })
  expect(bob.session?.closed).toBe(1013)
})

test('only the circle makes a document ask for rights', () => {
  const room = new DocumentRoom()
  written(room, 'text')
  expect(ask(room, { do: 'rights' })).toBe('forbidden')
  expect(ask(room, { do: 'rights' }, 'owner')).toEqual({ open: 1 })
  expect(room.held.asked.map(one => one.map(({ id }) => id))).toEqual([['bob']])
})

test('[Y11] the circle is told who edits, each at most once a minute, by sockets and by requests', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'one')
  const edited = () => room.held.edited.splice(0).map(editors => editors.map(({ id }) => id))
  expect(edited()).toEqual([['bob']])
  bob.text.insert(0, 'more ')
  bob.settle()
  room.advance(1_000)
  ask(room, { do: 'read' })
  ask(room, { do: 'edit', edits: [{ old: 'one', new: '1' }] })
  expect(edited()).toEqual([['ada']])
  room.advance(60_000)
  bob.text.insert(0, 'more ')
  bob.settle()
  room.advance(1_000)
  expect(edited()).toEqual([['bob']])
})

test('[Y11] whoever suggests an edit is shown at its place', () => {
  const room = new DocumentRoom()
  const bob = written(room, 'one two')
  askAs(room, 'owl', { do: 'edit', edits: [{ old: 'two', new: '2' }], suggest: true })
  bob.settle()
  const states = [...bob.awareness.getStates().values()]
  expect(states).toContainEqual(expect.objectContaining({ user: expect.objectContaining({ name: 'owl' }) }))
})
