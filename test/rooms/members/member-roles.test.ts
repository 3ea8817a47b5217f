import { describe, expect, test } from 'vitest'
import type { MembersResult } from '../../../src/rpc/channel.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const resultOf = (result: MembersResult) => ('refused' in result ? result.refused.code : 'done')

/** One of each command that writes what others read. */
const writes = {
  message: { content: 'again' },
  edit: { seq: 1, content: 'mended' },
  delete: { seq: 1 },
  react: { seq: 1, emoji: '👍' },
}

describe.each([{ hibernates: false }, { hibernates: true }])('members, hibernates: $hibernates', ({ hibernates }) => {
  test('[A5] a muted member reads and cannot write, at once, on all of their sockets', () => {
    const room = new TestRoom({ hibernates })
    const [ada, again, eve] = [room.open('ada'), room.open('ada'), room.open('eve', { role: 'moderator' })]
    room.take(eve)
    room.manageMembers('eve', { do: 'change', user: 'ada', change: { muted: true } }, 'moderator')
    expect(room.take(eve)).toContainEqual({
      type: 'member_changed',
      data: { user_id: 'ada', role: null, muted: true, banned: false, by: 'eve' },
      timestamp: new Date(start).toISOString(),
      channel: 'circle:dev',
      seq: 1,
      id: 'seq:1',
    })
    for (const session of [ada, again]) {
      for (const [type, data] of Object.entries(writes)) {
        room.take(session)
        room.command(session, type, data, 'w1')
        expect([type, room.take(session)]).toMatchObject([
          type,
          [{ type: 'error', data: { id: 'w1', code: 'read_only' } }],
        ])
      }
      room.take(session)
      room.sendMessage(session, 'may I?', 'm1')
      expect(room.take(session)).toMatchObject([{ type: 'error', data: { id: 'm1', code: 'read_only' } }])
    }
    room.sendMessage(eve, 'quiet, please')
    expect(room.take(ada)).toMatchObject([{ type: 'message', seq: 2 }])
    room.manageMembers('eve', { do: 'change', user: 'ada', change: { muted: false } }, 'moderator')
    room.sendMessage(ada, 'thanks', 'm2')
    expect(room.take(ada)).toContainEqual(expect.objectContaining({ type: 'message', seq: 4 }))
  })

  test('[A5] a mute survives a reconnect, and presence shows the effective role', () => {
    const room = new TestRoom({ hibernates })
    room.manageMembers('eve', { do: 'change', user: 'ada', change: { muted: true } }, 'moderator')
    const ada = room.open('ada')
    expect(room.take(ada)[0]).toMatchObject({ type: 'welcome', data: { user: { id: 'ada', role: 'reader' } } })
  })

  test('[A5] a banned member is closed with 4403 and refused again', () => {
    const room = new TestRoom({ hibernates })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    room.manageMembers('eve', { do: 'change', user: 'ada', change: { banned: true } }, 'moderator')
    expect([ada.closed, bob.closed]).toEqual([4403, null])
    expect(room.connectRefusal('ada')).toBe('banned')
    expect(room.connectRefusal('bob')).toBe(null)
    room.manageMembers('eve', { do: 'change', user: 'ada', change: { banned: false } }, 'moderator')
    expect(room.connectRefusal('ada')).toBe(null)
  })

  test('[A5] a removed member is closed with 4403 and may reconnect', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    expect(resultOf(room.manageMembers('eve', { do: 'remove', user: 'ada' }, 'moderator'))).toBe('done')
    expect([ada.closed, room.connectRefusal('ada')]).toEqual([4403, null])
  })

  test('[A5] a role of the circle takes effect on a live socket', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada', { role: 'reader' })
    room.take(ada)
    room.command(ada, 'configure', { title: 'mine' })
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { code: 'forbidden' } }])
    room.manageMembers('root', { do: 'change', user: 'ada', change: { role: 'owner' } }, 'owner')
    room.command(ada, 'configure', { title: 'mine' })
    expect(room.take(ada)).toContainEqual(expect.objectContaining({ type: 'circle_status' }))
  })

  test('[A5] a private circle admits and keeps its members only', () => {
    const room = new TestRoom({ hibernates })
    room.manageMembers('eve', { do: 'found' })
    room.manageMembers('eve', { do: 'change', user: 'ada', change: { role: 'member' } })
    const [eve, ada, bob] = [room.open('eve'), room.open('ada'), room.open('bob')]
    room.command(eve, 'configure', { visibility: 'private' })
    expect([eve.closed, ada.closed, bob.closed]).toEqual([null, null, 4403])
    expect([room.connectRefusal('bob'), room.connectRefusal('ada'), room.connectRefusal('root', 'owner')]).toEqual([
      'not_found',
      null,
      null,
    ])
    expect(resultOf(room.manageMembers('bob', { do: 'list' }))).toBe('not_found')
  })

  test('[A5] moderators invite members and readers; only owners invite higher roles', () => {
    const room = new TestRoom({ hibernates })
    room.manageMembers('eve', { do: 'found' })
    const invite = (by: string, invited: 'reader' | 'member' | 'moderator' | 'owner', role: 'member' | 'moderator') =>
      resultOf(
        room.manageMembers(
          by,
          { do: 'invite', hash: `${by} ${invited}`, role: invited, uses: 1, expiresIn: 60_000 },
          role,
        ),
      )
    expect(
      (['reader', 'member', 'moderator', 'owner'] as const).map(invited => invite('mod', invited, 'moderator')),
    ).toEqual(['done', 'done', 'forbidden', 'forbidden'])
    expect((['reader', 'owner'] as const).map(invited => invite('ada', invited, 'member'))).toEqual([
      'forbidden',
      'forbidden',
    ])
    expect((['moderator', 'owner'] as const).map(invited => invite('eve', invited, 'member'))).toEqual(['done', 'done'])
  })

  test('[A5] an invitation admits as many members as it has uses, until it expires', () => {
    const room = new TestRoom({ hibernates })
    room.manageMembers('eve', { do: 'found' })
    room.command(room.open('eve'), 'configure', { visibility: 'private' })
    const invite = { do: 'invite', hash: 'h', role: 'member', uses: 2, expiresIn: 60_000 } as const
    expect(resultOf(room.manageMembers('eve', invite))).toBe('done')
    const join = (user: string, hash = 'h') => resultOf(room.manageMembers(user, { do: 'join', hash }))
    expect([join('ada'), join('bob'), join('cai')]).toEqual(['done', 'done', 'not_found'])
    expect([room.connectRefusal('ada'), room.connectRefusal('cai')]).toEqual([null, 'not_found'])
    room.manageMembers('eve', { ...invite, hash: 'late' })
    room.manageMembers('eve', { ...invite, hash: 'back' })
    room.now += 60_000
    expect(join('cai', 'late')).toBe('not_found')
    room.manageMembers('eve', { do: 'change', user: 'dan', change: { banned: true } })
    room.manageMembers('eve', { ...invite, hash: 'new' })
    expect(join('dan', 'new')).toBe('banned')
    room.manageMembers('eve', { do: 'uninvite' })
    expect(join('cai', 'new')).toBe('not_found')
  })
})

test('[A5] a circle is founded once, and only while its log is empty', () => {
  const room = new TestRoom()
  expect(resultOf(room.manageMembers('ada', { do: 'found' }))).toBe('done')
  expect(resultOf(room.manageMembers('bob', { do: 'found' }))).toBe('conflict')
  const used = new TestRoom()
  used.sendMessage(used.open('ada'), 'first')
  expect(resultOf(used.manageMembers('bob', { do: 'found' }))).toBe('conflict')
})

test.each([
  ['member', 'ada', { muted: true }, 'forbidden'],
  ['moderator', 'mod', { muted: true }, 'forbidden'], // another moderator
  ['moderator', 'boss', { banned: true }, 'forbidden'], // an owner
  ['moderator', 'ada', { role: 'moderator' }, 'forbidden'],
  ['moderator', 'ada', { muted: true }, 'done'],
  ['owner', 'boss', { role: 'member' }, 'done'],
  ['owner', 'eve', { role: 'member' }, 'forbidden'], // oneself
  ['owner', 'agent:pickle', { muted: true }, 'forbidden'],
] as const)('[A5] a %s changes %s by %j: %s', (role, user, change, expected) => {
  const room = new TestRoom()
  room.manageMembers('root', { do: 'change', user: 'mod', change: { role: 'moderator' } }, 'owner')
  room.manageMembers('root', { do: 'change', user: 'boss', change: { role: 'owner' } }, 'owner')
  const before = room.room.context.log.head
  expect(resultOf(room.manageMembers('eve', { do: 'change', user, change }, role))).toBe(expected)
  expect(room.room.context.log.head).toBe(expected === 'done' ? before + 1 : before)
})

test('[A5] nobody can ban an owner by token from their own server', () => {
  const room = new TestRoom()
  const root = room.open('root', { role: 'owner' })
  room.manageMembers('ada', { do: 'found' })
  room.manageMembers('ada', { do: 'change', user: 'root', change: { banned: true, muted: true, role: 'reader' } })
  expect([root.closed, room.connectRefusal('root', 'owner')]).toEqual([null, null])
  room.take(root)
  room.sendMessage(root, 'still here', 'm')
  expect(room.take(root)).toContainEqual(expect.objectContaining({ type: 'ack' }))
})

test('[A5] the list has the connected members and those with an override', () => {
  const room = new TestRoom()
  room.open('ada')
  room.manageMembers('eve', { do: 'change', user: 'bob', change: { banned: true } }, 'moderator')
  expect(room.manageMembers('eve', { do: 'list' }, 'moderator')).toEqual({
    members: [
      { id: 'ada', name: 'Ada', role: 'member', muted: false, banned: false, sessions: 1 },
      { id: 'bob', name: null, role: null, muted: false, banned: true, sessions: 0 },
    ],
  })
})

test('[A5] [P4] the list comes in pages, also when there are so many that presence has no names', () => {
  const room = new TestRoom()
  const ids = Array.from({ length: 250 }, (_, number) => `user-${number}`)
  for (const id of [...ids, '\u{1f600}', '\uffed']) room.open(id)
  const banned = Array.from({ length: 30 }, (_, number) => `user-1${number}-banned`)
  for (const user of banned) {
    room.now += 1_000
    room.manageMembers('eve', { do: 'change', user, change: { banned: true } }, 'moderator')
  }
  const pagesFor = (role: 'moderator' | 'member') => {
    const pages: string[][] = []
    for (let after = '', hasMore = true; hasMore; after = pages.at(-1)?.at(-1) ?? '') {
      room.now += 1_000 // requests have a pace
      const page = room.manageMembers('eve', { do: 'list', after, limit: 40 }, role)
      if (!('members' in page)) throw new Error('expected a page')
      pages.push(page.members.map(({ id }) => id))
      hasMore = page.more === true
    }
    return pages
  }
  const here = [...ids, '\uffed', '\u{1f600}']
  const expected = { moderator: [...here, ...banned], member: here }
  for (const role of ['moderator', 'member'] as const) {
    const pages = pagesFor(role)
    expect(pages.flat().toSorted()).toEqual(expected[role].toSorted())
    expect(pages.slice(0, -1).every(({ length }) => length === 40)).toBe(true)
    expect(pages.flat().slice(-2)).toEqual(['\uffed', '\u{1f600}']) // as SQLite compares them
  }
})

test('[A5] a request without a socket is checked the same way', () => {
  const room = new TestRoom()
  room.manageMembers('eve', { do: 'change', user: 'ada', change: { banned: true } }, 'moderator')
  expect(room.runCommand('ada', 'message', { content: 'hi' })).toMatchObject({
    type: 'error',
    data: { code: 'banned' },
  })
  room.manageMembers('eve', { do: 'change', user: 'bob', change: { muted: true } }, 'moderator')
  expect(room.runCommand('bob', 'message', { content: 'hi' })).toMatchObject({ data: { code: 'read_only' } })
  expect(room.runCommand('cai', 'message', { content: 'hi' })).toMatchObject({ type: 'ack' })
})

test('[A4] a guest who authenticates as a banned user remains a guest', () => {
  const room = new TestRoom()
  room.manageMembers('eve', { do: 'change', user: 'ada', change: { banned: true } }, 'moderator')
  const guest = room.open('guest:x', { kind: 'guest' })
  room.take(guest)
  room.command(guest, 'auth', { token: 't' }, 'a1')
  const ada = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null } as const
  room.tokenVerified(guest, { principal: ada }, 'a1')
  expect(room.take(guest)).toMatchObject([{ type: 'error', data: { id: 'a1', code: 'forbidden' } }])
  room.sendMessage(guest, 'still me', 'm')
  expect(room.take(guest)).toContainEqual(
    expect.objectContaining({ data: expect.objectContaining({ user_id: 'guest:x' }) }),
  )
})
