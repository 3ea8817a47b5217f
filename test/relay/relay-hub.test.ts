import { expect, test } from 'vitest'
import type { Sql } from '../../src/lib/sql.ts'
import type { LoggedEvent } from '../../src/protocol/events/events.ts'
import { limits } from '../../src/protocol/limits.ts'
import type { WakeRelay } from '../../src/relay/away-relays.ts'
import { leaseMs } from '../../src/relay/lease.ts'
import { RelayHub } from '../../src/relay/relay-hub.ts'
import { SessionStore } from '../../src/relay/session-store.ts'
import { type DownFrame, type UpFrame, writeRelayHeader } from '../../src/relay/wire.ts'
import type { InboundFrame } from '../../src/rooms/object/frame-buffer.ts'
import type { RelaySessionsPorts, RelaySocket } from '../../src/rooms/object/relay-sessions.ts'
import { toAttachment } from '../../src/rooms/sessions/attachment.ts'
import { fullBucket } from '../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../src/rooms/sessions/session.ts'
import { nodeSql } from '../../src/testing/node-sql.ts'

const caller = {
  channel: 'dev',
  dialect: 'native',
  agent: null,
  ticket: null,
  since: null,
  epoch: null,
  principal: { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null },
} as const

/** What outlives an instance of the circle's object. */
type Kept = { sql: Sql; sockets: RelaySocket[] }

/** A hub whose room is this test, which has no circle yet. */
function aHub({ sql, sockets }: Kept = { sql: nodeSql(), sockets: [] }, wake: WakeRelay | null = null) {
  const received: InboundFrame[] = []
  const left: [ids: readonly string[], code: number][] = []
  const timers: [run: () => void, ms: number][] = []
  let sessions = 0
  const ports: RelaySessionsPorts = {
    env: {} as RelaySessionsPorts['env'],
    sql,
    sockets: () => sockets,
    ownSessions: () => [],
    room: () => null,
    receive: frame => void received.push(frame),
    run: () => {},
    left: (ids, code) => void left.push([ids, code]),
    failed: error => {
      throw error
    },
    async connect(_, accept) {
      sessions += 1
      accept(`s${sessions}`)
      return null
    },
    background: () => {},
    setTimer: (run, ms) => void timers.push([run, ms]),
    now: () => 0,
  }
  return { hub: new RelayHub(ports, { from: 0, size: 50 }, wake), received, left, timers }
}

/** A relay of this name connects; what it is sent is in `sent`. */
function connect(hub: RelayHub, name: string, sessions: readonly string[] = []) {
  const sent: DownFrame[] = []
  const closes: number[] = []
  let attachment: unknown = null
  const socket: RelaySocket = {
    send: text => void sent.push(JSON.parse(String(text)) as DownFrame),
    close: code => void closes.push(code ?? 0),
    serializeAttachment(value) {
      attachment = value
    },
    deserializeAttachment: () => attachment,
  }
  hub.opened(writeRelayHeader(name), socket)
  const say = (frame: UpFrame) => hub.receive(socket, JSON.stringify(frame))
  say({ t: 'hello', epoch: null, seq: null, sessions })
  return { say, closes, take: () => sent.splice(0), cut: () => hub.closed(socket), socket }
}

test('[L4] a relay is told that a frame was handled once the room has handled it, and not before', () => {
  const { hub, received } = aHub()
  const relay = connect(hub, 'dev/enam/0')
  for (const n of [1, 2]) relay.say({ t: 'from', n, session: 's1', frame: `frame ${n}` })
  relay.take()
  hub.flush()
  expect(relay.take()).toEqual([])
  received[0]?.handled?.()
  hub.flush()
  expect(relay.take()).toEqual([{ t: 'out', done: 1 }])
  received[1]?.handled?.()
  hub.flush()
  expect(relay.take()).toEqual([{ t: 'out', done: 2 }])
})

test('[L3] a frame of an earlier connection says nothing of those that came on this one', () => {
  const { hub, received } = aHub()
  const before = connect(hub, 'dev/enam/0')
  before.say({ t: 'from', n: 7, session: 's1', frame: 'sent before the cut' })
  const relay = connect(hub, 'dev/enam/0')
  relay.take()
  received[0]?.handled?.()
  hub.flush()
  expect(relay.take()).toEqual([])
})

/** A hub with a relay at which two members have come in. */
async function twoMembers() {
  const all = aHub()
  const relay = connect(all.hub, 'dev/enam/0')
  for (const ref of [1, 2]) relay.say({ t: 'join', ref, caller })
  await Promise.resolve()
  expect(relay.take()).toContainEqual({ t: 'joined', ref: 2, session: 's2', plan: '1' })
  return { ...all, relay }
}

test('[P2] sessions that a relay does not name when it comes back have left', async () => {
  const { hub, left, relay } = await twoMembers()
  relay.cut()
  connect(hub, 'dev/enam/0', ['s2'])
  expect(left).toEqual([[['s1'], 1006]])
})

test('[A6] sessions that a relay names and the circle does not have are closed before anything else is sent', async () => {
  const { hub, relay } = await twoMembers()
  relay.cut()
  const again = connect(hub, 'dev/enam/0', ['s1', 's2', 's3'])
  expect(again.take().at(0)).toMatchObject({ t: 'ready', closed: [['s3', 'deleted', expect.any(String)]] })
})

test('[P2] sessions of a relay that does not come back have left when its lease ends, and not before', async () => {
  const { left, timers, relay } = await twoMembers()
  relay.cut()
  expect([left, timers.map(([, ms]) => ms)]).toEqual([[], [leaseMs]])
  for (const [run] of timers) run()
  expect(left).toEqual([[['s1', 's2'], 1006]]) // in one run: of thousands, one for each would take seconds
})

test('[P2] a lease that began with a cut does not end the sessions of a relay that is back', async () => {
  const { hub, left, timers, relay } = await twoMembers()
  relay.cut()
  connect(hub, 'dev/enam/0', ['s1', 's2'])
  for (const [run] of timers) run()
  expect(left).toEqual([])
})

test('an older connection of a relay is not heard any more: its frames come again on the newer one', async () => {
  const { hub, received, left, relay } = await twoMembers()
  connect(hub, 'dev/enam/0', ['s1', 's2'])
  expect(relay.closes).toEqual([4409])
  relay.say({ t: 'from', n: 1, session: 's1', frame: 'late' })
  relay.say({ t: 'left', session: 's1', code: 1000 })
  relay.cut()
  expect([received, left]).toEqual([[], []])
})

test('an instance that finds an older connection of a relay beside the newer one uses the newer', () => {
  const sql = nodeSql()
  const { hub } = aHub({ sql, sockets: [] })
  const older = connect(hub, 'dev/enam/0')
  const newer = connect(hub, 'dev/enam/0')
  // The runtime forgets, over two hibernations, that a socket was closed.
  const next = aHub({ sql, sockets: [newer.socket, older.socket] })
  next.hub.receive(newer.socket, JSON.stringify({ t: 'from', n: 1, session: 's1', frame: 'hello' }))
  next.hub.closed(older.socket)
  next.hub.receive(newer.socket, JSON.stringify({ t: 'from', n: 2, session: 's1', frame: 'again' }))
  expect(next.received.map(({ frame }) => frame)).toEqual(['hello', 'again'])
})

test('an instance that finds the connection of a relay that has just parked calls it, and does not use the connection', () => {
  const sql = nodeSql()
  const { hub } = aHub({ sql, sockets: [] }, async () => {})
  const relay = connect(hub, 'dev/enam/0')
  relay.say({ t: 'park' })
  expect(relay.take().at(-1)).toEqual({ t: 'parked' })
  const called: string[] = []
  const next = aHub({ sql, sockets: [relay.socket] }, async name => void called.push(name))
  next.hub.restore()
  next.hub.noteEvents([{ seq: 1, type: 'message' } as LoggedEvent])
  next.hub.flush()
  expect([called, relay.take()]).toEqual([['dev/enam/0'], []])
})

test('[R3] a member whose replay the last instance did not end is closed, so that it resumes', () => {
  const sql = nodeSql()
  const { hub } = aHub({ sql, sockets: [] })
  const relay = connect(hub, 'dev/enam/0')
  relay.take()
  const parts = { id: 's1', dialect: 'native', agent: null, principal: caller.principal, relay: 'dev/enam/0' } as const
  const session = newSession(parts, fullBucket(limits, 0), 0)
  new SessionStore(sql).put(toAttachment({ ...session, cursor: 3 }))
  const next = aHub({ sql, sockets: [relay.socket] })
  expect([next.hub.restore(), relay.take()]).toEqual([
    [],
    [{ t: 'close', session: 's1', code: 'restart', reason: expect.any(String) }],
  ])
})

test('a relay that parked is called until it is there, also after its lease and after the object has died', async () => {
  const sql = nodeSql()
  let isReachable = false
  const calls: number[] = []
  const wake = async () => {
    calls.push(calls.length)
    if (!isReachable) throw new Error('the relay cannot be called')
  }
  const first = aHub({ sql, sockets: [] }, wake)
  const relay = connect(first.hub, 'dev/enam/0')
  relay.say({ t: 'park' })
  first.hub.noteEvents([{ seq: 1, type: 'message' } as LoggedEvent])
  first.hub.flush()
  const pass = async (timers: [run: () => void, ms: number][]) => {
    await Promise.resolve()
    for (const [run] of timers.splice(0)) run()
  }
  for (let round = 0; round < 3; round++) await pass(first.timers) // one of them ends the lease
  expect(calls).toHaveLength(4)
  const next = aHub({ sql, sockets: [] }, wake)
  next.hub.restore()
  expect(calls).toHaveLength(5)
  await pass(next.timers)
  expect(calls).toHaveLength(6)
  isReachable = true
  await pass(next.timers)
  expect(calls).toHaveLength(7)
  connect(next.hub, 'dev/enam/0')
  const last = aHub({ sql, sockets: [] }, wake)
  last.hub.restore()
  for (const { timers } of [next, last]) await pass(timers)
  expect(calls).toHaveLength(7)
})
