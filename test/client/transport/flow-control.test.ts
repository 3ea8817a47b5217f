import { expect, test } from 'vitest'
import type { Frame } from '../../../src/client/frames.ts'
import { FlowControl } from '../../../src/client/transport/flow-control.ts'
import { fakePlatform } from '../fake-platform.ts'

function setUp() {
  const reports: [atMs: number, seq: number][] = []
  const platform = fakePlatform({ socket: () => Promise.reject() as never })
  const begin = platform.now()
  const flowControl = new FlowControl(platform, 40, seq => reports.push([platform.now() - begin, seq]))
  flowControl.received([], 1_000)
  const event = (seq: number) => ({ type: 'message', seq, data: {} }) as unknown as Frame
  const receive = (seq: number, characters: number) => flowControl.received([event(seq)], characters)
  return { reports, platform, flowControl, receive }
}

test('[E3] a client reports once, 5 s after the first frame, and not again while nothing arrives', async () => {
  const { reports, platform, receive } = setUp()
  await platform.advance(2_000)
  receive(41, 100)
  receive(42, 100)
  await platform.advance(600_000)
  expect(reports).toEqual([[5_000, 42]])
})

test('[E3] what a client had received before it began to report counts, too', async () => {
  const { reports, platform } = setUp()
  await platform.advance(5_000)
  expect(reports).toEqual([[5_000, 40]])
})

test('[E3] a client reports after every 256 KiB, but at most every 500 ms', async () => {
  const { reports, platform, receive } = setUp()
  for (let seq = 1; seq <= 100; seq++) {
    receive(seq, 30_000)
    await platform.advance(20)
  }
  expect(reports.map(([atMs]) => atMs)).toEqual([160, 660, 1_160, 1_660])
})

test('[E3] a client reports nothing after the socket has closed, also if it was about to', async () => {
  const idle = setUp()
  idle.receive(41, 1_000)
  const busy = setUp()
  busy.receive(41, 300_000)
  busy.receive(42, 300_000)
  for (const { flowControl } of [idle, busy]) flowControl.end()
  await Promise.all([idle.platform.advance(60_000), busy.platform.advance(60_000)])
  expect([idle.reports, busy.reports]).toEqual([[], [[0, 41]]])
})
