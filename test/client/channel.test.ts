import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CirclesError, type SentMessage } from '../../src/client/client.ts'
import { memoryStorage } from '../../src/client/platform.ts'
import { limits } from '../../src/protocol/limits.ts'
import { aCircle, shown } from './fixtures.ts'

test('[R1] it opens when somebody listens, offers circles.v1, and asks for the newest page', async () => {
  const { room, circle, open } = aCircle()
  room.say('one')
  room.say('two')
  expect(room.opened).toBe(0)
  await open()
  expect(room.peers.map(({ url, protocols }) => [url.href, protocols])).toEqual([
    ['ws://circles.test/ws/circles/lobby?name=ada', ['circles.v1']],
  ])
  expect(shown(circle)).toEqual(['one', 'two'])
  expect(circle.state).toMatchObject({ history: { older: 'none' }, position: 2, unread: { count: 0 } })
})

test('a line resolves with its seq, and is shown once from the key press to the log', async () => {
  const { world, circle, open } = aCircle()
  await open()
  const seen: string[][] = []
  const keys = new Set<string>()
  circle.subscribe(() => {
    const { entries, pending: drafts } = circle.state
    seen.push([...entries.map(({ content }) => content), ...drafts.map(({ data }) => data.content)])
  })
  const said = circle.send('hello')
  await world.advance(10)
  expect(await said).toEqual({ id: 'id-1', seq: 1 })
  for (const entry of circle.state.entries) keys.add(entry.key)
  expect(seen.filter(lines => lines.length !== 1)).toEqual([])
  expect(circle.state.pending).toEqual([])
  expect([...keys]).toEqual(['guest:ada id-1'])
})

test('[R1] it resumes from its position under the log’s epoch, and nobody hears an event twice', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const heard: number[] = []
  circle.on('message', ({ seq }) => {
    expect(circle.state.position).toBeGreaterThanOrEqual(seq) // the position advances first
    heard.push(seq)
  })
  room.say('one')
  await world.advance(10)
  room.peers[0]?.cut()
  await world.advance(1)
  room.say('two')
  await world.advance(60_000)
  expect(room.peers[0]?.url.search).toBe('?name=ada&since=1&epoch=e1')
  expect(heard).toEqual([1, 2])
  expect(shown(circle)).toEqual(['one', 'two'])
})

test('[R2] a log that was reset, or trimmed too far, is begun anew at its end', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  room.say('old')
  await world.advance(10)
  room.peers[0]?.cut()
  room.reset()
  for (let line = 1; line <= 60; line++) room.say(`new ${line}`)
  await world.advance(60_000)
  expect(circle.state).toMatchObject({ epoch: "e1'", position: 60, history: { oldest: 11, older: 'some' } })
  expect(shown(circle)).toHaveLength(50)
  await Promise.all([circle.loadOlder(), world.advance(10)])
  expect(circle.state).toMatchObject({ history: { oldest: 1, older: 'none' } })
  expect(shown(circle)).toHaveLength(60)
})

test('[N1] a batch is taken as its frames in order', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const [peer] = room.peers
  room.peers = [] // what is logged now reaches nobody by itself
  const events = [room.say('one'), room.say('two'), room.say('three')]
  peer?.say(...events)
  await world.advance(10)
  expect(shown(circle)).toEqual(['one', 'two', 'three'])
})

test('[L5] a hole in what comes is filled from history before anything after it is shown', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const heard: number[] = []
  circle.on('message', ({ seq }) => heard.push(seq))
  const [peer] = room.peers
  if (peer === undefined) throw new Error('somebody is there')
  room.peers = []
  room.say('one')
  room.say('two')
  room.peers = [peer]
  room.say('three')
  await world.advance(10)
  expect(peer.received.at(-1)).toMatchObject({ type: 'history', data: { after: 0 } })
  expect(heard).toEqual([1, 2, 3])
  expect(shown(circle)).toEqual(['one', 'two', 'three'])
})

test('[L3] lines written offline survive a reload and go out once, in order', async () => {
  const shelf = memoryStorage()
  const before = aCircle({
    change: {
      storage: shelf,
      socket: () => {
        throw new Error('offline')
      },
    },
  })
  for (const line of ['one', 'two', 'three']) before.circle.send(line).catch(() => {})
  await before.world.advance(5_000)
  expect(before.circle.state.pending.map(({ data, state }) => [data.content, state])).toEqual([
    ['one', 'waiting'],
    ['two', 'waiting'],
    ['three', 'waiting'],
  ])
  const after = aCircle({ change: { storage: shelf } })
  await after.open()
  await after.world.advance(100)
  expect(shown(after.circle)).toEqual(['one', 'two', 'three'])
  expect(after.circle.state.pending).toEqual([])
  expect(shelf.keys('circles http://circles.test/ ada circle:lobby line')).toEqual([])
})

test('a line that was refused stays with its reason, until it is tried again or thrown away', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const refuse = (id: string) =>
    ({ type: 'error', data: { id, code: 'paused', message: 'The circle is paused.' } }) as const
  room.before = (_, { type, id = '' }) => (type === 'message' ? refuse(id) : 'take')
  const said = circle.send('hello').catch(error => error)
  await world.advance(10)
  expect(await said).toEqual(new CirclesError('paused', 'The circle is paused.'))
  const [draft] = circle.state.pending
  expect(draft).toMatchObject({ state: 'failed', problem: { code: 'paused', message: 'The circle is paused.' } })
  room.before = () => 'take'
  circle.retry(draft?.id ?? '')
  await world.advance(10)
  expect([shown(circle), circle.state.pending]).toEqual([['hello'], []])
})

test('a line that comes too fast waits as long as it is told, and nothing overtakes it', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  let refusals = 1
  room.before = (_, { type, id = '' }) =>
    type === 'message' && refusals-- > 0
      ? { type: 'error', data: { id, code: 'rate_limited', message: 'Slowly.', retry_after_ms: 2_000 } }
      : 'take'
  const said = Promise.all([circle.send('one'), circle.send('two')])
  await world.advance(1_900)
  expect(shown(circle)).toEqual([])
  await world.advance(200)
  expect((await said).map(({ seq }) => seq)).toEqual([1, 2])
})

test('a refusal that does not say whose frame it was brings every frame again that was on its way', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  let refusals = 2
  room.before = () =>
    refusals-- > 0 ? { type: 'error', data: { code: 'rate_limited', message: 'Slowly.', retry_after_ms: 500 } } : 'take'
  const said = circle.send('one')
  const page = circle.history({ after: 0 })
  await world.advance(1_500)
  expect((await said).seq).toBe(1)
  expect((await page).more).toBe(false)
})

test('what a server takes at once is not exceeded, and lines leave room for the rest', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const said = Promise.all(Array.from({ length: 40 }, (_, at) => circle.send(`line ${at + 1}`)))
  const sent = (): number => room.log.length
  await world.advance(500)
  expect(sent()).toBeLessThanOrEqual(limits.message_burst)
  await world.advance(10_000)
  expect((await said).map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
})

test('commands that were not answered are sent again over the next connection', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  room.before = () => 'lose'
  const edited = circle.edit(1, 'better')
  await world.advance(10)
  room.before = () => 'take'
  room.peers[0]?.cut()
  await world.advance(60_000)
  await expect(edited).resolves.toBeUndefined()
})

test('[E3] a circle that was deleted ends: visible, and for everybody who waits', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  room.before = () => 'lose'
  const said = circle.send('hello').catch(error => error.code)
  await world.advance(10)
  room.peers[0]?.cut(4410, 'deleted')
  await world.advance(60_000)
  expect(await said).toBe('ended')
  expect(circle.state.connection).toMatchObject({ phase: 'ended', reason: { code: '4410', message: 'deleted' } })
  expect(circle.state.pending).toMatchObject([{ state: 'failed' }])
  expect(room.opened).toBe(1)
})

test('[A3] with a token, a fresh ticket comes before every attempt', async () => {
  const asked: unknown[] = []
  const fetch = async (url: string, init: RequestInit) => {
    asked.push([url, init.method, new Headers(init.headers).get('authorization'), init.body])
    return Response.json({ ticket: `t${asked.length}`, expires_in: 30 }, { status: 201 })
  }
  const { world, room, open } = aCircle({ token: () => 'secret', change: { fetch } })
  await open()
  expect(asked).toEqual([['http://circles.test/api/tickets', 'POST', 'Bearer secret', '{"channel":"circle:lobby"}']])
  expect(room.peers[0]?.protocols).toEqual(['circles.v1', 'ticket.t1'])
  room.peers[0]?.cut()
  await world.advance(60_000)
  expect(room.peers[0]?.protocols).toEqual(['circles.v1', 'ticket.t2'])
  expect(room.peers[0]?.url.searchParams.has('token')).toBe(false)
})

test('[A3] a channel that will not have us says so by HTTP, which a browser shows and an upgrade does not', async () => {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    return Response.json({ error: { code: 'banned', message: 'You are banned here.' } }, { status: 403 })
  }
  const { world, room, circle } = aCircle({ change: { fetch }, accept: () => 1006 })
  circle.subscribe(() => {})
  await world.advance(60_000)
  expect(asked).toEqual(['http://circles.test/api/circles/lobby/events?limit=1&name=ada'])
  expect(circle.state.connection).toMatchObject({ phase: 'ended', reason: { code: 'banned' } })
  expect(room.opened).toBe(1)
})

test('[A6] at a token’s end the next one is asked for at once; without one, it is signed out', async () => {
  const wants: boolean[] = []
  let good = true
  const fetch = async () =>
    good
      ? Response.json({ ticket: 't' }, { status: 201 })
      : Response.json({ error: { code: 'token_expired', message: 'The token has ended.' } }, { status: 401 })
  const token = ({ renew }: { renew: boolean }) => `token ${wants.push(renew)}`
  const { world, room, circle, open } = aCircle({ token, change: { fetch } })
  await open()
  await world.advance(20_000)
  room.peers[0]?.cut(4401)
  await world.advance(10)
  expect(wants).toEqual([false, true])
  expect(circle.state.connection.phase).toBe('live')
  await world.advance(20_000)
  good = false
  room.peers[0]?.cut(4401)
  await world.advance(60_000)
  expect(circle.state.connection).toMatchObject({ phase: 'signed_out', reason: { code: 'token_expired' } })
})

test('[H2] a socket that is stuck is noticed within 38 s, and replaced', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  room.peers[0]?.vanish()
  await world.advance(38_000)
  expect(room.opened).toBe(2)
  expect(circle.state.connection.phase).toBe('live')
})

test('it keeps a bounded number of lines, and loads older ones again', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const [peer] = room.peers
  room.peers = []
  const events = Array.from({ length: 20_001 }, () => room.say('so much'))
  peer?.say(...events)
  await world.advance(10)
  expect(circle.state).toMatchObject({ position: 20_001, history: { oldest: 5_002, older: 'some' } })
  expect(circle.state.entries).toHaveLength(15_000)
  await Promise.all([circle.loadOlder(200), world.advance(10)])
  expect(circle.state).toMatchObject({ history: { oldest: 4_802, older: 'some' } })
  expect(circle.state.entries).toHaveLength(15_200)
})

test('it lets go of the connection a while after the last listener, and not between two of them', async () => {
  const { world, room, circle } = aCircle()
  const first = circle.subscribe(() => {})
  await world.advance(10)
  first()
  await world.advance(1_000)
  const second = circle.on('message', () => {})
  await world.advance(60_000)
  expect([room.opened, room.peers.length]).toEqual([1, 1])
  second()
  await world.advance(5_000)
  expect(room.peers.length).toBe(0)
  expect(circle.state.connection.phase).toBe('idle')
})

test('[P4] in a crowd it does not say that we type or how far we have read', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  room.say('hello')
  room.tell('presence', { joined: [], left: [], changed: [], count: 201 })
  await world.advance(10)
  circle.setTyping(true)
  circle.markRead()
  await world.advance(1_000)
  expect(room.peers[0]?.received.filter(({ type }) => type === 'typing' || type === 'read')).toEqual([])
})

test('[P5] typing is told once in 2 s, and ends by itself for those who hear no more of it', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  for (let key = 0; key < 5; key++) {
    circle.setTyping(true)
    await world.advance(500)
  }
  expect(room.peers[0]?.received.filter(({ type }) => type === 'typing')).toHaveLength(2)
  room.tell('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
  await world.advance(10)
  expect(circle.state.typing.map(({ user_name }) => user_name)).toEqual(['bob'])
  await world.advance(7_000)
  expect(circle.state.typing).toEqual([])
})

test('[P5] who says a line types no more, unless the server does not take it back', async () => {
  const { world, room, circle, open } = aCircle()
  await open()
  const typing = () => circle.state.typing.map(({ user_name }) => user_name)
  room.tell('typing', { user_id: 'guest:bob', user_name: 'bob', active: true })
  await world.advance(100)
  room.say('hello')
  await world.advance(1_000)
  expect(typing()).toEqual([])
  await world.advance(1_500)
  expect(typing()).toEqual(['bob'])
  room.tell('typing', { user_id: 'guest:bob', user_name: 'bob', active: false })
  await world.advance(10)
  expect(typing()).toEqual([])
})

test('unread lines are counted from where one was, also on another day', async () => {
  const shelf = memoryStorage()
  const { world, room, circle, open } = aCircle({ change: { storage: shelf } })
  room.say('before')
  await open()
  room.say('hello')
  room.say('what do you say, @ada?')
  await world.advance(10)
  expect(circle.state.unread).toEqual({ count: 2, mentions: 1, first: 2 })
  circle.markRead()
  expect(circle.state.unread.count).toBe(0)
  circle.disconnect()
  room.say('later')
  const next = aCircle({ change: { storage: shelf, socket: room.socket, after: world.after, now: world.now } })
  next.circle.subscribe(() => {})
  await next.world.advance(0)
  await world.advance(100)
  expect(next.circle.state.unread).toEqual({ count: 1, mentions: 0, first: 4 })
})

test('[R3] whatever the network does: every line once, in the order of the log, and none of ours lost', async () => {
  const moment = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('hear' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cut', 'vanish', 'lose' as const) }) },
  )
  const schedule = fc.array(fc.tuple(moment, fc.oneof(fc.nat(5), fc.nat(3_000))), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      schedule,
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      async (moments, dice) => {
        const { world, room, circle, open } = aCircle({ random: () => dice.next().value })
        await open()
        const heard: number[] = []
        circle.on('message', ({ seq }) => heard.push(seq))
        let count = 0
        const said: Promise<SentMessage>[] = []
        for (const [{ do: what }, ms] of moments) {
          if (what === 'say') said.push(circle.send(`mine ${++count}`))
          if (what === 'hear') room.say('theirs')
          if (what === 'cut') room.peers[0]?.cut()
          if (what === 'vanish') room.peers[0]?.vanish()
          if (what === 'lose') room.before = (_, { type }) => (type === 'message' ? 'lose' : 'take')
          await world.advance(ms)
          room.before = () => 'take'
        }
        room.peers[0]?.cut()
        await world.advance(100_000)
        expect(circle.state.pending).toEqual([])
        const seqs = (await Promise.all(said)).map(({ seq }) => seq)
        expect(heard).toEqual(room.log.map(({ seq }) => seq))
        expect(circle.state.entries.map(({ seq }) => seq)).toEqual(heard)
        const mine = shown(circle).filter(line => line.startsWith('mine'))
        expect(mine).toEqual(seqs.map((_, at) => `mine ${at + 1}`))
        expect(seqs).toEqual([...seqs].sort((one, other) => one - other))
      },
    ),
    { seed: 11, numRuns: 1_000 },
  )
}, 120_000)
