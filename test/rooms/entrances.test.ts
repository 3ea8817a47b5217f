import { describe, expect, test } from 'vitest'
import type { Principal } from '../../src/auth/principal.ts'
import { workspace } from '../../src/protocol/channels/channel-kinds.ts'
import type { PersonRole } from '../../src/protocol/roles.ts'
import { responseOf } from '../../src/rooms/outcome.ts'
import { Room } from '../../src/rooms/room.ts'
import { fullBucket } from '../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../src/rooms/sessions/session.ts'
import type { AdminRequest, AdminRequestOf, DigestReceipt } from '../../src/rpc/channel.ts'
import { TestRoom, type TestSession } from '../support/test-room.ts'

// Everything that comes into a room from outside passes rights and rate limit. A method of `Room` that is in none of
// these lists fails the first test: whoever adds one decides which it is.

/** What people and programs ask for: the code of the refusal, or null. */
const requests: Record<string, (room: TestRoom, user: string, role?: PersonRole) => string | null> = {
  receive: (room, user, role = 'member') => {
    const refused = room.connectRefusal(user, role)
    if (refused !== null) return refused
    const session = room.open(user, { role })
    room.take(session)
    room.command(session, 'history', {}, 'h1')
    const answer = room.take(session).find(({ type }) => type === 'error' || type === 'history')
    return answer?.type === 'error' ? String(answer.data.code) : null
  },
  runCommand: (room, user, role) => {
    const response = room.runCommand(user, 'history', {}, role)
    return response?.type === 'error' ? response.data.code : null
  },
  manageMembers: (room, user, role) => refusedBy(room.manageMembers(user, { do: 'list' }, role)),
  publish: (room, user, role) => {
    const data = { agent_id: 'owl', content: 'hello' }
    const [result] = room.publish(user, [{ id: 'p', type: 'agent_message', data } as never], role)
    return result === undefined ? null : refusedBy(result)
  },
  refuseRequest: (room, user, role) => room.room.refuseRequest(sessionOf(room, user, role), room.now)?.code ?? null,
  handleAdmin: (room, user, role) => refusedBy(admin(room, user, { do: 'describe' }, role)),
}

/** What other objects of the deployment send. */
const fromObjects = {
  receiveDigest: (room: TestRoom): DigestReceipt =>
    room.receiveDigest({ workspace: 'acme', epoch: 'e', from: room.now, to: room.now, line: 'changed a' }),
  recordActivity: (room: TestRoom): number => {
    const before = room.room.context.log.head
    room.step(it => it.recordActivity({ activity: 'status', turn: 't', channel: 'circle:dev' }, room.now))
    return room.room.context.log.head - before
  },
}

/** Refuses by its own rules, tested in `sessions`: upgrades and tokens. */
const connecting = ['refuseConnect', 'connect', 'tokenVerified', 'disconnect', 'leftAsleep', 'revokeTokens']
/** Not an entrance: results of what the room itself began, its clock, and what the host asks of it. */
const internal = [
  ...[
    'turnProgressed',
    'turnEnded',
    'run',
    'nextAlarm',
    'alarm',
    'nextTick',
    'tick',
    'expect',
    'beforeSend',
    'afterRun',
    'agentConnected',
  ],
  'sessionsToStore',
  'hasBegun',
]

const refusedBy = (result: object): string | null =>
  'refused' in result ? (result.refused as { code: string }).code : null

function admin(room: TestRoom, user: string, request: AdminRequest, role?: PersonRole): object {
  return room.stepWithResult(it => it.handleAdmin(sessionOf(room, user, role), request, room.now))
}

function sessionOf(room: TestRoom, user: string, role: PersonRole = 'member') {
  const principal: Principal = { id: user, name: user, kind: 'person', role, expires: null }
  const options = { id: 'request', dialect: 'native', agent: null, principal } as const
  return newSession(options, fullBucket(room.limits, room.now), room.now)
}

test('every method of a room is known to be an entrance or not to be one', () => {
  const methods = Object.getOwnPropertyNames(Room.prototype).filter(name => name !== 'constructor')
  const known = [...Object.keys(requests), ...Object.keys(fromObjects), ...connecting, ...internal]
  expect(methods.toSorted()).toEqual(known.toSorted())
})

describe.each(Object.entries(requests))('%s', (_, request) => {
  test('[A5] is refused to the banned, and to strangers of a private circle', () => {
    const room = new TestRoom()
    room.manageMembers('olga', { do: 'found' })
    room.manageMembers('olga', { do: 'change', user: 'eve', change: { banned: true } })
    expect([request(room, 'eve'), request(room, 'ada')]).toEqual(['banned', null])
    room.command(room.open('olga'), 'configure', { visibility: 'private' })
    expect(request(room, 'bob')).toBe('not_found') // a stranger does not learn that it exists
  })

  test('[E3] counts towards the rate limit of its user, together with all others', () => {
    const room = new TestRoom()
    const others = Object.values(requests).filter(one => one !== requests.receive)
    for (let n = 0; n < room.limits.user_message_burst; n++) others[n % others.length]?.(room, 'eve')
    expect([request(room, 'eve'), request(room, 'ada')]).toEqual(['rate_limited', null])
  })
})

test('[L5] the digests of one workspace pass a rate limit, and so do reports of one turn', () => {
  const room = new TestRoom()
  room.command(room.open('olga', { role: 'owner' }), 'configure', { links: ['workspace:acme'] })
  const digests = Array.from({ length: 60 }, () => {
    room.now += 1
    return fromObjects.receiveDigest(room)
  })
  expect(digests.filter(receipt => receipt === 'failed').length).toBeGreaterThan(15)
  const reports = Array.from({ length: 60 }, () => fromObjects.recordActivity(room))
  expect(reports.reduce((sum, stored) => sum + stored, 0)).toBe(room.limits.user_message_burst)
})

test('a digest is taken from a linked workspace only, and not by a channel of another kind', () => {
  expect(fromObjects.receiveDigest(new TestRoom())).toBe(null)
  expect(fromObjects.receiveDigest(new TestRoom({ channel: workspace }))).toBe(null)
})

// Without `component`, which checks the role itself.
const adminRequests: { [Name in Exclude<AdminRequest['do'], 'component'>]: [AdminRequestOf<Name>, PersonRole] } = {
  describe: [{ do: 'describe' }, 'reader'],
  search: [{ do: 'search', q: 'x', limit: 1 }, 'reader'],
  export: [{ do: 'export', after: 0 }, 'reader'],
  create: [{ do: 'create', configuration: {} }, 'member'],
  cost: [{ do: 'cost' }, 'owner'],
  delete: [{ do: 'delete' }, 'owner'],
  import: [{ do: 'import', step: { replace: true } }, 'owner'],
  webhooks: [{ do: 'webhooks', act: { do: 'list' } }, 'owner'],
  agents: [{ do: 'agents' }, 'owner'],
}

test.each(Object.values(adminRequests))('[A5] the request %j needs the role %s', (request, least) => {
  for (const role of ['reader', 'member', 'moderator', 'owner'] as const) {
    const allowed =
      ['reader', 'member', 'moderator', 'owner'].indexOf(role) >=
      ['reader', 'member', 'moderator', 'owner'].indexOf(least)
    expect([role, refusedBy(admin(new TestRoom(), 'eve', request, role))]).toEqual([role, allowed ? null : 'forbidden'])
  }
})

test('[A5] whoever is muted writes nothing that others read, by any command', () => {
  const room = new TestRoom()
  const [ada, eve] = [room.open('ada'), room.open('eve')]
  room.sendMessage(eve, 'before')
  room.command(eve, 'presence', { state: { status: 'buy this' } })
  room.manageMembers('olga', { do: 'found' })
  room.manageMembers('mod', { do: 'change', user: 'eve', change: { muted: true } }, 'moderator')
  room.advance(1_500)
  expect(room.room.context.presence.members().find(({ id }) => id === 'eve')).toEqual({
    ...{ id: 'eve', name: 'Eve', kind: 'person', role: 'reader', sessions: 1 },
  })
  room.advance(10_000)
  room.take(ada)
  room.take(eve)
  const commands = {
    message: { content: 'again' },
    edit: { seq: 1, content: 'other' },
    delete: { seq: 1 },
    react: { seq: 1, emoji: '👍' },
    typing: { active: true },
    presence: { state: { status: 'buy this' } },
    signal: { name: 'x', value: 'buy this' },
    read: { seq: 1 },
  }
  for (const [type, data] of Object.entries(commands)) {
    room.command(eve, type, data)
    room.advance(2_000)
    expect([type, room.take(ada)]).toEqual([type, []])
  }
  expect(room.take(eve).map(({ data }) => data.code ?? 'ack')).toEqual([...Array(7).fill('read_only'), 'ack'])
})

test('[N3] a reader has no presence state: everybody else would read it', () => {
  const room = new TestRoom()
  const eve = room.open('eve', { role: 'reader' })
  room.take(eve)
  room.command(eve, 'presence', { state: { status: 'hello' } }, 'p1')
  expect(room.take(eve)).toMatchObject([{ type: 'error', data: { id: 'p1', code: 'read_only' } }])
})

const reader: Principal = { id: 'eve', name: 'Eve', kind: 'person', role: 'reader', expires: null }

test.each<[string, (room: TestRoom, eve: TestSession) => void]>([
  ['is muted', room => room.manageMembers('olga', { do: 'change', user: 'eve', change: { muted: true } })],
  ['is made a reader', room => room.manageMembers('olga', { do: 'change', user: 'eve', change: { role: 'reader' } })],
  ['is no moderator where only these write', room => configure(room, { writers: 'moderators' })],
  ['is in a channel that is archived', room => configure(room, { status: 'archived' })],
  ['sends a token of a reader', (room, eve) => room.tokenVerified(eve, { principal: reader }, 'a1')],
  [
    'keeps only a connection with a token of a reader',
    (room, eve) => {
      room.open('eve', { role: 'reader' })
      room.advance(1_500)
      expect(stateOf(room)).toEqual({ status: 'hello' }) // one of two connections may write
      room.disconnect(eve)
    },
  ],
])('[N3] whoever %s has no presence state any more, nor after hibernation', (_, loseRights) => {
  for (const hibernates of [false, true]) {
    const room = new TestRoom({ hibernates })
    room.manageMembers('olga', { do: 'found' })
    room.open('ada')
    const eve = room.open('eve')
    room.command(eve, 'presence', { state: { status: 'hello' } })
    expect(stateOf(room)).toEqual({ status: 'hello' })
    loseRights(room, eve)
    expect(stateOf(room)).toBeUndefined()
    const again = JSON.stringify({ type: 'presence', data: { state: { status: 'again' } } })
    for (const id of room.room.context.presence.sessionsOf('eve')) room.step(it => it.receive(id, again, room.now), id)
    room.advance(1_500)
    expect(stateOf(room)).toBeUndefined()
  }
})

test('[N3] a guest who becomes a user leaves their presence state behind', () => {
  const room = new TestRoom({ hibernates: true })
  const guest = room.open('guest:x', { kind: 'guest' })
  room.command(guest, 'presence', { state: { status: 'of the guest' } })
  room.tokenVerified(guest, { principal: { ...reader, role: 'member' } }, 'a1')
  room.advance(1_500)
  expect(stateOf(room)).toBeUndefined()
})

function stateOf(room: TestRoom) {
  return room.room.context.presence.members().find(({ id }) => id === 'eve')?.state
}

function configure(room: TestRoom, data: object): void {
  room.command(room.open('olga'), 'configure', data, 'c1')
}

test('[T8] whoever is muted decides nothing, named or not', () => {
  const room = new TestRoom()
  const [ada, eve] = [room.open('ada'), room.open('eve')]
  room.sendMessage(ada, '@owl deploy')
  const [call] = room.calls
  if (call === undefined) throw new Error('expected a call')
  room.turnEnded(call, { type: 'asks', ask: { description: 'May I?', users: ['eve'] } })
  room.manageMembers('mod', { do: 'change', user: 'eve', change: { muted: true } }, 'moderator')
  const approval = room.sql.all<{ id: string }>(`SELECT id FROM approvals`)[0]?.id ?? ''
  room.take(eve)
  room.command(eve, 'approve', { approval, note: 'text of a muted person' }, 'y1')
  expect(room.take(eve)).toMatchObject([{ type: 'error', data: { id: 'y1', code: 'read_only' } }])
})

test('the response to a request is a refusal, not silence', () => {
  const room = new TestRoom()
  room.manageMembers('olga', { do: 'found' })
  room.manageMembers('olga', { do: 'change', user: 'eve', change: { banned: true } })
  const principal: Principal = { id: 'eve', name: 'Eve', kind: 'person', role: 'member', expires: null }
  const session = newSession(
    { id: 's', dialect: 'native', agent: null, principal },
    fullBucket(room.limits, room.now),
    room.now,
  )
  const refused = room.room.runCommand(session, { type: 'message', id: 'm', data: { content: 'hi' } }, room.now)
  expect(responseOf(refused)).toMatchObject({ type: 'error', data: { id: 'm', code: 'banned' } })
})
