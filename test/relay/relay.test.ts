import { expect, test } from 'vitest'
import { Relay } from '../../src/relay/relay.ts'
import type { Kept, Parked } from '../../src/relay/relay-ports.ts'
import type { DownFrame, UpFrame } from '../../src/relay/wire.ts'
import type { Delivery } from '../../src/rooms/object/subscriber.ts'
import type { IdentifiedCaller } from '../../src/rpc/channel.ts'

const start = Date.UTC(2026, 10, 21, 9)
const ping = '{"type":"ping"}'
const pong = '{"type":"pong","data":{}}'

/** A relay whose circle and members are this test. */
class TestRelay {
  now = start
  sent: (UpFrame | 'ping')[] = []
  parked: Parked | null = null
  texts = 0 // messages to the circle
  dials = 0
  hangUps = 0
  readonly received = new Map<string, string[]>()
  readonly closed: [id: string, code: string][] = []
  readonly refused: unknown[] = []
  readonly relay: Relay

  /** `kept`: what outlived its memory. */
  constructor(kept: Kept = { attachments: [], parked: null }) {
    this.parked = kept.parked
    const ports = {
      sockets: {
        deliver: (id: string, { frames }: Delivery) =>
          this.received.set(id, [...this.framesOf(id), ...frames.map(String)]),
        close: (id: string, code: string) => void this.closed.push([id, code]),
        store: () => {},
        backlog: () => 0,
        lastPingAt: () => this.now,
        confirmReceived: () => {},
      },
      send: (text: string) => {
        this.texts += 1
        const read: UpFrame | UpFrame[] = text === ping ? [] : JSON.parse(text)
        this.sent.push(...(text === ping ? ['ping' as const] : [read].flat()))
      },
      dial: () => {
        this.dials += 1
      },
      hangUp: () => {
        this.hangUps += 1
      },
      random: () => 0,
      afterEventLoopTurn: () => {}, // what waits for one goes up after a cut
      remember: (parked: Parked | null) => {
        this.parked = parked
      },
    }
    this.relay = new Relay(ports, kept, this.now)
  }

  framesOf(id: string): string[] {
    return this.received.get(id) ?? []
  }

  take(): (UpFrame | 'ping')[] {
    return this.sent.splice(0)
  }

  receive(...frames: DownFrame[]): void {
    for (const frame of frames) this.relay.receive(JSON.stringify(frame), this.now)
  }

  /** The circle accepts the connection: its log is at this seq. */
  connect(seq: number, ...missed: DownFrame[]): void {
    this.relay.opened(this.now)
    this.receive({ t: 'ready', epoch: 'e', seq, closed: [], plan: '1' }, ...missed, { t: 'filled' })
  }

  join(resume: { since: number | null; epoch: string | null } = { since: null, epoch: null }): void {
    const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null } as const
    const caller: IdentifiedCaller = {
      channel: 'dev',
      principal,
      dialect: 'native',
      agent: null,
      ticket: null,
      ...resume,
    }
    const answer = { accept: () => {}, refuse: (why: unknown) => void this.refused.push(why) }
    this.relay.join(caller, answer, this.now)
  }

  /** Runs everything that is due until then. */
  advance(ms: number): void {
    const until = this.now + ms
    for (let at = this.relay.nextWake(this.now); at !== null && at <= until; at = this.relay.nextWake(this.now)) {
      this.now = Math.max(this.now, at)
      this.relay.wake(this.now)
    }
    this.now = until
  }
}

const event = (seq: number) => JSON.stringify({ type: 'message', data: {}, seq })
const events = (first: number, last: number): DownFrame => {
  const texts = Array.from({ length: last - first + 1 }, (_, index) => event(first + index))
  return { t: 'out', events: [first, last], all: { native: { f: [`[${texts.join()}]`] } } }
}
const welcome = (data: object) =>
  JSON.stringify({ type: 'welcome', data: { members: [], ...data }, timestamp: 't', channel: 'circle:dev' })

function aMember(): TestRelay {
  const test = new TestRelay()
  test.join()
  test.connect(3)
  test.receive({ t: 'joined', ref: 1, session: 's1', plan: '1' }, { t: 'member', session: 's1', expires: null })
  test.take()
  return test
}

test('nobody is admitted before the relay is filled, and it dials once however many come', () => {
  const test = new TestRelay()
  test.join()
  test.join()
  expect(test.dials).toBe(1)
  test.relay.opened(test.now)
  expect(test.take()).toEqual([{ t: 'hello', epoch: null, seq: null, sessions: [] }])
  test.receive({ t: 'ready', epoch: 'e', seq: 0, closed: [], plan: '1' }, events(1, 5))
  test.join({ since: 2, epoch: 'e' })
  expect(test.take()).toEqual([])
  test.receive({ t: 'filled' })
  expect(test.take()).toMatchObject([{ t: 'join' }, { t: 'join' }, { t: 'join', ring: true }])
})

test('[R3] a resume is served from the events that the relay was filled with, and from no hole', () => {
  const test = new TestRelay()
  test.join({ since: 2, epoch: 'e' })
  test.join({ since: 0, epoch: 'other' })
  test.connect(0, events(1, 5))
  const [, first, second] = test.take()
  expect([first, second]).toMatchObject([{ ref: 1, ring: true }, { ref: 2 }])
  expect(second).not.toHaveProperty('ring')
  test.receive(
    { t: 'joined', ref: 1, session: 's1', plan: '1' },
    { t: 'out', to: [[['s1'], { f: [welcome({ recovered: true, head: 5 })] }]] },
  )
  const [greeting, page, ...rest] = test.framesOf('s1')
  expect(JSON.parse(greeting ?? '')).toMatchObject({ type: 'welcome' })
  expect(JSON.parse(page ?? '')).toEqual({
    type: 'history',
    data: { events: [3, 4, 5].map(seq => JSON.parse(event(seq))), more: false },
    timestamp: 't',
    channel: 'circle:dev',
  })
  expect(rest).toEqual([])
})

test('[R3] [E3] who missed more than can be sent at once gets it from the circle, page by page', () => {
  const test = aMember()
  const long = (seq: number) => JSON.stringify({ type: 'message', data: { content: 'x'.repeat(30_000) }, seq })
  for (let seq = 4; seq <= 23; seq++)
    test.receive({ t: 'out', events: [seq, seq], all: { native: { f: [long(seq)] } } })
  test.join({ since: 3, epoch: 'e' })
  test.join({ since: 20, epoch: 'e' })
  const joins = test.take().filter(frame => frame !== 'ping' && frame.t === 'join')
  expect(joins.map(frame => 'ring' in (frame as object))).toEqual([false, true])
})

test('after a deletion, older events come from the circle, which has erased them', () => {
  const test = aMember()
  test.receive(events(4, 6))
  test.join({ since: 4, epoch: 'e' })
  expect(test.take()).toMatchObject([{ t: 'join', ring: true }])
  test.receive({ ...events(7, 7), erases: true } as DownFrame)
  test.join({ since: 4, epoch: 'e' })
  expect(test.take()[0]).not.toHaveProperty('ring')
})

test.each([
  ['a hole', events(5, 5)],
  ['a repeat', events(3, 3)],
  ['a hole before the first of a new instance', { t: 'log', epoch: 'e', seq: 5 } as DownFrame],
])('%s in the events from the circle reaches nobody: the relay connects anew', (_, frame) => {
  const test = aMember()
  test.receive(frame)
  expect(test.framesOf('s1')).toEqual([])
  expect([test.hangUps, test.relay.state]).toEqual([1, 'waiting'])
  test.advance(300)
  expect(test.dials).toBe(2)
  test.relay.opened(test.now)
  expect(test.take()).toEqual([{ t: 'hello', epoch: 'e', seq: 3, sessions: ['s1'] }])
})

test('[L3] frames that the circle has not handled are sent again after a cut, in their order, and those it has are not', () => {
  const test = aMember()
  for (const frame of ['a', 'b', 'c']) test.relay.frame('s1', frame, test.now)
  test.receive({ t: 'out', done: 1 })
  test.relay.lost(test.now)
  test.relay.frame('s1', 'd', test.now)
  test.take()
  test.advance(300)
  test.connect(3)
  expect(test.take().slice(1)).toMatchObject(['b', 'c', 'd'].map((frame, at) => ({ t: 'from', n: at + 2, frame })))
  expect(test.closed).toEqual([])
})

test('a frame beyond those that may wait is refused with a time to come again', () => {
  const test = aMember()
  test.relay.lost(test.now)
  for (let n = 0; n < 1_000; n++) test.relay.frame('s1', `{"type":"message","id":"m${n}","data":{}}`, test.now)
  expect(test.framesOf('s1')).toEqual([])
  test.relay.frame('s1', '{"type":"message","id":"last","data":{}}', test.now)
  expect(test.framesOf('s1').map(text => JSON.parse(text))).toMatchObject([
    { type: 'error', data: { id: 'last', code: 'rate_limited', retry_after_ms: 2_000 } },
  ])
})

test('a member whose replay has not ended when the relay is cut off comes back, and others stay', () => {
  const test = aMember()
  test.join()
  test.receive({ t: 'joined', ref: 2, session: 's2', plan: '1' })
  test.relay.lost(test.now)
  expect(test.closed).toEqual([['s2', 'restart']])
})

test('members stay for 45 s after the last answer to a ping, and redials are 1.25 s apart at most', () => {
  const test = aMember()
  test.advance(5_000)
  expect(test.take()).toEqual(['ping'])
  test.relay.receive(pong, test.now)
  test.advance(1_000)
  test.relay.lost(test.now)
  let dialed = test.now
  for (let waited = 0; waited < 43_900; waited += 100) {
    const before = test.dials
    test.advance(100)
    if (test.dials === before) continue
    expect(test.now - dialed).toBeLessThanOrEqual(1_350)
    dialed = test.now
    test.relay.lost(test.now)
  }
  expect(test.closed).toEqual([])
  test.advance(200)
  expect(test.closed).toEqual([['s1', 'overloaded']])
})

test('a circle that does not answer pings is given up after 10 s', () => {
  const test = aMember()
  test.advance(14_900)
  expect(test.relay.state).toBe('up')
  test.advance(200)
  expect(test.relay.state).toBe('waiting')
})

test('a relay without members hangs up after 30 s, and dials again for the next', () => {
  const test = aMember()
  test.relay.left('s1', 1000, test.now)
  for (let second = 0; second < 31; second++) {
    test.advance(1_000)
    test.relay.receive(pong, test.now)
  }
  expect([test.hangUps, test.relay.state, test.relay.nextWake(test.now)]).toEqual([1, 'idle', null])
  test.join()
  expect(test.dials).toBe(2)
})

test('who leaves between the greeting and its answer is not forgotten', () => {
  const test = aMember()
  test.relay.lost(test.now)
  test.advance(300)
  test.relay.opened(test.now)
  test.relay.left('s1', 1000, test.now)
  test.receive({ t: 'ready', epoch: 'e', seq: 3, closed: [], plan: '1' }, { t: 'filled' })
  expect(test.take().slice(-1)).toEqual([{ t: 'left', session: 's1', code: 1000 }])
})

test('one who comes or goes is told at once; of many, those of half a second are told together', () => {
  const test = aMember()
  for (let come = 0; come < 19; come++) test.join()
  expect(test.take()).toHaveLength(19)
  for (let come = 0; come < 100; come++) test.join()
  test.relay.left('s1', 1000, test.now)
  expect(test.take()).toEqual([])
  const { texts } = test
  test.advance(500)
  expect([test.take().length, test.texts - texts]).toEqual([101, 1])
})

test('10,000 joins in 60 s through five relays are fewer than 50 requests, as they are billed', () => {
  const test = aMember()
  const before = test.texts
  for (let ms = 0; ms < 60_000; ms += 30) {
    test.join()
    test.advance(30)
    test.relay.receive(pong, test.now)
  }
  expect(test.take().filter(frame => frame !== 'ping' && frame.t === 'join').length).toBe(2_000)
  expect(((test.texts - before) * 5) / 20).toBeLessThan(50)
})

/** A relay that has been silent for so long that it has asked whether it may park. */
function aSilentRelay(): TestRelay {
  const test = aMember()
  for (let second = 0; second < 16; second++) {
    test.advance(1_000)
    test.relay.receive(pong, test.now)
  }
  expect(test.take().filter(frame => frame !== 'ping')).toEqual([{ t: 'park' }])
  return test
}

test('a relay to which nothing is said hangs up with leave, and stays so without a lease until it is called', () => {
  const test = aSilentRelay()
  test.receive({ t: 'parked' })
  expect([test.relay.state, test.hangUps, test.parked]).toEqual(['parked', 1, { epoch: 'e', seq: 3, roster: [] }])
  test.advance(86_400_000)
  expect([test.relay.state, test.dials, test.closed]).toEqual(['parked', 1, []])
  test.relay.called(test.now)
  expect([test.dials, test.parked]).toEqual([2, null])
  test.relay.opened(test.now)
  expect(test.take()).toEqual([{ t: 'hello', epoch: 'e', seq: 3, sessions: ['s1'] }])
})

test.each<[string, (test: TestRelay) => void]>([
  ['a member spoke', ({ relay, now }) => relay.frame('s1', 'hello', now)],
  ['a member left', ({ relay, now }) => relay.left('s1', 1000, now)],
  ['somebody wants to come in', test => test.join()],
  ['the circle has called', ({ relay, now }) => relay.called(now)],
])('a relay that has asked to park connects at once if meanwhile %s', (_, act) => {
  const test = aSilentRelay()
  act(test)
  test.receive({ t: 'parked' })
  expect([test.relay.state, test.dials]).toEqual(['dialing', 2])
})

test('whoever wants to come in while the circle agrees that the relay parks is announced on the next connection', () => {
  const test = aSilentRelay()
  for (const since of [3, null]) test.join({ since, epoch: 'e' }) // the circle does not hear this connection any more
  expect(test.take()).toMatchObject([
    { t: 'join', ref: 2 },
    { t: 'join', ref: 3 },
  ])
  test.receive({ t: 'parked' })
  expect(test.dials).toBe(2)
  test.connect(3)
  expect(test.take()).toMatchObject([{ t: 'hello' }, { t: 'join', ref: 2 }, { t: 'join', ref: 3 }])
  test.receive({ t: 'joined', ref: 2, session: 's2', plan: '1' }, { t: 'joined', ref: 3, session: 's3', plan: '1' })
  test.advance(10_000)
  expect([test.relay.size, test.refused]).toEqual([3, []])
})

test.each<[string, (test: TestRelay) => void]>([
  ['a member speaks', ({ relay, now }) => relay.frame('s1', 'hello', now)],
  ['a member leaves', ({ relay, now }) => relay.left('s1', 1000, now)],
  ['somebody wants to come in', test => test.join()],
])('a relay that is parked connects when %s', (_, act) => {
  const test = aSilentRelay()
  test.receive({ t: 'parked' })
  act(test)
  expect([test.relay.state === 'parked', test.dials >= 2]).toEqual([false, true])
})

const attachment = { v: 1, dialect: 'native', channel: 'circle:dev', expires: null, isSettled: true } as const
const parked = { epoch: 'e', seq: 3, roster: [] }

test('[P2] a member that leaves while its parked relay is not in memory has left for the circle, too', () => {
  const test = new TestRelay({ attachments: [{ ...attachment, id: 's1' }], parked })
  expect([test.relay.state, test.dials]).toEqual(['parked', 0])
  test.relay.leftAsleep(test.now)
  expect([test.dials, test.parked]).toEqual([1, null])
  test.relay.opened(test.now)
  expect(test.take()).toEqual([{ t: 'hello', epoch: 'e', seq: 3, sessions: ['s1'] }])
})

test('[P2] so has the last one, after which the relay is not parked any more', () => {
  const test = new TestRelay({ attachments: [], parked })
  expect([test.relay.state, test.parked]).toEqual(['idle', null])
  test.relay.leftAsleep(test.now)
  test.relay.opened(test.now)
  expect(test.take()).toEqual([{ t: 'hello', epoch: null, seq: null, sessions: [] }])
})

test('[E3] a relay whose last member is closed because the circle was deleted hangs up at once, and its object may sleep', () => {
  const test = aMember()
  test.join()
  test.receive({ t: 'joined', ref: 2, session: 's2', plan: '1' }, { t: 'member', session: 's2', expires: null })
  const deleted = (session: string): DownFrame => ({ t: 'close', session, code: 'deleted', reason: 'it was deleted' })
  test.receive(deleted('s1'))
  expect([test.relay.state, test.hangUps]).toEqual(['up', 0])
  test.receive(deleted('s2'))
  expect(test.closed).toEqual([
    ['s1', 'deleted'],
    ['s2', 'deleted'],
  ])
  expect([test.relay.state, test.hangUps, test.relay.nextWake(test.now)]).toEqual(['idle', 1, null])
  test.join()
  expect([test.relay.state, test.dials]).toEqual(['dialing', 2])
})

test('[E3] so does one that finds its circle deleted when it comes back, and one that closed its last member otherwise stays', () => {
  const test = aMember()
  test.relay.lost(test.now)
  test.advance(300)
  test.relay.opened(test.now)
  test.receive({ t: 'ready', epoch: null, seq: 0, closed: [['s1', 'deleted', 'it was deleted']], plan: '1' })
  expect([test.closed, test.relay.state, test.hangUps]).toEqual([[['s1', 'deleted']], 'idle', 1])
  const other = aMember()
  other.receive({ t: 'close', session: 's1', code: 'forbidden', reason: 'removed' })
  expect([other.closed, other.relay.state]).toEqual([[['s1', 'forbidden']], 'up'])
})

test('[P2] a relay that comes back tells whom its members see, since it may have missed who has come and gone', () => {
  const test = aMember()
  const member = (id: string) => ({ id, name: id, kind: 'person', role: 'member', sessions: 1 })
  const presence = (diff: object) =>
    JSON.stringify({ type: 'presence', data: { joined: [], left: [], changed: [], count: 2, ...diff } })
  const [ada, bob, cy, dee] = ['ada', 'bob', 'cy', 'dee'].map(member)
  test.receive(
    { t: 'out', to: [[['s1'], { f: [welcome({ members: [ada, bob] })] }]] },
    { t: 'out', all: { native: { f: [presence({ joined: [cy] })], d: [] } } },
    { t: 'out', to: [[['s1'], { f: [`[${event(4)},${presence({ joined: [dee], left: [bob] })}]`], d: [event(4)] }]] },
  )
  const seen = [ada, cy, dee]
  test.relay.lost(test.now)
  test.advance(300)
  test.relay.opened(test.now)
  expect(test.take()).toContainEqual({ t: 'hello', epoch: 'e', seq: 3, sessions: ['s1'], roster: seen })
})

test('[P2] a relay that is parked stores whom its members see', () => {
  const test = aSilentRelay()
  test.receive({ t: 'out', to: [[['s1'], { f: [welcome({ members: [{ id: 'ada' }] })] }]] }, { t: 'parked' })
  const kept = { epoch: 'e', seq: 3, roster: [{ id: 'ada' }] }
  expect(test.parked).toEqual(kept)
  const next = new TestRelay({ attachments: [{ ...attachment, id: 's1' }], parked: test.parked })
  next.relay.called(next.now)
  next.relay.opened(next.now)
  expect(next.take()).toEqual([{ t: 'hello', sessions: ['s1'], ...kept }])
})
