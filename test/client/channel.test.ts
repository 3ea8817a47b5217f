import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Channel } from '../../src/client/channel.ts'
import { CirclesError, type SentMessage } from '../../src/client/client.ts'
import { memoryStorage } from '../../src/client/platform.ts'
import { mentionReader } from '../../src/client/state/unread.ts'
import { limits } from '../../src/protocol/limits.ts'
import { type CircleFixture, contentsOf, setUpCircle } from './fixtures.ts'

test('a channel shows what is for its users, and nothing of its inside', () => {
  const { circle } = setUpCircle()
  expect(Object.keys(circle)).toEqual(['name'])
  expect(Object.getOwnPropertyNames(Channel.prototype).sort()).toEqual([
    ...[
      'approve',
      'authenticate',
      'command',
      'configure',
      'constructor',
      'delete',
      'discard',
      'disconnect',
      'edit',
      'entry',
      'eventsAfter',
    ],
    ...['history', 'loadOlder', 'markRead', 'on', 'ping', 'react', 'reconnect', 'reject', 'restore', 'retry'],
    ...['send', 'setPresence', 'setTyping', 'signal', 'state', 'stopTurn', 'subscribe', 'updatePresence'],
  ])
})

test('[R1] a subscription opens the socket with circles.v1, and the newest page is loaded', async () => {
  const { room, circle, open } = setUpCircle()
  room.post('one')
  room.post('two')
  expect(room.opened).toBe(0)
  await open()
  expect(room.peers.map(({ url, protocols }) => [url.href, protocols])).toEqual([
    ['ws://circles.test/ws/circles/lobby?name=ada', ['circles.v1']],
  ])
  expect(contentsOf(circle)).toEqual(['one', 'two'])
  expect(circle.state).toMatchObject({ history: { older: 'none' }, position: 2, unread: { count: 0 } })
})

test('a message resolves with its id and seq, and shows once from the key press to the log', async () => {
  const { platform, circle, open } = setUpCircle()
  await open()
  const seen: string[][] = []
  const keys = new Set<string>()
  circle.subscribe(() => {
    const { entries, pending } = circle.state
    seen.push([...entries.map(({ content }) => content), ...pending.map(({ data }) => data.content)])
  })
  const sent = circle.send('hello')
  await platform.advance(10)
  expect(await sent).toEqual({ id: 'id-1', seq: 1 })
  for (const entry of circle.state.entries) keys.add(entry.key)
  expect(seen.filter(contents => contents.length !== 1)).toEqual([])
  expect(circle.state.pending).toEqual([])
  expect([...keys]).toEqual(['guest:ada id-1'])
})

test('a listener or a handler that throws is reported, and stops neither the client nor others', async () => {
  const reported: unknown[] = []
  const { platform, circle, open } = setUpCircle({ change: { reportError: error => void reported.push(error) } })
  const bug = new Error('a bug of the page')
  let changes = 0
  circle.subscribe(() => {
    throw bug
  })
  circle.on('message', () => {
    throw bug
  })
  circle.subscribe(() => void changes++)
  await open()
  const sent = [circle.send('one'), circle.send('two')]
  await platform.advance(10)
  expect(await Promise.all(sent)).toEqual([
    { id: 'id-1', seq: 1 },
    { id: 'id-2', seq: 2 },
  ])
  const edited = circle.edit(1, 'three')
  await platform.advance(1_000)
  await edited
  expect(circle.state.pending).toEqual([])
  expect(changes).toBeGreaterThan(4)
  expect(new Set(reported)).toEqual(new Set([bug]))
})

test('[R1] a reconnect resumes from the position in the epoch, and handlers get each event once', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const received: number[] = []
  circle.on('message', ({ seq }) => {
    expect(circle.state.position).toBeGreaterThanOrEqual(seq) // the position advances first
    received.push(seq)
  })
  room.post('one')
  await platform.advance(10)
  room.peers[0]?.close()
  await platform.advance(1)
  room.post('two')
  await platform.advance(60_000)
  expect(room.peers[0]?.url.search).toBe('?name=ada&since=1&epoch=e1')
  expect(received).toEqual([1, 2])
  expect(contentsOf(circle)).toEqual(['one', 'two'])
})

test('[R2] after a reset, or when too much was trimmed, the state restarts at the log’s end', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.post('old')
  await platform.advance(10)
  room.peers[0]?.close()
  room.reset()
  for (let count = 1; count <= 60; count++) room.post(`new ${count}`)
  await platform.advance(60_000)
  expect(circle.state).toMatchObject({ epoch: "e1'", position: 60, history: { oldest: 11, older: 'some' } })
  expect(contentsOf(circle)).toHaveLength(50)
  await Promise.all([circle.loadOlder(), platform.advance(10)])
  expect(circle.state).toMatchObject({ history: { oldest: 1, older: 'none' } })
  expect(contentsOf(circle)).toHaveLength(60)
})

test('[N1] a batch is applied frame by frame, in order', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const [peer] = room.peers
  room.peers = [] // events that are logged now are not sent
  const events = [room.post('one'), room.post('two'), room.post('three')]
  peer?.send(...events)
  await platform.advance(10)
  expect(contentsOf(circle)).toEqual(['one', 'two', 'three'])
})

test('[L5] a gap is filled from history before a later event shows', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const received: number[] = []
  circle.on('message', ({ seq }) => received.push(seq))
  const [peer] = room.peers
  if (peer === undefined) throw new Error('no peer is connected')
  room.peers = []
  room.post('one')
  room.post('two')
  room.peers = [peer]
  room.post('three')
  await platform.advance(10)
  expect(peer.received.at(-1)).toMatchObject({ type: 'history', data: { after: 0 } })
  expect(received).toEqual([1, 2, 3])
  expect(contentsOf(circle)).toEqual(['one', 'two', 'three'])
})

test('[L3] messages written offline survive a reload and are sent once, in order', async () => {
  const storage = memoryStorage()
  const before = setUpCircle({
    change: {
      storage,
      socket: () => {
        throw new Error('offline')
      },
    },
  })
  for (const text of ['one', 'two', 'three']) before.circle.send(text).catch(() => {})
  await before.platform.advance(5_000)
  expect(before.circle.state.pending.map(({ data, state }) => [data.content, state])).toEqual([
    ['one', 'waiting'],
    ['two', 'waiting'],
    ['three', 'waiting'],
  ])
  const after = setUpCircle({ change: { storage } })
  await after.open()
  await after.platform.advance(100)
  expect(contentsOf(after.circle)).toEqual(['one', 'two', 'three'])
  expect(after.circle.state.pending).toEqual([])
  expect(storage.keys('circles http://circles.test/ ada circle:lobby line')).toEqual([])
})

test('a refused message stays with its reason until it is retried or discarded', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const refuse = (id: string) =>
    ({ type: 'error', data: { id, code: 'paused', message: 'The circle is paused.' } }) as const
  room.intercept = (_, { type, id = '' }) => (type === 'message' ? refuse(id) : 'accept')
  const sent = circle.send('hello').catch(error => error)
  await platform.advance(10)
  expect(await sent).toEqual(new CirclesError('paused', 'The circle is paused.'))
  const [message] = circle.state.pending
  expect(message).toMatchObject({ state: 'failed', problem: { code: 'paused', message: 'The circle is paused.' } })
  room.intercept = () => 'accept'
  circle.retry(message?.id ?? '')
  await platform.advance(10)
  expect([contentsOf(circle), circle.state.pending]).toEqual([['hello'], []])
})

test('a rate-limited message waits as long as the server says, and no other overtakes it', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  let refusals = 1
  room.intercept = (_, { type, id = '' }) =>
    type === 'message' && refusals-- > 0
      ? { type: 'error', data: { id, code: 'rate_limited', message: 'Slowly.', retry_after_ms: 2_000 } }
      : 'accept'
  const sent = Promise.all([circle.send('one'), circle.send('two')])
  await platform.advance(1_900)
  expect(contentsOf(circle)).toEqual([])
  await platform.advance(200)
  expect((await sent).map(({ seq }) => seq)).toEqual([1, 2])
})

test('after a rate limit error without an id every frame in flight is sent again', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  let refusals = 2
  room.intercept = () =>
    refusals-- > 0
      ? { type: 'error', data: { code: 'rate_limited', message: 'Slowly.', retry_after_ms: 500 } }
      : 'accept'
  const sent = circle.send('one')
  const page = circle.history({ after: 0 })
  await platform.advance(1_500)
  expect((await sent).seq).toBe(1)
  expect((await page).more).toBe(false)
})

test('messages stay within the server’s rate limit, and leave room for other commands', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const sent = Promise.all(Array.from({ length: 40 }, (_, at) => circle.send(`message ${at + 1}`)))
  const stored = (): number => room.log.length
  await platform.advance(500)
  expect(stored()).toBeLessThanOrEqual(limits.message_burst)
  await platform.advance(10_000)
  expect((await sent).map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
})

test('commands without a reply are sent again over the next connection', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.intercept = () => 'drop'
  const edited = circle.edit(1, 'better')
  await platform.advance(10)
  room.intercept = () => 'accept'
  room.peers[0]?.close()
  await platform.advance(60_000)
  await expect(edited).resolves.toBeUndefined()
})

test('[E3] a deleted circle ends the connection, and rejects everything that waits', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.intercept = () => 'drop'
  const sent = circle.send('hello').catch(error => error.code)
  await platform.advance(10)
  room.peers[0]?.close(4410, 'deleted')
  await platform.advance(60_000)
  expect(await sent).toBe('ended')
  expect(circle.state.connection).toMatchObject({ phase: 'ended', reason: { code: '4410', message: 'deleted' } })
  expect(circle.state.pending).toMatchObject([{ state: 'failed' }])
  expect(room.opened).toBe(1)
})

test('[A3] with a token, every attempt gets a fresh ticket', async () => {
  const requests: unknown[] = []
  const fetch = async (url: string, init: RequestInit) => {
    requests.push([url, init.method, new Headers(init.headers).get('authorization'), init.body])
    return Response.json({ ticket: `t${requests.length}`, expires_in: 30 }, { status: 201 })
  }
  const { platform, room, open } = setUpCircle({ token: () => 'secret', change: { fetch } })
  await open()
  expect(requests).toEqual([['http://circles.test/api/tickets', 'POST', 'Bearer secret', '{"channel":"circle:lobby"}']])
  expect(room.peers[0]?.protocols).toEqual(['circles.v1', 'ticket.t1'])
  room.peers[0]?.close()
  await platform.advance(60_000)
  expect(room.peers[0]?.protocols).toEqual(['circles.v1', 'ticket.t2'])
  expect(room.peers[0]?.url.searchParams.has('token')).toBe(false)
})

test('[A3] after a refused upgrade the reason comes over HTTP, because a browser hides that of an upgrade', async () => {
  const requests: string[] = []
  const fetch = async (url: string) => {
    requests.push(url)
    return Response.json({ error: { code: 'banned', message: 'You are banned here.' } }, { status: 403 })
  }
  const { platform, room, circle } = setUpCircle({ change: { fetch }, accept: () => 1006 })
  circle.subscribe(() => {})
  await platform.advance(60_000)
  expect(requests).toEqual(['http://circles.test/api/circles/lobby/events?limit=1&name=ada'])
  expect(circle.state.connection).toMatchObject({ phase: 'ended', reason: { code: 'banned' } })
  expect(room.opened).toBe(1)
})

test('[A5] a channel that seems not to exist is tried again once: a second refusal means that it stays closed', async () => {
  const fetch = async () => Response.json({ error: { code: 'not_found', message: 'None.' } }, { status: 404 })
  const isPrivate = setUpCircle({ change: { fetch }, accept: () => 1006 })
  isPrivate.circle.subscribe(() => {})
  await isPrivate.platform.advance(60_000)
  expect(isPrivate.circle.state.connection).toMatchObject({ phase: 'ended', reason: { code: 'not_found' } })
  expect(isPrivate.room.opened).toBe(2)

  let attempts = 0
  const isNew = setUpCircle({ change: { fetch }, accept: () => (attempts++ === 0 ? 1006 : null) })
  isNew.circle.subscribe(() => {})
  await isNew.platform.advance(60_000)
  expect(isNew.circle.state.connection.phase).toBe('live')
})

test('[A6] when a token expires the next one is requested at once; without one the client is signed out', async () => {
  const wants: boolean[] = []
  let good = true
  const fetch = async () =>
    good
      ? Response.json({ ticket: 't' }, { status: 201 })
      : Response.json({ error: { code: 'token_expired', message: 'The token has ended.' } }, { status: 401 })
  const token = ({ renew }: { renew: boolean }) => `token ${wants.push(renew)}`
  const { platform, room, circle, open } = setUpCircle({ token, change: { fetch } })
  await open()
  await platform.advance(20_000)
  room.peers[0]?.close(4401)
  await platform.advance(10)
  expect(wants).toEqual([false, true])
  expect(circle.state.connection.phase).toBe('live')
  await platform.advance(20_000)
  good = false
  room.peers[0]?.close(4401)
  await platform.advance(60_000)
  expect(circle.state.connection).toMatchObject({ phase: 'signed_out', reason: { code: 'token_expired' } })
})

/** A server that accepts the token `new`, and a source that keeps a token until it is asked to renew it. */
function setUpTokens(
  first: string,
  accepts: (token: string, path: string) => boolean,
  options: Pick<Parameters<typeof setUpCircle>[0] & object, 'accept'> = {},
) {
  const wants: boolean[] = []
  let token = first
  const fixture = setUpCircle({
    ...options,
    token({ renew }) {
      wants.push(renew)
      if (renew) token = 'new'
      return token
    },
    change: {
      fetch: async (url, init) =>
        accepts(new Headers(init.headers).get('authorization')?.slice(7) ?? '', new URL(url).pathname)
          ? Response.json({ ticket: 't' }, { status: 201 })
          : Response.json({ error: { code: 'token_expired', message: 'The token has ended.' } }, { status: 401 }),
    },
  })
  return { ...fixture, wants }
}

test.each([
  ['the first attempt', async () => {}],
  [
    'a reconnect long after',
    async ({ platform, room, open }: CircleFixture) => {
      await open()
      room.peers[0]?.close()
      await platform.advance(25_000)
    },
  ],
])('[A6] a token that is refused over HTTP at %s is renewed before the client is signed out', async (_, prepare) => {
  let isExpired = false
  const fixture = setUpTokens('old', token => !isExpired || token === 'new')
  const offline = prepare(fixture)
  isExpired = true
  await offline
  fixture.circle.subscribe(() => {})
  await fixture.platform.advance(60_000)
  expect(fixture.circle.state.connection.phase).toBe('live')
  expect(fixture.wants.filter(renew => renew)).toHaveLength(1)
})

test('[A6] a token that is refused while the client finds out why a socket was refused is renewed, too', async () => {
  let isFull = true
  const { platform, circle, wants } = setUpTokens('old', (token, path) => path === '/api/tickets' || token === 'new', {
    accept: () => (isFull ? 1006 : null),
  })
  circle.subscribe(() => {})
  await platform.advance(10)
  isFull = false
  await platform.advance(60_000)
  expect([circle.state.connection.phase, wants]).toEqual(['live', [false, false, true]])
})

test('[A6] only when a new token is refused as well is the client signed out', async () => {
  const { platform, circle, wants } = setUpTokens('old', () => false)
  const sent = circle.send('x').catch(error => error.code)
  await platform.advance(60_000)
  expect([circle.state.connection.phase, wants, await sent]).toEqual(['signed_out', [false, true], 'signed_out'])
})

test.each([
  [401, { phase: 'signed_out', reason: { code: 'http_401' } }],
  [200, { phase: 'live', reason: null }], // a cookie counts: the server asks for it again from time to time
])('[A6] after 4401 a client without tokens asks whether it may come back: %i', async (status, connection) => {
  const asked: string[] = []
  const response = { ok: status === 200, status, headers: { get: () => null }, json: async () => null }
  const fetch = async (url: string) => {
    asked.push(url)
    return response
  }
  const { platform, room, circle, open } = setUpCircle({ change: { fetch } })
  await open()
  room.peers[0]?.close(4401)
  await platform.advance(60_000)
  expect(circle.state.connection).toMatchObject(connection)
  expect(asked).toEqual(['http://circles.test/api/circles/lobby/events?limit=1&name=ada'])
})

test('[H2] a dead socket is noticed within 38 s, and replaced', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.peers[0]?.vanish()
  await platform.advance(38_000)
  expect(room.opened).toBe(2)
  expect(circle.state.connection.phase).toBe('live')
})

test('the number of loaded entries is bounded, and older ones can be loaded again', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const [peer] = room.peers
  room.peers = []
  const events = Array.from({ length: 20_001 }, () => room.post('so much'))
  peer?.send(...events)
  await platform.advance(10)
  expect(circle.state).toMatchObject({ position: 20_001, history: { oldest: 5_002, older: 'some' } })
  expect(circle.state.entries).toHaveLength(15_000)
  await Promise.all([circle.loadOlder(200), platform.advance(10)])
  expect(circle.state).toMatchObject({ history: { oldest: 4_802, older: 'some' } })
  expect(circle.state.entries).toHaveLength(15_200)
})

test('the connection closes a while after the last subscription, and not between two of them', async () => {
  const { platform, room, circle } = setUpCircle()
  const first = circle.subscribe(() => {})
  await platform.advance(10)
  first()
  await platform.advance(1_000)
  const second = circle.on('message', () => {})
  await platform.advance(60_000)
  expect([room.opened, room.peers.length]).toEqual([1, 1])
  second()
  await platform.advance(5_000)
  expect(room.peers.length).toBe(0)
  expect(circle.state.connection.phase).toBe('idle')
})

test('[P4] above 200 members no typing and read frames are sent', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  room.post('hello')
  room.broadcast('presence', { joined: [], left: [], changed: [], count: 201 })
  await platform.advance(10)
  circle.setTyping(true)
  circle.markRead()
  await platform.advance(1_000)
  expect(room.peers[0]?.received.filter(({ type }) => type === 'typing' || type === 'read')).toEqual([])
})

test('[P5] typing is sent at most every 2 s, and ends by itself where no more of it arrives', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  for (let key = 0; key < 5; key++) {
    circle.setTyping(true)
    await platform.advance(500)
  }
  expect(room.peers[0]?.received.filter(({ type }) => type === 'typing')).toHaveLength(2)
  room.broadcast('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
  await platform.advance(10)
  expect(circle.state.typing.map(({ user_name }) => user_name)).toEqual(['bob'])
  await platform.advance(7_000)
  expect(circle.state.typing).toEqual([])
})

test('[P5] the author of a message stops showing as typing, unless the server does not confirm it', async () => {
  const { platform, room, circle, open } = setUpCircle()
  await open()
  const typing = () => circle.state.typing.map(({ user_name }) => user_name)
  room.broadcast('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
  await platform.advance(100)
  room.post('hello')
  await platform.advance(1_000)
  expect(typing()).toEqual([])
  await platform.advance(1_500)
  expect(typing()).toEqual(['bob'])
  room.broadcast('typing', { user_id: 'guest:bob', user_name: 'bob', active: false })
  await platform.advance(10)
  expect(typing()).toEqual([])
})

test('unread messages are counted from the read position, also after a reload', async () => {
  const storage = memoryStorage()
  const { platform, room, circle, open } = setUpCircle({ change: { storage } })
  room.post('before')
  await open()
  room.post('hello')
  room.post('what do you think, @ada?')
  await platform.advance(10)
  await mentionReader.load()
  await platform.advance(0)
  expect(circle.state.unread).toEqual({ count: 2, mentions: 1, first: 2 })
  circle.markRead()
  expect(circle.state.unread.count).toBe(0)
  circle.disconnect()
  room.post('later')
  const next = setUpCircle({
    change: { storage, socket: room.socket, after: platform.after, now: platform.now },
  })
  next.circle.subscribe(() => {})
  await next.platform.advance(0)
  await platform.advance(100)
  expect(next.circle.state.unread).toEqual({ count: 1, mentions: 0, first: 4 })
})

test('[R3] whatever the network does, every message shows once, in the order of the log, and none of ours is lost', async () => {
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('close', 'vanish', 'drop' as const) }) },
  )
  const schedule = fc.array(fc.tuple(act, fc.oneof(fc.nat(5), fc.nat(3_000))), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      schedule,
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      async (acts, random) => {
        const { platform, room, circle, open } = setUpCircle({ random: () => random.next().value })
        await open()
        const received: number[] = []
        circle.on('message', ({ seq }) => received.push(seq))
        let count = 0
        const sent: Promise<SentMessage>[] = []
        for (const [{ do: what }, ms] of acts) {
          if (what === 'send') sent.push(circle.send(`mine ${++count}`))
          if (what === 'receive') room.post('theirs')
          if (what === 'close') room.peers[0]?.close()
          if (what === 'vanish') room.peers[0]?.vanish()
          if (what === 'drop') room.intercept = (_, { type }) => (type === 'message' ? 'drop' : 'accept')
          await platform.advance(ms)
          room.intercept = () => 'accept'
        }
        room.peers[0]?.close()
        await platform.advance(100_000)
        expect(circle.state.pending).toEqual([])
        const seqs = (await Promise.all(sent)).map(({ seq }) => seq)
        expect(received).toEqual(room.log.map(({ seq }) => seq))
        expect(circle.state.entries.map(({ seq }) => seq)).toEqual(received)
        const mine = contentsOf(circle).filter(content => content.startsWith('mine'))
        expect(mine).toEqual(seqs.map((_, at) => `mine ${at + 1}`))
        expect(seqs).toEqual([...seqs].sort((one, other) => one - other))
      },
    ),
    { seed: 11, numRuns: 1_000 },
  )
}, 120_000)

test('what came after a first visit is unread at the next one, though nothing was ever marked', async () => {
  const storage = memoryStorage()
  const first = setUpCircle({ change: { storage } })
  first.room.post('seen')
  await first.open()
  expect(first.circle.state.unread.count).toBe(0)
  const next = setUpCircle({ change: { storage } })
  for (const content of ['seen', 'missed', 'missed, too']) next.room.post(content)
  await next.open()
  expect(next.circle.state).toMatchObject({ lastRead: 1, unread: { count: 2, first: 2 } })
})
