import { type Channel, type CirclesClient, type ClientOptions, createClient } from '../../src/client/client.ts'
import type { ClientPlatform } from '../../src/client/platform.ts'
import { type FakePlatform, fakePlatform } from './fake-platform.ts'
import { type FakeRoom, fakeRoom } from './fake-room.ts'

export type CircleFixture = {
  platform: FakePlatform
  room: FakeRoom
  circles: CirclesClient
  circle: Channel
  /** Subscribes to the circle, and waits until it is connected. */
  open(): Promise<void>
}

/** Ada's client and a room, with a millisecond of network between them. `change` replaces parts of the platform. */
export function setUpCircle(
  options: Partial<ClientOptions> & {
    change?: Partial<ClientPlatform>
    random?: () => number
    accept?: (url: URL) => number | null
  } = {},
): CircleFixture {
  const { change, random = () => 0.5, accept, ...rest } = options
  const room = fakeRoom(run => void platform.after(1, run), accept)
  const platform = fakePlatform({ socket: room.socket, random })
  const circles = createClient('http://circles.test', { name: 'ada', platform: platform.beside(change), ...rest })
  const circle = circles.circle('lobby')
  const open = async (): Promise<void> => {
    circle.subscribe(() => {})
    await platform.advance(10)
  }
  return { platform, room, circles, circle, open }
}

/** The texts of the loaded entries. */
export const contentsOf = (circle: Channel): string[] => circle.state.entries.map(({ content }) => content)
