import { expect, test } from 'vitest'
import type { Frame } from '../../../src/client/frames.ts'
import { FlowControl } from '../../../src/client/transport/flow-control.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { fakePlatform } from '../fake-platform.ts'

function setUp(unreadBytes: number = limits.unread_bytes) {
  const reports: [atMs: number, seq: number][] = []
  const platform = fakePlatform({ socket: () => Promise.reject() as never })
  const begin = platform.now()
  const flowControl = new FlowControl(platform, seq => reports.push([platform.now() - begin, seq]))
  const welcome = { type: 'welcome', data: { limits: { ...limits, unread_bytes: unreadBytes } } } as unknown as Frame
  flowControl.received([welcome], 1_000)
  const event = (seq: number) => ({ type: 'message', seq, data: {} }) as unknown as Frame
  const receive = (seq: number, characters: number) => flowControl.received([event(seq)], characters)
  return { reports, platform, flowControl, receive }
}

test('[E3] a client reports once, 5 s after the first frame, and not again while nothing arrives', async () => {
  const { reports, platform, receive } = setUp()
  await platform.advance(2_000)
  receive(1, 100)
  receive(2, 100)
  await platform.advance(600_000)
  expect(reports).toEqual([[5_000, 2]])
})

test('[E3] a client reports after every 256 KiB, but at most every 500 ms', async () => {
  const { reports, platform, receive } = setUp()
  for (let seq = 1; seq <= 100; seq++) {
    receive(seq, 30_000)
    await platform.advance(20)
  }
  expect(reports.map(([atMs]) => atMs)).toEqual([160, 660, 1_160, 1_660])
})

test('[E3] a client reports nothing to a server that does not ask for it, or after the socket has closed', async () => {
  const unasked = setUp(0)
  unasked.receive(1, 1_000_000)
  const closed = setUp()
  closed.receive(1, 1_000)
  closed.flowControl.end()
  await Promise.all([unasked.platform.advance(60_000), closed.platform.advance(60_000)])
  expect([unasked.reports, closed.reports]).toEqual([[], []])
})
