import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import type { MemberChange } from '../../../src/protocol/commands/member-schema.ts'
import { atLeast, type PersonRole, personRole } from '../../../src/protocol/roles.ts'
import { importLog } from '../../../src/rooms/admin/export-import.ts'
import { roleInForce } from '../../../src/rooms/members/member-roles.ts'
import { banReason } from '../../../src/rooms/members/standing.ts'
import type { Session } from '../../../src/rooms/sessions/session.ts'
import type { MembersResult } from '../../../src/rpc/channel.ts'
import { runs } from '../../support/random.ts'
import { TestRoom } from '../../support/test-room.ts'

const people = ['ada', 'bob', 'cai', 'dan', 'eve'] as const
const roles = personRole.options
const fast = { user_message_burst: 1e9, user_messages_per_second: 1e9, channel_message_burst: 1e9 }

// A few of them do most: what can go wrong takes several acts of the same people, the first of whom is the owner.
const person = fc.constantFrom(...people, 'bob' as const, 'bob' as const, 'cai' as const)
const actor = fc.constantFrom(...people, 'ada' as const, 'ada' as const, 'ada' as const, 'bob' as const)
const role = fc.constantFrom(...roles)
const change: fc.Arbitrary<MemberChange> = fc.oneof(
  fc.record({ role: fc.option(role, { freq: 9 }) }),
  fc.record({ role: fc.option(role, { freq: 9 }) }),
  fc.record({ muted: fc.boolean() }),
  fc.record({ banned: fc.boolean() }),
)
/** `lower`: the act is done with a token of the role `reader`, which everybody has, too. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('change' as const), by: actor, user: person, change }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('invite' as const), by: actor, role }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('join' as const), by: person, n: fc.nat(2), lower: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), by: person, lower: fc.boolean() }) },
  fc.record({ do: fc.constant('remove' as const), by: person, user: person }),
  fc.record({ do: fc.constantFrom('connect' as const, 'disconnect' as const), by: person, lower: fc.boolean() }),
  fc.record({ do: fc.constant('revoke' as const), user: person }),
  fc.record({
    do: fc.constant('visibility' as const),
    visibility: fc.constantFrom('public' as const, 'private' as const),
  }),
  fc.record({ do: fc.constantFrom('import' as const, 'hibernate' as const) }),
)
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never

/** How far somebody's rights go: 0 may not be here, 1 reader … 4 owner. */
const rankOf = (room: TestRoom, id: string, token: PersonRole): number => {
  const principal: Principal = { id, name: id, kind: 'person', role: token, expires: null }
  if (banReason(room.room.context, principal) !== null) return 0
  return roles.indexOf(roleInForce(principal, room.room.context.members.find(id))) + 1
}

/** What an invitation is worth to somebody now, as a rank; 0: nothing. Read from the rules, not from the code. */
type Made = { role: PersonRole; by: string; at: number }

test('[A5] after any acts of five people, nobody has raised themself, and an owned circle has an owner', () => {
  const tokens = fc.tuple(...people.map(() => fc.constantFrom<PersonRole>('reader', 'member', 'member', 'moderator')))
  const property = fc.property(
    tokens,
    fc.array(act, { minLength: 5, maxLength: 60, size: 'max' }),
    (tokenRoles, acts) => {
      const room = new TestRoom({ limits: fast })
      const tokenOf = (user: string) => tokenRoles[people.indexOf(user as (typeof people)[number])] as PersonRole
      const rank = (user: string) => rankOf(room, user, tokenOf(user))
      room.manageMembers('ada', { do: 'found' }, atLeast(tokenOf('ada'), 'member') ? tokenOf('ada') : 'member')
      const made: Made[] = []
      const assigned = new Map<string, { at: number; role: PersonRole }>() // roles that owners set
      for (const one of acts) {
        room.now += 1
        const before = new Map(people.map(user => [user, rank(user)]))
        const worth = one.do === 'join' ? worthOf(made.at(-1 - one.n), rank, assigned.get(one.by)) : 0
        const done = perform(room, one, { made, tokenOf })
        if (one.do === 'change' && done && one.change.role !== undefined) {
          if (one.change.role === null) assigned.delete(one.user)
          else assigned.set(one.user, { at: room.now, role: one.change.role })
        }
        const self = 'by' in one ? one.by : null
        if (self !== null) {
          const allowed = one.do === 'join' && done ? Math.max(before.get(self) ?? 0, worth) : (before.get(self) ?? 0)
          if (rank(self) > allowed) expect.fail(`${self} raised themself: ${JSON.stringify(one)}`)
        }
        for (const user of people.filter(user => user !== self)) {
          const mayRaise = one.do === 'change' || one.do === 'visibility'
          if (!mayRaise && rank(user) > (before.get(user) ?? 0))
            expect.fail(`${user} was raised: ${JSON.stringify(one)}`)
        }
        if (!room.room.context.members.hasOwner()) expect.fail(`nobody owns it after ${JSON.stringify(one)}`)
      }
    },
  )
  fc.assert(property, { numRuns: runs(100), seed: seed() })
})

/** The seed is printed when a property fails; CIRCLES_SEED repeats it. */
function seed(): number {
  return Number(globalThis.process.env['CIRCLES_SEED'] ?? 20_261_128)
}

function worthOf(
  invitation: Made | undefined,
  rank: (user: string) => number,
  assigned: { at: number; role: PersonRole } | undefined,
): number {
  if (invitation === undefined) return 0
  const maker = rank(invitation.by)
  const mayGive = maker === 4 || (maker === 3 && !atLeast(invitation.role, 'moderator'))
  const worth = mayGive ? roles.indexOf(invitation.role) + 1 : 0
  const isOlder = assigned !== undefined && (invitation.at <= assigned.at || maker < 4)
  return isOlder ? Math.min(worth, roles.indexOf(assigned.role) + 1) : worth
}

type Setting = { made: Made[]; tokenOf(user: string): PersonRole }

/** Does what an act says, and returns whether it was done. */
function perform(room: TestRoom, one: Act, { made, tokenOf }: Setting): boolean {
  const roleFor = (user: string, lower: boolean) => (lower ? 'reader' : tokenOf(user))
  const ok = (result: MembersResult) => !('refused' in result)
  switch (one.do) {
    case 'change':
      return ok(room.manageMembers(one.by, { do: 'change', user: one.user, change: one.change }, tokenOf(one.by)))
    case 'remove':
      return ok(room.manageMembers(one.by, { do: 'remove', user: one.user }, tokenOf(one.by)))
    case 'leave':
      return ok(room.manageMembers(one.by, { do: 'remove', user: one.by }, roleFor(one.by, one.lower)))
    case 'invite': {
      const hash = `h${made.length}`
      const invite = { do: 'invite', hash, role: one.role, uses: 1_000, expiresIn: 86_400_000 } as const
      if (!ok(room.manageMembers(one.by, invite, tokenOf(one.by)))) return false
      made.push({ role: one.role, by: one.by, at: room.now })
      return true
    }
    case 'join': {
      const hash = `h${made.length - 1 - one.n}`
      return ok(room.manageMembers(one.by, { do: 'join', hash }, roleFor(one.by, one.lower)))
    }
    case 'connect':
      if (room.connectRefusal(one.by, roleFor(one.by, one.lower)) === null) {
        room.open(one.by, { role: roleFor(one.by, one.lower) })
      }
      return true
    case 'disconnect':
      for (const { id, user } of [...room.room.context.sessions.values()]) {
        if (user.id === one.by) room.step(it => it.disconnect(id, room.now))
      }
      return true
    case 'revoke':
      room.step(it => it.revokeTokens(one.user, room.now, room.now))
      return true
    case 'visibility': {
      const root = room.open('root', { role: 'owner' })
      room.command(root, 'configure', { visibility: one.visibility })
      room.disconnect(root)
      return true
    }
    case 'import':
      importEmpty(room)
      return true
    case 'hibernate':
      room.hibernate()
      return true
    default:
      return one satisfies never
  }
}

function importEmpty(room: TestRoom): void {
  const session = { startedAt: room.now } as Session
  const begun = importLog(room.room.context, session, { do: 'import', step: { replace: true } }).result
  if ('refused' in begun) throw new Error('expected an import to begin')
  room.step(it => importLog(it.context, session, { do: 'import', step: { id: begun.value.id } }).outcome)
}
