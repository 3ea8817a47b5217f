import { type Channel, type CirclesClient, type ClientOptions, createClient } from '../../src/client/client.ts'
import type { ClientPlatform } from '../../src/client/platform.ts'
import { type FakeWorld, fakeWorld } from './fake-platform.ts'
import { type FakeRoom, fakeRoom } from './fake-room.ts'

export type Scene = { world: FakeWorld; room: FakeRoom; circles: CirclesClient; circle: Channel; open(): Promise<void> }

/** Ada's client and a room, a millisecond of network apart. */
export function aCircle(
  options: Partial<ClientOptions> & {
    change?: Partial<ClientPlatform>
    random?: () => number
    accept?: (url: URL) => number | null
  } = {},
): Scene {
  const { change, random = () => 0.5, accept, ...rest } = options
  const room = fakeRoom(run => void world.after(1, run), accept)
  const world = fakeWorld({ socket: room.socket, random })
  const circles = createClient('http://circles.test', { name: 'ada', platform: world.beside(change), ...rest })
  const circle = circles.circle('lobby')
  const open = async (): Promise<void> => {
    circle.subscribe(() => {})
    await world.advance(10)
  }
  return { world, room, circles, circle, open }
}

/** What the circle shows, as text. */
export const shown = (circle: Channel): string[] => circle.state.entries.map(({ content }) => content)
