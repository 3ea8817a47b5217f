import { describe, expect, test } from 'vitest'
import { randomChoices, seeds } from '../../support/random.ts'
import { type Frame, modes, TestRoom, type TestSession } from '../../support/test-room.ts'

const member = (id: string, sessions: number, more: object = {}) => {
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1), kind: 'person', role: 'member', sessions, ...more }
}

describe.each(modes)('presence, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    room.advance(2_000)
    room.take(ada)
    return { room, ada }
  }
  const diffs = (room: TestRoom, session: TestSession) => {
    return room.take(session).flatMap(({ type, data }) => (type === 'presence' ? [data] : []))
  }
  const nobody = { joined: [], left: [], changed: [] }

  test('[P1] a join: the others receive a diff, the new session a roster', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    expect(diffs(room, ada)).toEqual([{ ...nobody, joined: [member('bob', 1)], count: 2 }])
    expect(room.take(bob).map(({ type }) => type)).toEqual(['welcome'])
  })

  test('[P1] one entry per user, with its number of sessions', () => {
    const { room, ada } = newRoom()
    const [, tab] = [room.open('bob'), room.open('bob')]
    room.advance(1_000)
    expect(diffs(room, ada)).toEqual([
      { ...nobody, joined: [member('bob', 1)], count: 2 },
      { ...nobody, changed: [member('bob', 2)], count: 2 },
    ])
    room.disconnect(tab)
    room.advance(20_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, changed: [member('bob', 1)], count: 2 }])
  })

  test('[P1] at most one frame in 50 ms up to 25 members, with all changes', () => {
    const { room, ada } = newRoom()
    room.open('bob')
    for (const name of ['cat', 'dan', 'eve']) room.open(name)
    expect(diffs(room, ada)).toHaveLength(1)
    room.advance(49)
    expect(diffs(room, ada)).toEqual([])
    room.advance(1)
    expect(diffs(room, ada)).toEqual([
      { ...nobody, joined: ['cat', 'dan', 'eve'].map(name => member(name, 1)), count: 5 },
    ])
  })

  test('[P1] at most one frame a second above 25 members', () => {
    const { room, ada } = newRoom()
    for (let index = 1; index < 26; index++) room.open(`m${index}`)
    room.advance(2_000)
    room.take(ada)
    room.open('bob')
    room.open('cat')
    expect(diffs(room, ada)).toEqual([{ ...nobody, joined: [member('bob', 1)], count: 27 }])
    room.advance(999)
    expect(diffs(room, ada)).toEqual([])
    room.advance(1)
    expect(diffs(room, ada)).toEqual([{ ...nobody, joined: [member('cat', 1)], count: 28 }])
  })

  test('[P2] a leave is sent 10 s after the last session closed', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.take(ada)
    room.disconnect(bob)
    room.advance(9_999)
    expect(diffs(room, ada)).toEqual([])
    room.advance(1)
    expect(diffs(room, ada)).toEqual([{ ...nobody, left: [member('bob', 0)], count: 1 }])
  })

  test('[P2] a return with another state is sent', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.command(bob, 'presence', { state: { status: 'busy' } })
    room.advance(1_000)
    room.take(ada)
    room.disconnect(bob)
    room.advance(3_000)
    room.open('bob')
    room.advance(60_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, changed: [member('bob', 1)], count: 2 }])
  })

  test('[P2] a return is sent if somebody saw the user without sessions meanwhile', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.disconnect(bob)
    const cat = room.open('cat')
    room.advance(1_000)
    room.take(ada)
    room.take(cat)
    room.open('bob')
    room.advance(60_000)
    const expected = [{ ...nobody, changed: [member('bob', 1)], count: 3 }]
    expect([diffs(room, ada), diffs(room, cat)]).toEqual([expected, expected])
  })

  test('[P2] somebody who was only in a welcome leaves, too', () => {
    const { room, ada } = newRoom()
    room.open('bob') // its frame is sent at once, that of cat 50 ms later
    const cat = room.open('cat')
    const dan = room.open('dan') // sees cat
    room.disconnect(cat)
    room.advance(20_000)
    expect(diffs(room, dan).flatMap(({ left }) => left)).toEqual([member('cat', 0)])
    expect(diffs(room, ada).at(-1)).toMatchObject({ count: 3 })
  })

  test('[P2] a reconnect within 10 s is silent', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.take(ada)
    room.disconnect(bob)
    room.advance(9_999)
    room.open('bob')
    room.advance(60_000)
    expect(diffs(room, ada)).toEqual([])
  })

  test('[P2] a second disconnect is ignored', () => {
    const { room, ada } = newRoom()
    const [bob, tab] = [room.open('bob'), room.open('bob')]
    room.advance(2_000)
    room.take(ada)
    room.disconnect(bob)
    room.disconnect(bob)
    room.advance(60_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, changed: [member('bob', 1)], count: 2 }])
    expect(tab.closed).toBeNull()
  })

  test('[P1] a presence state is sent to the others, the last one of each second', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob')
    room.advance(1_000)
    room.take(ada)
    room.command(bob, 'presence', { state: { mood: 1 } }, null)
    room.command(bob, 'presence', { state: { mood: 2 } }, null)
    room.command(bob, 'presence', { state: { mood: 3 } }, 'p3')
    room.advance(1_000)
    expect(diffs(room, ada)).toEqual([
      { ...nobody, changed: [member('bob', 1, { state: { mood: 1 } })], count: 2 },
      { ...nobody, changed: [member('bob', 1, { state: { mood: 3 } })], count: 2 },
    ])
    expect(room.takeData<{ members: unknown[] }>(room.open('cat')).members).toContainEqual(
      member('bob', 1, { state: { mood: 3 } }),
    )
  })

  test('[E1] a state over 1 KiB is too large', () => {
    const { room, ada } = newRoom()
    room.command(ada, 'presence', { state: { a: 'x'.repeat(1_020) } }, 'p1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'p1', code: 'too_large' } }])
  })

  test('[P3] after a crash the roster has the open sockets only', () => {
    const { room } = newRoom()
    room.open('bob')
    room.crash()
    expect(room.takeData<{ members: unknown[] }>(room.open('cat')).members).toEqual([member('cat', 1)])
  })

  test('[D1] plain sockets are present and receive no presence', () => {
    const { room, ada } = newRoom()
    const bob = room.open('bob', { dialect: 'plain' })
    expect(diffs(room, ada)).toEqual([{ ...nobody, joined: [member('bob', 1)], count: 2 }])
    room.open('cat')
    room.advance(20_000)
    expect(room.take(bob)).toEqual([])
  })

  test('[P1] [H3] without subscribers nothing is due', () => {
    const room = new TestRoom({ hibernates })
    const sessions = ['ada', 'bob'].map(name => room.open(name, { dialect: 'plain' }))
    const cat = room.open('cat')
    room.advance(2_000)
    room.disconnect(cat)
    for (const session of sessions) room.disconnect(session)
    expect(room.room.nextTick()).toBeNull()
    const dan = room.open('dan')
    expect(room.takeData<{ members: unknown[] }>(dan).members).toEqual([member('dan', 1)])
  })

  test('[P4] over 200 members: counts instead of names', () => {
    const { room, ada } = newRoom()
    const others = Array.from({ length: 199 }, (_, index) => room.open(`p${index}`))
    room.advance(2_000)
    expect(diffs(room, ada).at(-1)).toMatchObject({ count: 200 })
    const last = room.open('last')
    expect(room.takeData(last)).toMatchObject({ members: [], member_count: 201 })
    room.advance(2_000)
    expect(diffs(room, ada)).toEqual([{ ...nobody, count: 201 }])
    room.sendMessage(last, 'hello')
    room.take(ada)
    room.command(last, 'typing', { active: true })
    room.command(last, 'read', { seq: room.room.context.log.head })
    expect([room.take(ada), room.take(last).slice(-2)]).toMatchObject([[], [{ type: 'ack' }, { type: 'ack' }]])
    room.disconnect(last)
    for (const session of others) room.disconnect(session)
    room.advance(12_000)
    expect(diffs(room, ada).at(-1)).toMatchObject({ count: 1 })
  })
})

test.each(modes)('[P1] [P2] whoever watches and whoever comes later see the same roster, $mode', ({ hibernates }) => {
  for (const seed of seeds(30)) {
    const { pick, roll } = randomChoices(seed)
    const room = new TestRoom({ hibernates, limits: { messages_per_second: 1e6, message_burst: 1e6 } })
    const watchers = [{ session: room.open('ada'), roster: new Map<string, object>() }]
    const open: TestSession[] = []
    const read = () => {
      for (const { session, roster } of watchers) for (const frame of room.take(session)) update(roster, frame)
    }
    for (let step = 0; step < 30; step++) {
      const act = roll(6)
      if (act < 2) open.push(room.open(pick(['bob', 'cat'])))
      else if (act === 2 && open.length > 0) room.disconnect(open.splice(roll(open.length), 1)[0] as TestSession)
      else if (act === 3 && open.length > 0) room.command(pick(open), 'presence', { state: { n: roll(2) } })
      else if (act === 4 && step % 5 === 0) watchers.push({ session: room.open(`w${step}`), roster: new Map() })
      for (const { id } of [...open, ...watchers.map(({ session }) => session)]) room.pings.set(id, room.now)
      room.advance(pick([0, 10, 50, 1_000, 9_000, 11_000]))
      read()
    }
    room.advance(30_000)
    watchers.push({ session: room.open('eve'), roster: new Map() })
    room.advance(30_000)
    read()
    const rosters = watchers.map(({ roster }) =>
      [...roster.values()].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    )
    for (const roster of rosters) expect(roster, `seed ${seed}`).toEqual(rosters.at(-1))
  }
})

function update(roster: Map<string, object>, { type, data }: Frame): void {
  type Entries = { id: string }[]
  const { members = [], joined = [], changed = [], left = [] } = data as Record<string, Entries>
  if (type === 'welcome') for (const entry of members) roster.set(entry.id, entry)
  if (type !== 'presence') return
  for (const entry of [...joined, ...changed]) roster.set(entry.id, entry)
  for (const { id } of left) roster.delete(id)
}
