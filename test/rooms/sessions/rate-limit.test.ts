import { expect, test } from 'vitest'
import { readLimits } from '../../../src/protocol/channels/limits-setting.ts'
import { TestRoom } from '../../support/test-room.ts'

const codes = (frames: { type: string; data: Record<string, unknown> }[]) =>
  frames.filter(({ type }) => type === 'error' || type === 'ack').map(({ type, data }) => data.code ?? type)

test('[E1] a user has one rate limit over all sockets and requests', () => {
  const room = new TestRoom({ limits: { user_message_burst: 5, user_messages_per_second: 1 } })
  const [first, second] = [room.open('ada'), room.open('ada')]
  for (let n = 0; n < 3; n++) room.command(first, 'history')
  room.take(second)
  for (let n = 0; n < 3; n++) room.command(second, 'delete', { seq: 1 }, `r${n}`)
  expect(codes(room.take(second))).toEqual(['not_found', 'not_found', 'rate_limited'])
  expect(room.runCommand('ada', 'message', { content: 'x' })).toMatchObject({
    data: { code: 'rate_limited', retry_after_ms: 1_000 },
  })
  expect(room.runCommand('bob', 'message', { content: 'x' })).toMatchObject({ type: 'ack' })
  room.now += 1_000
  expect(room.runCommand('ada', 'message', { content: 'x' })).toMatchObject({ type: 'ack' })
})

test('[E1] a channel has a rate limit for all users together, and closes nobody for it', () => {
  const room = new TestRoom({ limits: { channel_message_burst: 4, channel_messages_per_second: 2 } })
  const responses = ['ada', 'bob', 'cai', 'dan', 'eve'].map(name => room.runCommand(name, 'message', { content: name }))
  expect(responses.map(response => response?.type)).toEqual(['ack', 'ack', 'ack', 'ack', 'error'])
  room.now += 500
  expect(room.runCommand('eve', 'message', { content: 'x' })).toMatchObject({ type: 'ack' })
})

test('[E1] thousands of users who left are not remembered', () => {
  const room = new TestRoom({ limits: { channel_message_burst: 100_000 } })
  for (let n = 0; n < 3_000; n++) {
    room.now += 10_000
    room.runCommand(`user${n}`, 'history', {})
  }
  // Nobody is refused for what others sent before.
  expect(room.runCommand('new', 'message', { content: 'x' })).toMatchObject({ type: 'ack' })
})

test('[E1] a higher limit of a socket raises those of the user and the channel', () => {
  expect(readLimits('{"messages_per_second":1000,"message_burst":2000}')).toMatchObject({
    user_messages_per_second: 2_000,
    user_message_burst: 4_000,
    channel_messages_per_second: 50_000,
    channel_message_burst: 100_000,
  })
  expect(readLimits('{"messages_per_second":1000,"user_messages_per_second":5}').user_messages_per_second).toBe(5)
})

test('[P5] typing, presence and signals cannot be amplified: a frame in is at most one frame out for each other', () => {
  const room = new TestRoom()
  const ada = room.open('ada')
  const others = Array.from({ length: 10 }, (_, n) => room.open(`u${n}`))
  room.advance(5_000)
  for (const other of others) room.take(other)
  for (let n = 0; n < 15; n++) {
    room.command(ada, 'typing', { active: n % 2 === 0 }, null)
    room.command(ada, 'presence', { state: { n } }, null)
    room.advance(200)
  }
  for (const other of others) {
    const types = room.take(other).map(({ type }) => type)
    expect(types.filter(type => type === 'typing').length).toBeLessThanOrEqual(3) // one in 2 s, over 3 s and the end
    expect(types.filter(type => type === 'presence').length).toBeLessThanOrEqual(15) // one for each frame
  }
})
