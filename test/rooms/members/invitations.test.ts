import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/lib/migrations.ts'
import type { MemberChange } from '../../../src/protocol/commands/member-schema.ts'
import type { PersonRole } from '../../../src/protocol/roles.ts'
import { schema } from '../../../src/rooms/log/schema.ts'
import type { MembersResult } from '../../../src/rpc/channel.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const codeOf = (result: MembersResult) =>
  'refused' in result ? result.refused.code : 'member' in result ? result.member.role : 'done'

/** A room of the owners `olga` and `otto`, where `max` is a moderator of the circle and `tom` one by token. */
function aRoom(hibernates = false) {
  const room = new TestRoom({ hibernates })
  const change = (user: string, change: MemberChange, by = 'olga') =>
    codeOf(room.manageMembers(by, { do: 'change', user, change }))
  const invite = (by: string, invited: PersonRole, hash: string, role: PersonRole = 'member') =>
    codeOf(room.manageMembers(by, { do: 'invite', hash, role: invited, uses: 1_000, expiresIn: 86_400_000 }, role))
  const join = (user: string, hash: string) => codeOf(room.manageMembers(user, { do: 'join', hash }))
  room.manageMembers('olga', { do: 'found' })
  change('otto', { role: 'owner' })
  change('max', { role: 'moderator' })
  return { room, change, invite, join }
}

describe.each([{ hibernates: false }, { hibernates: true }])(
  'invitations, hibernates: $hibernates',
  ({ hibernates }) => {
    test.each<[string, (test: ReturnType<typeof aRoom>) => void]>([
      ['is lowered', ({ change }) => change('otto', { role: 'reader' })],
      ['is lowered to a role that could still invite members', ({ change }) => change('otto', { role: 'moderator' })],
      ['is muted', ({ change }) => change('otto', { muted: true })],
      ['is banned', ({ change }) => change('otto', { banned: true })],
      ['is removed', ({ room }) => room.manageMembers('olga', { do: 'remove', user: 'otto' })],
      ['leaves', ({ room }) => room.manageMembers('otto', { do: 'remove', user: 'otto' })],
      ['has their tokens revoked', ({ room }) => room.step(it => it.revokeTokens('otto', room.now, room.now))],
    ])('[A5] an invitation is worth nothing once its maker %s, also to the maker', (_, fall) => {
      const it = aRoom(hibernates)
      it.invite('otto', 'owner', 'h')
      fall(it)
      expect([it.join('eve', 'h'), it.join('otto', 'h')]).toEqual([
        'not_found',
        expect.stringMatching(/not_found|banned/),
      ])
      it.change('otto', { role: 'owner', muted: false, banned: false }) // it was dropped, and does not come back
      expect(it.join('eve', 'h')).toBe('not_found')
    })

    test('[A5] an invitation of a moderator by token ends with that rank', () => {
      const { room, invite, join } = aRoom(hibernates)
      invite('tom', 'member', 'h', 'moderator')
      room.now += 3_600_000
      expect(join('eve', 'h')).toBe('member') // while its maker is away
      room.open('tom', { role: 'member' })
      expect(join('ada', 'h')).toBe('not_found')
    })

    test('[A5] an invitation of somebody who may not be here any more ends when the circle becomes private', () => {
      const { room, invite, join } = aRoom(hibernates)
      invite('tom', 'member', 'h', 'moderator')
      room.command(room.open('olga'), 'configure', { visibility: 'private' })
      expect(join('eve', 'h')).toBe('not_found')
    })

    test('[A5] an invitation undoes no demotion that came after it, nor does one of a moderator', () => {
      const { room, change, invite, join } = aRoom(hibernates)
      invite('olga', 'moderator', 'before')
      room.now += 1
      change('eve', { role: 'reader' })
      room.now += 1
      invite('max', 'member', 'by moderator')
      expect([join('eve', 'before'), join('eve', 'by moderator')]).toEqual(['reader', 'reader'])
      invite('olga', 'member', 'by owner')
      expect([join('eve', 'by owner'), join('eve', 'before')]).toEqual(['member', 'member'])
    })

    test('[A5] who left and joins again is what the invitation says, and no more than they were', () => {
      const { room, change, invite, join } = aRoom(hibernates)
      change('eve', { role: 'moderator' })
      room.manageMembers('eve', { do: 'remove', user: 'eve' })
      room.now += 1
      invite('max', 'member', 'h')
      expect(join('eve', 'h')).toBe('member')
    })

    test('[A5] a revocation drops the invitations of its user, also once they come back with a new token', () => {
      const { room, invite, join } = aRoom(hibernates)
      invite('tom', 'member', 'h', 'moderator')
      room.step(it => it.revokeTokens('tom', room.now, room.now))
      room.open('tom', { role: 'moderator' })
      expect(join('eve', 'h')).toBe('not_found')
    })

    test('[A5] an invitation is not used up by somebody for whom it changes nothing', () => {
      const { room, join } = aRoom(hibernates)
      room.manageMembers('olga', { do: 'invite', hash: 'h', role: 'member', uses: 2, expiresIn: 86_400_000 })
      const { head } = room.room.context.log
      expect([join('otto', 'h'), join('max', 'h'), join('eve', 'h'), join('eve', 'h'), join('eve', 'h')]).toEqual([
        'owner',
        'moderator',
        'member',
        'member',
        'member',
      ])
      expect(room.room.context.log.head).toBe(head + 1)
      expect([join('ada', 'h'), join('bob', 'h')]).toEqual(['member', 'not_found'])
    })

    test('[A5] one invitation can be taken back alone, by its id or its hash', () => {
      const { room, invite, join } = aRoom(hibernates)
      for (const hash of ['a', 'b', 'c']) invite('max', 'member', hash.repeat(64))
      const list = () => room.manageMembers('max', { do: 'invitations' })
      const open = (id: string) => ({
        id,
        role: 'member',
        uses: 1_000,
        by: 'max',
        expires_at: new Date(room.now + 86_400_000).toISOString(),
      })
      expect(list()).toEqual({ invitations: ['a', 'b', 'c'].map(one => open(one.repeat(16))) })
      expect(codeOf(room.manageMembers('eve', { do: 'invitations' }))).toBe('forbidden')
      expect(codeOf(room.manageMembers('eve', { do: 'uninvite', id: 'a'.repeat(16) }))).toBe('forbidden')
      expect(codeOf(room.manageMembers('max', { do: 'uninvite', id: 'a'.repeat(16) }))).toBe('done')
      expect(codeOf(room.manageMembers('olga', { do: 'uninvite', id: 'b'.repeat(64) }))).toBe('done')
      expect(codeOf(room.manageMembers('olga', { do: 'uninvite', id: 'b'.repeat(64) }))).toBe('not_found')
      expect(list()).toEqual({ invitations: [open('c'.repeat(16))] })
      expect([join('eve', 'a'.repeat(64)), join('eve', 'c'.repeat(64))]).toEqual(['not_found', 'member'])
    })
  },
)

test('[A5] a stored invitation without a maker makes members until it expires; higher ones are dropped', () => {
  const sql = nodeSql()
  migrate(
    sql,
    schema.slice(
      0,
      schema.findIndex(step => step.some(statement => statement.includes('assigned'))),
    ),
  )
  sql.all(`INSERT INTO members (user, role, muted, banned) VALUES ('olga', 'owner', 0, 0), ('eve', 'reader', 0, 0)`)
  sql.all(
    `INSERT INTO invitations (hash, role, expires, uses) VALUES ('m', 'member', ?1, 5), ('o', 'owner', ?1, 5)`,
    start + 60_000,
  )
  const room = new TestRoom({ sql })
  const join = (user: string, hash: string) => codeOf(room.manageMembers(user, { do: 'join', hash }))
  expect([join('ada', 'm'), join('ada', 'o'), join('eve', 'm')]).toEqual(['member', 'not_found', 'reader'])
  room.now += 60_000
  expect(join('bob', 'm')).toBe('not_found')
})
