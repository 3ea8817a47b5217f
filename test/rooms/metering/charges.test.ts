import { expect, test, vi } from 'vitest'
import type { Components } from '../../../src/rooms/component.ts'
import { Allowances } from '../../../src/rooms/metering/allowances.ts'
import type { AdminRequest } from '../../../src/rpc/channel.ts'
import type { DocumentRequest } from '../../../src/rpc/document.ts'
import { DocumentRoom } from '../../documents/document-room.ts'
import { Replica } from '../../documents/replica.ts'
import { TestRoom } from '../../support/test-room.ts'

// Every way to store something charges its bytes to the person who did it (E4).

/** What is charged from now on: user and bytes. */
function chargesOf({ room: { context } }: TestRoom | DocumentRoom): [user: string, bytes: number][] {
  const charged: [string, number][] = []
  const fake = { use: (_: string, user: string, bytes: number) => charged.push([user, bytes]), waitMs: () => 0 }
  const components = context.components as Components
  const find = components.find.bind(components)
  vi.spyOn(components, 'find').mockImplementation(
    kind => ((kind as unknown) === Allowances ? fake : find(kind)) as never,
  )
  return charged
}

const text = 'x'.repeat(500)

test.each<[string, (room: TestRoom) => unknown]>([
  ['a message', room => room.sendMessage(room.open('eve'), text)],
  ['an edit', room => room.command(room.open('eve'), 'edit', { seq: 1, content: `${text}!` })],
  ['a command without a socket', room => room.runCommand('eve', 'message', { content: text })],
  ['a title', room => room.command(room.open('eve', { role: 'owner' }), 'configure', { title: 'x'.repeat(200) })],
  [
    'an event of a program',
    room =>
      room.publish(
        'eve',
        [{ id: 'p', type: 'agent_message', data: { agent_id: 'owl', content: text } } as never],
        'moderator',
      ),
  ],
  [
    'a change of a member',
    room => room.manageMembers('eve', { do: 'change', user: text.slice(0, 100), change: { muted: true } }, 'owner'),
  ],
])('[E4] %s is charged to its sender', (_, store) => {
  const room = new TestRoom()
  room.sendMessage(room.open('eve'), text)
  const charged = chargesOf(room)
  store(room)
  expect(charged).toEqual([['eve', expect.any(Number)]])
  expect(charged[0]?.[1]).toBeGreaterThan(100)
})

test('[E4] what is written into a document over a socket is charged', () => {
  const room = new DocumentRoom()
  const eve = new Replica(room, 'eve', 'documents', 1)
  eve.connect()
  eve.settle()
  const charged = chargesOf(room)
  eve.text.insert(0, text)
  eve.settle()
  expect(charged).toEqual([['eve', expect.any(Number)]])
  expect(charged[0]?.[1]).toBeGreaterThan(500)
})

test.each<[string, DocumentRequest]>([
  ['an edit', { do: 'edit', root: 'content', edits: [{ old: '', new: text }] }],
  ['a suggestion', { do: 'edit', root: 'content', edits: [{ old: '', new: text }], suggest: true }],
  ['a version', { do: 'keep', name: 'mine' }],
])('[E4] %s of a document over HTTP is charged', (_, request) => {
  const room = new DocumentRoom()
  const bob = new Replica(room, 'bob', 'documents', 1)
  bob.connect()
  bob.settle()
  bob.text.insert(0, text)
  bob.settle()
  const charged = chargesOf(room)
  const admin = { do: 'component', name: 'document', request } as unknown as AdminRequest
  const done = room.stepWithResult(it => it.handleAdmin(room.callerSession('eve', 'member'), admin, room.now))
  expect(done).toHaveProperty('value')
  expect(charged).toEqual([['eve', expect.any(Number)]])
  expect(charged[0]?.[1]).toBeGreaterThan(500)
})
