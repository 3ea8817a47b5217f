import { describe, expect, test } from 'vitest'
import { agentChannel, workspace } from '../../../src/protocol/channels/channel-kinds.ts'
import { modes, start, TestRoom } from '../../support/test-room.ts'

describe.each(modes)('a message, $mode', ({ hibernates }) => {
  function newRoom() {
    const room = new TestRoom({ hibernates })
    const [ada, bob] = [room.open('ada'), room.open('bob')]
    room.advance(2_000)
    room.take(ada)
    room.take(bob)
    return { room, ada, bob }
  }
  const timestamp = new Date(start + 2_000).toISOString()
  const channel = 'circle:dev'

  test('[N1] [N6] [L5] reaches everybody, its sender too, before the ack', () => {
    const { room, ada, bob } = newRoom()
    room.sendMessage(ada, 'hello', 'm1')
    const data = { content: 'hello', user_id: 'ada', user_name: 'Ada', client_id: 'm1', hop: 0 }
    const message = { type: 'message', data, timestamp, channel, seq: 1, id: 'm1' }
    expect(room.take(bob)).toEqual([message])
    expect(room.take(ada)).toEqual([message, { type: 'ack', data: { id: 'm1', seq: 1 }, timestamp, channel }])
  })

  test('[L3] the same id twice is stored once and acked twice', () => {
    const { room, ada, bob } = newRoom()
    room.sendMessage(ada, 'hello', 'm1')
    room.take(ada)
    room.take(bob)
    room.sendMessage(ada, 'hello', 'm1')
    expect(room.take(ada)).toEqual([{ type: 'ack', data: { id: 'm1', seq: 1, duplicate: true }, timestamp, channel }])
    expect(room.take(bob)).toEqual([])
  })

  test('[L3] the same id from another user is another message', () => {
    const { room, ada, bob } = newRoom()
    room.sendMessage(ada, 'hello', 'm1')
    room.sendMessage(bob, 'hello', 'm1')
    expect(room.take(bob).map(({ type, seq }) => [type, seq])).toEqual([
      ['message', 1],
      ['message', 2],
      ['ack', undefined],
    ])
  })

  test.each([
    ['other content', { content: 'bye' }],
    ['a reply to a message', { content: 'hello', reply_to: 1 }],
    ['an agent to prompt', { content: 'hello', to: 'owl' }],
    ['other meta', { content: 'hello', meta: { a: 1 } }],
  ])('[L3] the same id with %s is a conflict', (_, data) => {
    const { room, ada, bob } = newRoom()
    room.sendMessage(bob, 'first')
    room.sendMessage(ada, 'hello', 'm1')
    room.take(ada)
    room.take(bob)
    room.command(ada, 'message', data, 'm1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'm1', code: 'conflict' } }])
    expect(room.take(bob)).toEqual([])
    expect(room.room.context.log.head).toBe(2)
  })

  test('[L1] seq is dense: refused and repeated messages take no number', () => {
    const { room, ada, bob } = newRoom()
    room.sendMessage(ada, 'one', 'm1')
    room.sendMessage(ada, 'one', 'm1')
    room.sendMessage(ada, '  ', 'm2')
    room.sendMessage(ada, 'other', 'm1')
    room.sendMessage(bob, 'two')
    const messages = room.take(bob).filter(({ type }) => type === 'message')
    expect(messages.map(({ seq, data }) => [seq, data['content']])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
  })

  test('[N3] keeps reply_to, to and meta', () => {
    const { room, ada, bob } = newRoom()
    room.sendMessage(ada, 'hello')
    room.take(bob)
    room.command(bob, 'message', { content: 'hi', reply_to: 1, to: 'owl', meta: { a: [1] } }, 'm2')
    expect(room.take(bob)[0]?.data).toEqual({
      content: 'hi',
      user_id: 'bob',
      user_name: 'Bob',
      client_id: 'm2',
      reply_to: 1,
      to: 'owl',
      meta: { a: [1] },
      hop: 0,
    })
  })

  test.each([
    ['only spaces', { content: ' \n\t ' }, 'empty'],
    ['only control characters', { content: '\u0000\u0007' }, 'empty'],
    ['no content', {}, 'empty'],
    ['content that is not text', { content: 7 }, 'empty'],
    ['a lone surrogate', { content: '\ud800' }, 'invalid'],
    ['one byte too many', { content: `${'x'.repeat(32_767)}é` }, 'too_large'],
    ['meta over 1 KiB', { content: 'x', meta: { a: 'x'.repeat(1_020) } }, 'too_large'],
    ['meta that is a list', { content: 'x', meta: [] }, 'invalid'],
    ['a reply to a message that does not exist', { content: 'x', reply_to: 9 }, 'not_found'],
    ['a reply to a fraction', { content: 'x', reply_to: 1.5 }, 'invalid'],
    ['a reply to message 0', { content: 'x', reply_to: 0 }, 'invalid'],
    ['a reply beyond the safe integers', { content: 'x', reply_to: 2 ** 53 }, 'invalid'],
    ['an unknown agent', { content: 'x', to: 'nobody' }, 'agent_unavailable'],
    ['an agent with an invalid name', { content: 'x', to: '../x' }, 'invalid'],
    ['a claimed author', { content: 'x', user_id: 'bob' }, 'bad_frame'],
    ['a claimed seq', { content: 'x', seq: 1 }, 'bad_frame'],
  ])('[E1] [N5] [L7] with %s is refused and stores nothing', (_, data, code) => {
    const { room, ada, bob } = newRoom()
    room.command(ada, 'message', data, 'm1')
    expect(room.take(ada)).toMatchObject([{ type: 'error', data: { id: 'm1', code } }])
    expect(room.take(bob)).toEqual([])
    expect(room.room.context.log.head).toBe(0)
    expect(ada.closed).toBeNull()
  })

  test('[L7] of exactly 32 KiB is accepted', () => {
    const { room, ada } = newRoom()
    room.sendMessage(ada, `${'x'.repeat(32_766)}é`)
    expect(room.take(ada).map(({ type }) => type)).toEqual(['message', 'ack'])
  })

  test('[E1] loses its control characters, but not its line breaks and tabs', () => {
    const { room, ada } = newRoom()
    room.sendMessage(ada, 'a\u0000b\r\n\tc\u001b[31m\u007f')
    expect(room.take(ada)[0]?.data['content']).toBe('ab\n\tc[31m')
  })

  test('[A5] [E1] from a reader is refused', () => {
    const { room } = newRoom()
    const eve = room.open('eve', { role: 'reader' })
    room.take(eve)
    room.sendMessage(eve, 'hello', 'm1')
    expect(room.take(eve)).toMatchObject([{ type: 'error', data: { id: 'm1', code: 'read_only' } }])
  })

  test.each([
    ['paused', 'member', null],
    ['paused', 'moderator', null],
    ['archived', 'member', 'read_only'],
    ['archived', 'owner', 'read_only'],
  ] as const)('[E1] in a %s circle from a %s', (status, role, code) => {
    const { room } = newRoom()
    room.command(room.open('olga', { role: 'owner' }), 'configure', { status })
    const eve = room.open('eve', { role })
    room.take(eve)
    room.sendMessage(eve, 'hello', 'm1')
    const response = room.take(eve).at(-1)
    expect(response).toMatchObject(code === null ? { type: 'ack' } : { type: 'error', data: { code } })
  })

  test('[L3] a retry is acked although its message was deleted since', () => {
    const { room, ada } = newRoom()
    room.sendMessage(ada, 'hello', 'm1')
    room.command(ada, 'delete', { seq: 1 }, 'd1')
    room.take(ada)
    room.sendMessage(ada, 'hello', 'm1')
    expect(room.take(ada)).toMatchObject([{ type: 'ack', data: { id: 'm1', seq: 1, duplicate: true } }])
  })
})

test('[L3] a retry is acked although the message and agent it refers to no longer exist', () => {
  const agents = ['owl']
  const room = new TestRoom({ agents, limits: { messages_per_second: 1_000, message_burst: 10_000 } })
  const olga = room.open('olga', { role: 'owner' })
  room.command(olga, 'configure', { retention: { events: 20 } })
  for (let n = 0; n < 6; n++) room.sendMessage(olga, `message ${n}`)
  const retry = () => {
    room.take(olga)
    room.command(olga, 'message', { content: 'agreed', reply_to: 2 }, 'm1')
    room.command(olga, 'message', { content: 'what do you think?', to: 'owl' }, 'm2')
    return room.take(olga).filter(({ type }) => type === 'ack' || type === 'error')
  }
  retry()
  for (let n = 6; n < 20; n++) room.sendMessage(olga, `message ${n}`)
  room.advance(0)
  agents.pop()
  room.hibernate()
  expect([room.room.context.log.at(2), room.room.context.agents.ids.size]).toEqual([null, 0])
  expect(retry()).toMatchObject([
    { type: 'ack', data: { id: 'm1', seq: 8, duplicate: true } },
    { type: 'ack', data: { id: 'm2', seq: 9, duplicate: true } },
  ])
})

test.each([
  [agentChannel, 'error'],
  [workspace, 'ack'],
] as const)('[C1] [C4] people only receive on an agent channel, and may send to a workspace', (channel, response) => {
  const room = new TestRoom({ channel })
  const ada = room.open('ada')
  room.sendMessage(ada, 'hello @pickle')
  expect(room.take(ada).at(-1)?.type).toBe(response)
  expect(room.calls).toEqual([])
})
