import assert from 'node:assert/strict'
import { assertOpen, brokenFrameCase, type Case, closeCase, closedAtEnd, frameCase, isOwnFrame } from './case.ts'

const kib = 1_024

/** Invalid, oversized and deeply nested frames, and sockets that end in every way. */
export const frameCases: Case[] = [
  frameCase('binary', Buffer.from([0, 1, 2]), 'bad_frame'),
  frameCase('text over 64 KiB', 'x'.repeat(64 * kib + 1), 'too_large'),
  frameCase(
    'a command over 64 KiB',
    `{"type":"message","id":"c1","data":{"content":"${'x'.repeat(65 * kib)}"}}`,
    'too_large',
  ),
  frameCase('64 KiB in characters, more in bytes', 'é'.repeat(40 * kib), 'too_large'),
  closeCase('text over 1 MiB', 1009, socket => socket.send('x'.repeat(1_024 * kib + 1))),
  closeCase('binary over 1 MiB', 1009, socket => socket.send(Buffer.alloc(1_024 * kib + 1))),
  closeCase('2 fragments of 600 KB', 1009, socket => {
    socket.ws.send('x'.repeat(600_000), { fin: false })
    socket.ws.send('x'.repeat(600_000), { fin: true })
  }),
  closeCase('a deflate bomb, 30 KB on the wire', 1009, socket => socket.send('x'.repeat(30_000_000)), {
    deflate: true,
  }),
  brokenFrameCase('over 32 MiB', socket => socket.send('x'.repeat(33 * kib * kib))),
  brokenFrameCase('reserved bits', socket => socket.tcp.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]))),
  brokenFrameCase('an unknown opcode', socket => socket.tcp.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]))),
  brokenFrameCase('a continuation without a start', socket => socket.tcp.write(Buffer.from([0x80, 0x80, 0, 0, 0, 0]))),
  brokenFrameCase('a frame that never ends', socket =>
    socket.tcp.write(Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 0x78])),
  ),
  brokenFrameCase('bytes that are not WebSocket', socket => socket.tcp.write('GET / HTTP/1.1\r\n\r\n')),
  closeCase('Close without a code', 1000, socket => socket.ws.close()),
  closeCase('Close 1000', 1000, socket => socket.ws.close(1000)),
  {
    area: 'frame',
    input: 'Close 4321 "bye"',
    expected: 'the same code and reason',
    async run(harness) {
      const socket = await harness.openNative()
      await socket.next()
      socket.ws.close(4321, 'bye')
      assert.deepEqual(await socket.waitForClose(), { code: 4321, reason: 'bye' })
    },
  },
  {
    area: 'frame',
    input: 'invalid UTF-8 in a text frame',
    expected: 'bad_frame, open',
    async run(harness) {
      await using socket = await closedAtEnd(harness.openNative())
      await socket.next()
      socket.tcp.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]))
      assert.equal((await socket.next(isOwnFrame)).data?.code, 'bad_frame')
      await assertOpen(socket)
    },
  },
  {
    area: 'frame',
    input: 'a reset, a Close without a code and a Close 4321 at the same time',
    expected: 'one leave each',
    async run(harness) {
      await using observer = await closedAtEnd(harness.openNative())
      const names = ['reset', 'bare', 'bye'].map(name => `${name}-${harness.newUser()}`)
      const sockets = await Promise.all(names.map(name => harness.openNative(name)))
      const ids = await Promise.all(
        sockets.map(async socket => ((await socket.next()).data as { user: { id: string } }).user.id),
      )
      const joined = new Set<string>() // a user who was never announced is not announced to leave
      while (!ids.every(id => joined.has(id))) {
        const { data } = await observer.next(({ type }) => type === 'presence')
        for (const { id } of (data as { joined: { id: string }[] }).joined) joined.add(id)
      }
      sockets[0]?.tcp.resetAndDestroy()
      sockets[1]?.ws.close()
      sockets[2]?.ws.close(4321, 'bye')
      const left: string[] = []
      while (!ids.every(id => left.includes(id))) {
        const { data } = await observer.next(({ type }) => type === 'presence')
        left.push(...(data as { left: { id: string }[] }).left.map(({ id }) => id))
      }
      assert.deepEqual(left.filter(id => ids.includes(id)).toSorted(), ids.toSorted())
    },
  },
  frameCase('{nope', '{nope', 'bad_frame'),
  ...[
    '[]',
    '123',
    '"x"',
    'null',
    'true',
    '',
    ' ',
    '\u0000',
    '{',
    '}',
    '{}}',
    '[{"type":"ping"}]',
    '\ufeff{}',
    "{'type':'ping'}",
  ].map(text => frameCase(JSON.stringify(text), text, 'bad_frame')),
  frameCase('20 KB of [', '['.repeat(20_000), 'too_deep'),
  frameCase('20 KB of {"a":', '{"a":'.repeat(4_000), 'too_deep'),
  frameCase(
    'nested 17 levels deep',
    `{"type":"message","id":"c1","data":{"content":"x","meta":${'{"a":'.repeat(16)}1${'}'.repeat(16)}}}`,
    'too_deep',
  ),
  frameCase('{"type":"__proto__"}', '{"type":"__proto__"}', 'unknown_type'),
  ...[
    'toString',
    'constructor',
    'hasOwnProperty',
    '',
    'MESSAGE',
    'message ',
    'welcome',
    'ack',
    'agent_message',
    'member_changed',
  ].map(type => frameCase(`type ${JSON.stringify(type)}`, { type, id: 'c1', data: {} }, 'unknown_type')),
  frameCase(
    'an own key __proto__',
    '{"type":"message","id":"c1","data":{"content":"x"},"__proto__":{"polluted":1}}',
    'bad_frame',
  ),
  frameCase(
    'an own key __proto__ in data',
    '{"type":"message","id":"c1","data":{"content":"x","__proto__":{"polluted":1}}}',
    'bad_frame',
  ),
  frameCase(
    'a constructor in data',
    '{"type":"message","id":"c1","data":{"content":"x","constructor":{"prototype":{"polluted":1}}}}',
    'bad_frame',
  ),
  ...[1, null, true, {}, [], undefined].map(type =>
    frameCase(`type ${JSON.stringify(type)}`, { type, id: 'c1', data: {} }, 'bad_frame'),
  ),
  ...['a b', 'x'.repeat(65), '', 'é', '../x', 1, {}, [], true].map(id =>
    frameCase(`id ${JSON.stringify(id).slice(0, 20)}`, { type: 'message', id, data: { content: 'x' } }, 'bad_frame'),
  ),
  frameCase('no id', { type: 'message', data: { content: 'x' } }, 'bad_frame'),
  frameCase('id null', { type: 'message', id: null, data: { content: 'x' } }, 'bad_frame'),
  ...[null, 1, 'x', [], [{}], true].map(data =>
    frameCase(`data ${JSON.stringify(data)}`, { type: 'message', id: 'c1', data }, 'bad_frame'),
  ),
  ...['from', 'user', 'user_id', 'agent_id', 'role', 'seq', 'timestamp', 'channel', 'hop'].flatMap(key => [
    frameCase(
      `${key} forged in data`,
      { type: 'message', id: 'c1', data: { content: 'x', [key]: 'admin' } },
      'bad_frame',
    ),
    frameCase(
      `${key} forged beside data`,
      { type: 'message', id: 'c1', data: { content: 'x' }, [key]: 'admin' },
      'bad_frame',
    ),
  ]),
  frameCase(
    '5,000 keys',
    { type: 'message', id: 'c1', data: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 1])) },
    'bad_frame',
  ),
]
