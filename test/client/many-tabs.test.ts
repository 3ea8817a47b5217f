import { expect, test } from 'vitest'
import { type Channel, createClient } from '../../src/client/client.ts'
import type { ClientPlatform } from '../../src/client/platform.ts'
import { FakeBrowser, type FakeTab } from './fake-browser.ts'
import { fakePlatform } from './fake-platform.ts'
import { fakeRoom } from './fake-room.ts'
import { contentsOf } from './fixtures.ts'

/** One browser of Ada's, and a room. `offline` makes every new socket fail. */
function setUpBrowser() {
  const network = { isUp: true }
  const room = fakeRoom(run => void platform.after(1, run))
  const platform = fakePlatform({
    socket(url, protocols) {
      if (!network.isUp) throw new Error('offline')
      return room.socket(url, protocols)
    },
  })
  const browser = new FakeBrowser(platform)
  const open = (change: Partial<ClientPlatform> = {}): { tab: FakeTab; circle: Channel; leave: () => void } => {
    const tab = browser.open(change)
    const circle = createClient('http://circles.test', { name: 'ada', platform: tab.platform }).circle('lobby')
    return { tab, circle, leave: circle.subscribe(() => {}) }
  }
  return { network, room, platform, browser, open }
}

test('a tab that left and comes back is brought up to date by the leader, and sends again', async () => {
  const { room, platform, open } = setUpBrowser()
  const one = open()
  await platform.advance(10)
  const other = open()
  await platform.advance(10)
  await Promise.all([one.circle.send('one'), platform.advance(20)])
  other.leave()
  await platform.advance(4_500)
  expect(other.circle.state.connection.phase).toBe('idle')
  await Promise.all([one.circle.send('two'), platform.advance(20)])
  const received: number[] = []
  other.circle.on('message', ({ seq }) => received.push(seq))
  await platform.advance(20)
  expect(other.circle.state.connection.phase).toBe('live')
  const [sent] = await Promise.all([other.circle.send('three'), platform.advance(20)])
  expect([sent.seq, received]).toEqual([3, [2, 3]])
  expect(contentsOf(other.circle)).toEqual(['one', 'two', 'three'])
  expect(contentsOf(one.circle)).toEqual(contentsOf(other.circle))
  expect(room.opened).toBe(1)
})

test('a tab that missed more than the leader has loaded continues from the end of the log', async () => {
  const { room, platform, open } = setUpBrowser()
  const first = open()
  await platform.advance(10)
  const second = open()
  room.post('seen')
  await platform.advance(10)
  second.leave()
  await platform.advance(4_000)
  first.leave()
  await platform.advance(4_000)
  for (let count = 1; count <= 100; count++) room.post(`missed ${count}`)
  const third = open()
  await platform.advance(10)
  second.circle.subscribe(() => {})
  await platform.advance(20)
  expect(contentsOf(second.circle)).toEqual(contentsOf(third.circle))
  expect(contentsOf(second.circle)).toHaveLength(50)
})

test('a leader that does not run is replaced within 20 s, and follows when it wakes up', async () => {
  const { room, platform, open } = setUpBrowser()
  const hanging = open()
  await platform.advance(10)
  const follower = open()
  await platform.advance(7_000)
  hanging.tab.freeze()
  const sent = follower.circle.send('mine')
  await platform.advance(20_000)
  expect((await sent).seq).toBe(1)
  room.post('theirs')
  await platform.advance(10)
  expect(contentsOf(follower.circle)).toEqual(['mine', 'theirs'])
  await platform.advance(150_000)
  hanging.tab.thaw()
  await platform.advance(10_000)
  expect(contentsOf(hanging.circle)).toEqual(['mine', 'theirs'])
  expect([hanging.circle, follower.circle].map(({ state }) => state.connection.phase)).toEqual(['live', 'live'])
  expect([room.opened, room.peers.length]).toEqual([2, 1])
})

test('a tab that is opened beside a leader that does not run connects by itself', async () => {
  const { platform, room, open } = setUpBrowser()
  const hanging = open()
  await platform.advance(10)
  hanging.tab.freeze()
  const fresh = open()
  await platform.advance(20_000)
  expect(fresh.circle.state.connection.phase).toBe('live')
  expect(room.opened).toBe(2)
})

test('of three tabs behind a leader that does not run, one leads and the others follow', async () => {
  const { room, platform, open } = setUpBrowser()
  const hanging = open()
  await platform.advance(10)
  const others = [open(), open(), open()]
  await platform.advance(1_000)
  hanging.tab.freeze()
  await platform.advance(30_000)
  room.post('hello')
  await platform.advance(10)
  for (const { circle } of others) expect(contentsOf(circle)).toEqual(['hello'])
  await platform.advance(200_000)
  expect(room.opened).toBeLessThanOrEqual(4)
  expect(room.peers.length).toBeLessThanOrEqual(2) // and the socket that the hanging tab still has
})

test('asking the leader changes no state, so nothing renders again', async () => {
  const { platform, open } = setUpBrowser()
  open()
  await platform.advance(10)
  const follower = open()
  await platform.advance(100)
  const before = follower.circle.state.connection
  await platform.advance(20_000)
  expect(follower.circle.state.connection).toBe(before)
})

test('without an answer from locks or tabs, a tab connects by itself', async () => {
  const { platform, browser, room } = setUpBrowser()
  const { platform: own } = browser.open()
  const silent: ClientPlatform = {
    ...own,
    tabs: { acquireLock: () => () => {}, openChannel: () => ({ post: () => {}, close: () => {} }) },
  }
  const circle = createClient('http://circles.test', { name: 'ada', platform: silent }).circle('lobby')
  circle.subscribe(() => {})
  await platform.advance(20_000)
  expect(circle.state.connection.phase).toBe('live')
  expect(room.opened).toBe(1)
})

test('a broadcast channel that the browser refuses leaves the tab with a socket of its own', async () => {
  const { platform, browser, room } = setUpBrowser()
  const { platform: own } = browser.open()
  const refuse = (): never => {
    throw new DOMException('denied', 'SecurityError')
  }
  const refusing: ClientPlatform = { ...own, tabs: { acquireLock: () => () => {}, openChannel: refuse } }
  const circle = createClient('http://circles.test', { name: 'ada', platform: refusing }).circle('lobby')
  const sent = circle.send('hello')
  await platform.advance(20_000)
  expect((await sent).seq).toBe(1)
  expect(room.opened).toBe(1)
})

test.each(['the tab that wrote it', 'another tab'])('a message that %s discards is sent by no tab', async who => {
  const { network, platform, open } = setUpBrowser()
  network.isUp = false
  const author = open()
  const outcomes = ['regretted', 'kept'].map(text =>
    author.circle.send(text).then(
      () => 'stored',
      ({ code }) => code,
    ),
  )
  const reader = open()
  await platform.advance(5_000)
  expect(reader.circle.state.pending).toHaveLength(2)
  const discarding = who === 'another tab' ? reader : author
  discarding.circle.discard(discarding.circle.state.pending[0]?.id ?? '')
  network.isUp = true
  await platform.advance(60_000)
  expect(contentsOf(author.circle)).toEqual(['kept'])
  expect(await Promise.all(outcomes)).toEqual(['discarded', 'stored'])
  for (const { circle } of [author, reader, open()]) expect(circle.state.pending).toEqual([])
})

test('a discarded message stays away when another tab that has it ends in failure', async () => {
  const { network, room, platform, open } = setUpBrowser()
  network.isUp = false
  const author = open()
  author.circle.send('regretted').catch(() => {})
  const reader = open()
  await platform.advance(5_000)
  author.circle.discard(author.circle.state.pending[0]?.id ?? '')
  network.isUp = true
  await platform.advance(40_000)
  for (const peer of room.peers) peer.close(4410)
  await platform.advance(1_000)
  reader.tab.kill()
  author.tab.kill()
  expect(open().circle.state.pending).toEqual([])
  expect(room.log).toEqual([])
})

test('messages of a tab that was closed are sent once, in order, by the tabs that read them', async () => {
  const { network, room, platform, open } = setUpBrowser()
  network.isUp = false
  const author = open()
  for (const text of ['one', 'two', 'three']) author.circle.send(text).catch(() => {})
  await platform.advance(1_000)
  const readers = [open(), open()]
  author.tab.kill()
  network.isUp = true
  await platform.advance(60_000)
  expect(room.log.map(({ data }) => 'content' in data && data.content)).toEqual(['one', 'two', 'three'])
  for (const { circle } of readers) expect(circle.state.pending).toEqual([])
})

test('the frames of all tabs together stay within the rate limit of their socket', async () => {
  const { room, platform, open } = setUpBrowser()
  const arrivals: number[] = []
  room.intercept = () => {
    arrivals.push(platform.clock.now)
    return 'accept'
  }
  const tabs = [open()]
  await platform.advance(10)
  tabs.push(open(), open())
  await platform.advance(100)
  const begin = platform.clock.now
  const edits = tabs.flatMap(({ circle }) => Array.from({ length: 60 }, (_, at) => circle.react(1, `${at}`)))
  await platform.advance(30_000)
  await Promise.all(edits)
  for (let count = 1; count <= 15; count++)
    expect(arrivals.filter(at => at <= begin + count * 1_000).length).toBeLessThanOrEqual(20 + count * 10)
})
