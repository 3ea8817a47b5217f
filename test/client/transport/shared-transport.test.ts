import { expect, test } from 'vitest'
import { type Channel, createClient } from '../../../src/client/client.ts'
import type { TabCoordinator } from '../../../src/client/platform.ts'
import { fakePlatform, fakeTabs } from '../fake-platform.ts'
import { fakeRoom } from '../fake-room.ts'
import { contentsOf } from '../fixtures.ts'

/** Tabs of one browser, and a room. */
function setUpBrowser() {
  const room = fakeRoom(run => void platform.after(1, run))
  const platform = fakePlatform({ socket: room.socket })
  const tabs = fakeTabs(() => platform)
  const open = (tab: TabCoordinator): Channel => {
    const circle = createClient('http://circles.test', {
      name: 'ada',
      platform: platform.beside({ tabs: tab }),
    }).circle('lobby')
    circle.subscribe(() => {})
    return circle
  }
  return { room, platform, tabs, open }
}

test('the tabs of one user share a socket and show the same', async () => {
  const { room, platform, tabs, open } = setUpBrowser()
  room.post('before')
  const one = open(tabs.join())
  await platform.advance(10)
  const other = open(tabs.join())
  await platform.advance(20)
  expect(room.opened).toBe(1)
  const sent = Promise.all([one.send('from one'), other.send('from the other')])
  await platform.advance(30)
  expect((await sent).map(({ seq }) => seq)).toEqual([2, 3])
  room.post('after')
  await platform.advance(10)
  expect(contentsOf(one)).toEqual(['before', 'from one', 'from the other', 'after'])
  expect(contentsOf(other)).toEqual(contentsOf(one))
  expect(other.state.connection.phase).toBe('live')
  expect(other.state.self).toEqual(one.state.self)
})

test('when the tab with the socket dies, another takes over from its own position, and loses nothing', async () => {
  const { room, platform, tabs, open } = setUpBrowser()
  const dying = tabs.join()
  open(dying)
  await platform.advance(10)
  const heir = open(tabs.join())
  const third = open(tabs.join())
  await platform.advance(20)
  room.post('one')
  await platform.advance(10)
  room.intercept = () => 'drop' // a message is lost with the dying tab
  const sent = heir.send('mine')
  await platform.advance(3)
  tabs.kill(dying)
  room.peers[0]?.vanish()
  room.intercept = () => 'accept'
  room.post('two')
  await platform.advance(1_000)
  expect((await sent).seq).toBe(3)
  expect(room.opened).toBe(2)
  expect(room.peers[0]?.url.search).toBe('?name=ada&since=1&epoch=e1')
  expect(contentsOf(heir)).toEqual(['one', 'two', 'mine'])
  expect(contentsOf(third)).toEqual(contentsOf(heir))
})

test('a tab that disconnects hands the socket over', async () => {
  const { room, platform, tabs, open } = setUpBrowser()
  const first = open(tabs.join())
  await platform.advance(10)
  const second = open(tabs.join())
  await platform.advance(20)
  first.disconnect()
  await platform.advance(1_000)
  expect(room.peers.length).toBe(1)
  room.post('hello')
  await platform.advance(10)
  expect(contentsOf(second)).toEqual(['hello'])
})
