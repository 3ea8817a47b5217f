import assert from 'node:assert/strict'
import { ending, frame, isNotOfOthers, leaving, type Row, rude, stillOpen } from './case.ts'

const kib = 1_024

/** Frames that are no frames, too big, too deep; sockets that end in every way. */
export const frameRows: Row[] = [
  frame('binary', Buffer.from([0, 1, 2]), 'bad_frame'),
  frame('text over 64 KiB', 'x'.repeat(64 * kib + 1), 'too_large'),
  frame(
    'a command over 64 KiB',
    `{"type":"message","id":"c1","data":{"content":"${'x'.repeat(65 * kib)}"}}`,
    'too_large',
  ),
  frame('64 KiB in characters, more in bytes', 'é'.repeat(40 * kib), 'too_large'),
  ending('text over 1 MiB', 1009, line => line.send('x'.repeat(1_024 * kib + 1))),
  ending('binary over 1 MiB', 1009, line => line.send(Buffer.alloc(1_024 * kib + 1))),
  ending('2 fragments of 600 KB', 1009, line => {
    line.socket.send('x'.repeat(600_000), { fin: false })
    line.socket.send('x'.repeat(600_000), { fin: true })
  }),
  ending('a deflate bomb, 30 KB on the wire', 1009, line => line.send('x'.repeat(30_000_000)), { deflate: true }),
  rude('over 32 MiB', line => line.send('x'.repeat(33 * kib * kib))),
  rude('reserved bits', line => line.wire.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]))),
  rude('an opcode nobody knows', line => line.wire.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]))),
  rude('a continuation of nothing', line => line.wire.write(Buffer.from([0x80, 0x80, 0, 0, 0, 0]))),
  rude('a frame that never ends', line => line.wire.write(Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 0x78]))),
  rude('no WebSocket at all', line => line.wire.write('GET / HTTP/1.1\r\n\r\n')),
  ending('Close without a code', 1000, line => line.socket.close()),
  ending('Close 1000', 1000, line => line.socket.close(1000)),
  {
    where: 'frame',
    input: 'Close 4321 "bye"',
    reaction: 'answered with the same',
    async run(lab) {
      const line = await lab.native()
      await line.next()
      line.socket.close(4321, 'bye')
      assert.deepEqual(await line.end(), { code: 4321, reason: 'bye' })
    },
  },
  {
    where: 'frame',
    input: 'broken UTF-8 in a text frame',
    reaction: 'bad_frame, open',
    async run(lab) {
      await using line = await leaving(lab.native())
      await line.next()
      line.wire.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]))
      assert.equal((await line.next(isNotOfOthers)).data?.code, 'bad_frame')
      await stillOpen(line)
    },
  },
  {
    where: 'frame',
    input: 'a reset, a Close without code and a Close 4321 in the same moment',
    reaction: 'one leave each',
    async run(lab) {
      await using watcher = await leaving(lab.native())
      const names = ['reset', 'bare', 'bye'].map(name => `${name}-${lab.stranger()}`)
      const lines = await Promise.all(names.map(name => lab.native(name)))
      const ids = await Promise.all(
        lines.map(async line => ((await line.next()).data as { user: { id: string } }).user.id),
      )
      const told = new Set<string>() // who was never told to be here is not told to have left
      while (!ids.every(id => told.has(id))) {
        const { data } = await watcher.next(({ type }) => type === 'presence')
        for (const { id } of (data as { joined: { id: string }[] }).joined) told.add(id)
      }
      lines[0]?.wire.resetAndDestroy()
      lines[1]?.socket.close()
      lines[2]?.socket.close(4321, 'bye')
      const left: string[] = []
      while (!ids.every(id => left.includes(id))) {
        const { data } = await watcher.next(({ type }) => type === 'presence')
        left.push(...(data as { left: { id: string }[] }).left.map(({ id }) => id))
      }
      assert.deepEqual(left.filter(id => ids.includes(id)).toSorted(), ids.toSorted())
    },
  },
  frame('{nope', '{nope', 'bad_frame'),
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
  ].map(text => frame(JSON.stringify(text), text, 'bad_frame')),
  frame('20 KB of [', '['.repeat(20_000), 'too_deep'),
  frame('20 KB of {"a":', '{"a":'.repeat(4_000), 'too_deep'),
  frame(
    'nested 17 deep',
    `{"type":"message","id":"c1","data":{"content":"x","meta":${'{"a":'.repeat(16)}1${'}'.repeat(16)}}}`,
    'too_deep',
  ),
  frame('{"type":"__proto__"}', '{"type":"__proto__"}', 'unknown_type'),
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
  ].map(type => frame(`type ${JSON.stringify(type)}`, { type, id: 'c1', data: {} }, 'unknown_type')),
  frame(
    'an own key __proto__',
    '{"type":"message","id":"c1","data":{"content":"x"},"__proto__":{"polluted":1}}',
    'bad_frame',
  ),
  frame(
    'an own key __proto__ in data',
    '{"type":"message","id":"c1","data":{"content":"x","__proto__":{"polluted":1}}}',
    'bad_frame',
  ),
  frame(
    'a constructor in data',
    '{"type":"message","id":"c1","data":{"content":"x","constructor":{"prototype":{"polluted":1}}}}',
    'bad_frame',
  ),
  ...[1, null, true, {}, [], undefined].map(type =>
    frame(`type ${JSON.stringify(type)}`, { type, id: 'c1', data: {} }, 'bad_frame'),
  ),
  ...['a b', 'x'.repeat(65), '', 'é', '../x', 1, {}, [], true].map(id =>
    frame(`id ${JSON.stringify(id).slice(0, 20)}`, { type: 'message', id, data: { content: 'x' } }, 'bad_frame'),
  ),
  frame('no id', { type: 'message', data: { content: 'x' } }, 'bad_frame'),
  frame('id null', { type: 'message', id: null, data: { content: 'x' } }, 'bad_frame'),
  ...[null, 1, 'x', [], [{}], true].map(data =>
    frame(`data ${JSON.stringify(data)}`, { type: 'message', id: 'c1', data }, 'bad_frame'),
  ),
  ...['from', 'user', 'user_id', 'agent_id', 'role', 'seq', 'timestamp', 'channel', 'hop'].flatMap(key => [
    frame(`${key} forged in data`, { type: 'message', id: 'c1', data: { content: 'x', [key]: 'admin' } }, 'bad_frame'),
    frame(
      `${key} forged beside it`,
      { type: 'message', id: 'c1', data: { content: 'x' }, [key]: 'admin' },
      'bad_frame',
    ),
  ]),
  frame(
    '5,000 keys',
    { type: 'message', id: 'c1', data: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 1])) },
    'bad_frame',
  ),
]
