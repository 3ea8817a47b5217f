import { expect, test } from 'vitest'
import type { Frame } from '../../../src/client/frames.ts'
import { FlowControl } from '../../../src/client/transport/flow-control.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { fakeWorld } from '../fake-platform.ts'

function aReader(unreadBytes: number = limits.unread_bytes) {
  const said: [at: number, seq: number][] = []
  const world = fakeWorld({ socket: () => Promise.reject() as never })
  const begin = world.now()
  const receipts = new FlowControl(world, seq => said.push([world.now() - begin, seq]))
  const welcome = { type: 'welcome', data: { limits: { ...limits, unread_bytes: unreadBytes } } } as unknown as Frame
  receipts.received([welcome], 1_000)
  const event = (seq: number) => ({ type: 'message', seq, data: {} }) as unknown as Frame
  return {
    said,
    world,
    receipts,
    hear: (seq: number, characters: number) => receipts.received([event(seq)], characters),
  }
}

test('[E3] a client says what it has taken 5 s after it began to hear, once, and nothing while nothing comes', async () => {
  const { said, world, hear } = aReader()
  await world.advance(2_000)
  hear(1, 100)
  hear(2, 100)
  await world.advance(600_000)
  expect(said).toEqual([[5_000, 2]])
})

test('[E3] it says so after every 256 KiB, but not oftener than every 500 ms', async () => {
  const { said, world, hear } = aReader()
  for (let seq = 1; seq <= 100; seq++) {
    hear(seq, 30_000)
    await world.advance(20)
  }
  expect(said.map(([at]) => at)).toEqual([160, 660, 1_160, 1_660])
})

test('[E3] to a server that does not ask for it, and after the socket is gone, nothing is said', async () => {
  const deaf = aReader(0)
  deaf.hear(1, 1_000_000)
  const gone = aReader()
  gone.hear(1, 1_000)
  gone.receipts.end()
  await Promise.all([deaf.world.advance(60_000), gone.world.advance(60_000)])
  expect([deaf.said, gone.said]).toEqual([[], []])
})
