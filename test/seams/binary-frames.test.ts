import { expect, test } from 'vitest'
import { circle } from '../../src/protocol/channels/channel-kinds.ts'
import type { Component } from '../../src/rooms/component.ts'
import { outcome } from '../../src/rooms/outcome.ts'
import type { ComponentDefinition } from '../../src/rooms/tables.ts'
import { TestRoom, type TestSession } from '../support/test-room.ts'

// A kind of channel whose sockets also carry bytes, in a throw-away module: a component passes them on to the others.

const canvas = { ...circle, frames: 'binary' as const }
const strokes: ComponentDefinition = {
  name: 'strokes',
  create: (): Component => ({
    onBinary: (session, bytes) =>
      outcome({
        ephemeral: [{ frame: { type: 'binary', bytes: new Uint8Array(bytes).reverse() }, except: session.id }],
      }),
  }),
}

const roomOf = (options: object = {}) =>
  new TestRoom({ channel: canvas, tables: { components: [strokes] }, ...options })
const bytes = (...values: number[]) => Uint8Array.from(values).buffer

/** What was received since the last look, without presence. */
const received = (room: TestRoom, session: TestSession) => room.take(session).filter(({ type }) => type !== 'presence')

test.each([false, true])(
  'a component receives the bytes of a session and sends some to the others, hibernates: %s',
  hibernates => {
    const room = roomOf({ hibernates })
    const [ada, bob, pat] = [room.open('ada'), room.open('bob'), room.open('pat', { dialect: 'plain' })]
    for (const session of [ada, bob, pat]) room.take(session)
    room.send(ada, bytes(1, 2, 3))
    expect(received(room, ada)).toEqual([])
    expect(received(room, bob)).toEqual([Uint8Array.of(3, 2, 1)])
    expect(received(room, pat)).toEqual([]) // a plain socket receives nothing ephemeral
    room.sendMessage(ada, 'text, too')
    expect(received(room, bob)).toMatchObject([{ type: 'message' }])
  },
)

test('bytes in one group with text arrive as they are, in order', () => {
  const room = roomOf()
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.take(bob)
  const message = { type: 'message', id: 'm1', data: { content: 'one' } }
  room.sendTogether([ada, message], [ada, bytes(7)], [ada, { ...message, id: 'm2' }])
  expect(received(room, bob)).toMatchObject([{ seq: 1 }, Uint8Array.of(7), { seq: 2 }])
})

test('bytes count for the limits of a frame', () => {
  const room = roomOf({ limits: { frame_bytes: 4, message_burst: 2, messages_per_second: 1 } })
  const ada = room.open('ada')
  const codes = (session: TestSession) => received(room, session).map(({ data }) => data['code'])
  room.take(ada)
  room.send(ada, bytes(1, 2, 3, 4, 5))
  expect(codes(ada)).toEqual(['too_large'])
  room.send(ada, bytes(1))
  room.send(ada, bytes(1))
  expect(codes(ada)).toEqual(['rate_limited'])
})

test('a kind of text alone refuses them', () => {
  const room = new TestRoom({ tables: { components: [strokes] } })
  const ada = room.open('ada')
  room.take(ada)
  room.send(ada, bytes(1))
  expect(received(room, ada)).toMatchObject([{ type: 'error', data: { code: 'bad_frame' } }])
})
