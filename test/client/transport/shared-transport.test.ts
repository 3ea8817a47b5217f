import { expect, test } from 'vitest'
import { type Channel, createClient } from '../../../src/client/client.ts'
import type { TabCoordinator } from '../../../src/client/platform.ts'
import { fakeTabs, fakeWorld } from '../fake-platform.ts'
import { fakeRoom } from '../fake-room.ts'
import { shown } from '../fixtures.ts'

/** Tabs of one browser, and a room. */
function aBrowser() {
  const room = fakeRoom(run => void world.after(1, run))
  const world = fakeWorld({ socket: room.socket })
  const tabs = fakeTabs(() => world)
  const open = (tab: TabCoordinator): Channel => {
    const circle = createClient('http://circles.test', { name: 'ada', platform: world.beside({ tabs: tab }) }).circle(
      'lobby',
    )
    circle.subscribe(() => {})
    return circle
  }
  return { room, world, tabs, open }
}

test('tabs of one person share one socket and see the same', async () => {
  const { room, world, tabs, open } = aBrowser()
  room.say('before')
  const one = open(tabs.join())
  await world.advance(10)
  const other = open(tabs.join())
  await world.advance(20)
  expect(room.opened).toBe(1)
  const said = Promise.all([one.send('from one'), other.send('from the other')])
  await world.advance(30)
  expect((await said).map(({ seq }) => seq)).toEqual([2, 3])
  room.say('after')
  await world.advance(10)
  expect(shown(one)).toEqual(['before', 'from one', 'from the other', 'after'])
  expect(shown(other)).toEqual(shown(one))
  expect(other.state.connection.phase).toBe('live')
  expect(other.state.self).toEqual(one.state.self)
})

test('when the tab with the socket dies, another takes over where it stands, and loses nothing', async () => {
  const { room, world, tabs, open } = aBrowser()
  const dying = tabs.join()
  open(dying)
  await world.advance(10)
  const heir = open(tabs.join())
  const third = open(tabs.join())
  await world.advance(20)
  room.say('one')
  await world.advance(10)
  room.before = () => 'lose' // the dying tab takes a line with it
  const said = heir.send('mine')
  await world.advance(3)
  tabs.kill(dying)
  room.peers[0]?.vanish()
  room.before = () => 'take'
  room.say('two')
  await world.advance(1_000)
  expect((await said).seq).toBe(3)
  expect(room.opened).toBe(2)
  expect(room.peers[0]?.url.search).toBe('?name=ada&since=1&epoch=e1')
  expect(shown(heir)).toEqual(['one', 'two', 'mine'])
  expect(shown(third)).toEqual(shown(heir))
})

test('a tab that lets go of the circle hands the socket over', async () => {
  const { room, world, tabs, open } = aBrowser()
  const first = open(tabs.join())
  await world.advance(10)
  const second = open(tabs.join())
  await world.advance(20)
  first.disconnect()
  await world.advance(1_000)
  expect(room.peers.length).toBe(1)
  room.say('hello')
  await world.advance(10)
  expect(shown(second)).toEqual(['hello'])
})
