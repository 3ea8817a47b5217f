import { describe, expect, test } from 'vitest'
import type { MemberChange } from '../../../src/protocol/commands/member-schema.ts'
import type { PersonRole } from '../../../src/protocol/roles.ts'
import type { MembersResult } from '../../../src/rpc/channel.ts'
import { TestRoom } from '../../support/test-room.ts'

const codeOf = (result: MembersResult) => ('refused' in result ? result.refused.code : 'done')

/** A room with the owner `olga`, and `eve`, changed by olga. */
function roomWith(change: MemberChange | null, hibernates = false): TestRoom {
  const room = new TestRoom({ hibernates })
  room.manageMembers('olga', { do: 'found' })
  if (change !== null) room.manageMembers('olga', { do: 'change', user: 'eve', change })
  return room
}

const leave = (room: TestRoom, user = 'eve', role: PersonRole = 'member') =>
  codeOf(room.manageMembers(user, { do: 'remove', user }, role))

const send = (room: TestRoom, role: PersonRole = 'member') => {
  const response = room.runCommand('eve', 'message', { content: 'hello' }, role)
  return response?.type === 'error' ? response.data.code : response?.type
}

describe.each([{ hibernates: false }, { hibernates: true }])('leaving, hibernates: $hibernates', ({ hibernates }) => {
  test('[A5] leaving undoes no demotion', () => {
    const room = roomWith({ role: 'reader' }, hibernates)
    expect([send(room), leave(room), send(room)]).toEqual(['read_only', 'done', 'read_only'])
  })

  test('[A5] leaving undoes no demotion, whichever of their tokens the user leaves with', () => {
    const room = roomWith({ role: 'member' }, hibernates)
    expect([leave(room, 'eve', 'reader'), leave(room, 'eve', 'moderator')]).toEqual(['done', 'done'])
    const change = { do: 'change', user: 'ada', change: { muted: true } } as const
    expect(codeOf(room.manageMembers('eve', change, 'moderator'))).toBe('forbidden')
    expect(send(room, 'reader')).toBe('read_only') // nor is the role a grant any more
  })

  test('[A5] leaving undoes neither a mute nor a ban', () => {
    const muted = roomWith({ muted: true }, hibernates)
    expect([leave(muted), send(muted)]).toEqual(['done', 'read_only'])
    const banned = roomWith({ banned: true }, hibernates)
    expect([leave(banned), send(banned)]).toEqual(['banned', 'banned'])
  })

  test('[A5] leaving takes away a role that the circle gave', () => {
    const room = roomWith({ role: 'moderator' }, hibernates)
    const eve = room.open('eve')
    expect(leave(room)).toBe('done')
    expect(eve.closed).toBe(4403)
    const change = { do: 'change', user: 'ada', change: { muted: true } } as const
    expect([codeOf(room.manageMembers('eve', change)), send(room)]).toEqual(['forbidden', 'ack'])
  })

  test('[A5] leaving a private circle ends the membership, also one that lowers', () => {
    for (const role of ['reader', 'member', 'moderator'] as const) {
      const room = roomWith({ role }, hibernates)
      room.command(room.open('olga'), 'configure', { visibility: 'private' })
      expect([room.connectRefusal('eve'), leave(room), room.connectRefusal('eve')]).toEqual([null, 'done', 'not_found'])
    }
  })

  test('[A5] removing a member undoes no demotion either', () => {
    const room = roomWith({ role: 'reader' }, hibernates)
    room.manageMembers('mod', { do: 'remove', user: 'eve' }, 'moderator')
    expect(send(room)).toBe('read_only')
  })
})

test('[A5] leaving is an event only if a socket closes or the standing changes', () => {
  const room = roomWith({ role: 'reader' })
  const { log } = room.room.context
  const before = log.head
  expect(leave(room)).toBe('done')
  expect([leave(room), leave(room, 'ada'), log.head]).toEqual(['done', 'done', before])
  room.open('eve')
  expect([leave(room), log.head]).toEqual(['done', before + 1])
  expect(log.at(log.head)).toMatchObject({
    type: 'member_changed',
    data: { user_id: 'eve', role: 'reader', by: 'eve' },
  })
})

test('[A5] the acts on members pass the rate limit, whatever the role', () => {
  const room = roomWith(null)
  const codes = Array.from({ length: 60 }, () => leave(room, 'eve', 'reader'))
  expect(codes.filter(code => code === 'done')).toHaveLength(room.limits.user_message_burst)
  expect(new Set(codes.slice(room.limits.user_message_burst))).toEqual(new Set(['rate_limited']))
  room.now += 1_000
  expect(leave(room, 'eve', 'reader')).toBe('done')
})

describe('the last owner', () => {
  test('[A5] cannot leave, and can once somebody else owns the circle', () => {
    const room = roomWith(null)
    expect(leave(room, 'olga')).toBe('conflict')
    room.manageMembers('olga', { do: 'change', user: 'eve', change: { role: 'owner' } })
    expect(leave(room, 'olga')).toBe('done')
    expect(leave(room)).toBe('conflict')
  })

  test('[A5] another owner who is muted or banned does not count', () => {
    for (const change of [{ muted: true }, { banned: true }]) {
      const room = roomWith({ role: 'owner', ...change })
      expect(leave(room, 'olga')).toBe('conflict')
    }
  })

  test('[A5] an owner by token can always leave', () => {
    const room = roomWith(null)
    expect(leave(room, 'olga', 'owner')).toBe('done')
  })
})

test('[A5] a moderator who was seen here once is known while away: another one cannot ban them', () => {
  const room = new TestRoom()
  room.disconnect(room.open('eve', { role: 'moderator' }))
  const ban = { do: 'change', user: 'eve', change: { banned: true } } as const
  expect(codeOf(room.manageMembers('mod', ban, 'moderator'))).toBe('forbidden')
  expect(codeOf(room.manageMembers('mod', { do: 'remove', user: 'eve' }, 'moderator'))).toBe('forbidden')
  expect(room.manageMembers('mod', { do: 'list' }, 'moderator')).toEqual({ members: [] }) // not an override
  room.manageMembers('eve', { do: 'list' }, 'member') // a lower token, and the rank is gone
  expect(codeOf(room.manageMembers('mod', ban, 'moderator'))).toBe('done')
})

test('[A5] who is muted or banned is told to moderators, and to the user themself', () => {
  const room = new TestRoom()
  for (const user of ['ada', 'bob']) room.open(user)
  room.manageMembers('olga', { do: 'found' })
  for (const user of ['ada', 'cai']) room.manageMembers('olga', { do: 'change', user, change: { muted: true } })
  room.manageMembers('olga', { do: 'change', user: 'dan', change: { role: 'member', banned: true } })
  const listed = (user: string) => {
    const result = room.manageMembers(user, { do: 'list' })
    return 'members' in result ? result.members : []
  }
  expect(listed('bob')).toEqual([
    { id: 'ada', name: 'Ada', role: 'member', sessions: 1 },
    { id: 'bob', name: 'Bob', role: 'member', muted: false, banned: false, sessions: 1 },
    { id: 'olga', name: null, role: 'owner', sessions: 0 },
  ])
  expect(listed('ada')[0]).toEqual({ id: 'ada', name: 'Ada', role: 'reader', muted: true, banned: false, sessions: 1 })
  expect(listed('olga').map(({ id, muted, banned }) => [id, muted, banned])).toEqual([
    ['ada', true, false],
    ['bob', false, false],
    ['cai', true, false],
    ['dan', false, true],
    ['olga', false, false],
  ])
})
