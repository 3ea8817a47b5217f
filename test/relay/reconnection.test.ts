import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DownFrame, UpFrame } from '../../src/relay/wire.ts'
import { Circle } from './world.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 9) })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A relay that this test plays connects to the circle; what it is sent is in `received`. */
function connect(circle: Circle) {
  const received: DownFrame[] = []
  const accepted = circle.accept('dev/enam/0', 0, text => received.push(JSON.parse(text) as DownFrame))
  if (accepted === null) throw new Error('expected the circle to answer')
  const send = (...frames: UpFrame[]) => accepted.wire.sendUp(JSON.stringify(frames))
  return { received, send }
}

/** The ids of the commands that were acknowledged, in their order. */
function acksIn(received: readonly DownFrame[]): string[] {
  const own = received.flatMap(frame => (frame.t === 'out' ? (frame.to ?? []) : []))
  const frames = own.flatMap(([, { f }]) => f.flatMap(text => [JSON.parse(text)].flat()))
  return frames.filter(({ type }) => type === 'ack').map(({ data }) => data.id)
}

test('[L3] frames that the circle had not handled when their relay connected anew are acknowledged once', async () => {
  const circle = new Circle()
  const before = connect(circle)
  before.send({ t: 'hello', epoch: null, seq: null, sessions: [] })
  const principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null, issued: 1 } as const
  const about = { channel: 'dev', principal, dialect: 'native', agent: null, ticket: null } as const
  before.send({ t: 'join', ref: 1, caller: { ...about, since: null, epoch: null } })
  await vi.advanceTimersByTimeAsync(1_000)
  const session = before.received.flatMap(frame => (frame.t === 'joined' ? [frame.session] : []))[0] ?? ''
  const log = before.received.flatMap(frame => (frame.t === 'log' ? [{ epoch: frame.epoch, seq: frame.seq }] : []))[0]

  const messages = [1, 2, 3].map((n): UpFrame => {
    const frame = JSON.stringify({ type: 'message', id: `m${n}`, data: { content: `message ${n}` } })
    return { t: 'from', n, session, frame }
  })
  before.send(...messages) // the first is handled at once, the others wait for what comes with them
  const again = connect(circle)
  again.send({ t: 'hello', epoch: null, seq: null, ...log, sessions: [session] })
  again.send(...messages)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(acksIn(again.received)).toEqual(['m1', 'm2', 'm3'])
})
