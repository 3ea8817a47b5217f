import assert from 'node:assert/strict'
import { command, frame, leaving, type Row, stillOpen } from './case.ts'
import { assertReply } from './harness.ts'

const tooLongNumbers = ['1e400', '-0', '1.5', '9007199254740993', '"1"', 'null', 'true', '-1', '0', '[1]']

/** Commands whose frame is right and whose meaning is not. */
export const commandRows: Row[] = [
  command('message', 'no content', {}, 'empty'),
  command('message', 'only spaces', { content: ' \n\t\u00a0' }, 'empty'),
  command('message', 'only controls', { content: '\u0000\u0007\u001b' }, 'empty'),
  command('message', 'only what nobody sees', { content: '\u200b\u2060\ufeff' }, 'empty'),
  command('message', 'content null', { content: null }, 'empty'),
  command('message', 'content a number', { content: 1 }, 'empty'),
  command('message', 'content over 32 KiB', { content: 'x'.repeat(32_769) }, 'too_large'),
  command('message', '32 KiB in characters, more in bytes', { content: 'é'.repeat(20_000) }, 'too_large'),
  frame('a lone surrogate in content', '{"type":"message","id":"c1","data":{"content":"a\\ud800b"}}', 'invalid'),
  ...tooLongNumbers.map(number =>
    frame(`reply_to ${number}`, `{"type":"message","id":"c1","data":{"content":"x","reply_to":${number}}}`, 'invalid'),
  ),
  ...tooLongNumbers.map(number =>
    frame(`edit of seq ${number}`, `{"type":"edit","id":"c1","data":{"content":"x","seq":${number}}}`, 'invalid'),
  ),
  command('message', 'reply_to what never was', { content: 'x', reply_to: 999_999 }, 'not_found'),
  command('message', 'to an agent that is not there', { content: 'x', to: 'nobody' }, 'agent_unavailable'),
  ...['', '../etc', 'Pickle', '__proto__', 'x'.repeat(65), 1].map(to =>
    command('message', `to ${JSON.stringify(to)}`.slice(0, 30), { content: 'x', to }, 'invalid'),
  ),
  command('message', 'meta over 1 KiB', { content: 'x', meta: { a: 'x'.repeat(1_024) } }, 'too_large'),
  command('message', 'meta a list', { content: 'x', meta: [] }, 'invalid'),
  command('edit', 'what never was', { seq: 999_999, content: 'x' }, 'not_found'),
  command('edit', 'nothing in it', { seq: 1 }, 'empty'),
  command('edit', 'another’s line', { seq: 1, content: 'x' }, 'forbidden'),
  command('delete', 'another’s line', { seq: 1 }, 'forbidden'),
  command('delete', 'what never was', { seq: 999_999 }, 'not_found'),
  command('react', 'to what never was', { seq: 999_999, emoji: '👍' }, 'not_found'),
  command('react', 'nothing', { seq: 1, emoji: '' }, 'invalid'),
  command('react', 'controls', { seq: 1, emoji: '\u0007' }, 'invalid'),
  command('react', '65 characters', { seq: 1, emoji: 'x'.repeat(65) }, 'invalid'),
  frame('react with a lone surrogate', '{"type":"react","id":"c1","data":{"seq":1,"emoji":"\\ud83d"}}', 'invalid'),
  command('read', 'what is not there yet', { seq: 999_999 }, 'not_found'),
  command('read', 'seq 0', { seq: 0 }, 'invalid'),
  command('recv', 'what is not there yet', { seq: 999_999 }, 'not_found'),
  ...['-1', '1.5', '1e400', 'null'].map(seq =>
    frame(`recv ${seq}`, `{"type":"recv","id":"c1","data":{"seq":${seq}}}`, 'invalid'),
  ),
  command('typing', 'active "yes"', { active: 'yes' }, 'invalid'),
  command('presence', 'state over 1 KiB', { state: { a: 'x'.repeat(1_024) } }, 'too_large'),
  command('presence', 'state a list', { state: [] }, 'invalid'),
  command('signal', 'no name', { value: 1 }, 'invalid'),
  command('signal', 'no value', { name: 'x' }, 'invalid'),
  command('signal', 'a value over 4 KiB', { name: 'x', value: 'x'.repeat(4_096) }, 'too_large'),
  command('signal', 'to nobody', { name: 'x', value: 1, to: 'nobody' }, 'not_found'),
  ...[0, -1, 1_001, 1.5, '10', null].map(limit =>
    command('history', `limit ${JSON.stringify(limit)}`, { limit }, 'invalid'),
  ),
  command('history', 'before "x"', { before: 'x' }, 'invalid'),
  command('history', 'before and after', { before: 5, after: 1 }, 'invalid'),
  command('stop', 'a turn that never was', { turn: 'made-up' }, 'not_found'),
  command('configure', 'by a member', { title: 'mine' }, 'forbidden'),
  command('configure', 'a status nobody knows', { status: 'burning' }, 'invalid'),
  command('configure', 'a key too many', { owner: 'me' }, 'bad_frame'),
  command('approve', 'what nobody asked for', { approval: 'made-up' }, 'not_found'),
  command('reject', 'what nobody asked for', { approval: 'made-up' }, 'not_found'),
  command('auth', 'no token', {}, 'invalid'),
  command('auth', 'a token over 8 KiB', { token: 'x'.repeat(8_193) }, 'invalid'),
  command('ping', 'with data', { a: 1 }, 'bad_frame'),
  {
    where: 'native message',
    input: 'NUL and C0 in content',
    reaction: 'controls but \\n and \\t are stripped',
    stores: 1,
    async run(lab) {
      await using line = await leaving(lab.native())
      line.send({ type: 'message', id: 'c1', data: { content: 'a\u0000b\u001b[31mc\n\td\u007f' } })
      const { data } = await line.next(frame => frame.type === 'message' && frame.id === 'c1')
      assert.equal(data?.content, 'ab[31mc\n\td')
    },
  },
  {
    where: 'native message',
    input: 'the same id twice, then with other content',
    reaction: 'stored once; then conflict',
    stores: 1,
    async run(lab) {
      await using line = await leaving(lab.native())
      const say = (content: string) => line.send({ type: 'message', id: 'c1', data: { content } })
      say('once')
      const first = await line.next(({ type }) => type === 'ack')
      say('once')
      const again = await line.next(({ type }) => type === 'ack')
      assert.deepEqual(again.data, { ...first.data, duplicate: true })
      say('other')
      assert.equal((await line.next(({ type }) => type === 'error')).data?.code, 'conflict')
      await stillOpen(line)
    },
  },
  {
    where: 'native auth',
    input: 'a token that is none',
    reaction: 'answered: unauthenticated, or an ack where tokens say nothing',
    async run(lab) {
      await using line = await leaving(lab.native())
      line.send({ type: 'auth', id: 'c1', data: { token: 'garbage' } })
      const answer = await line.next(({ data }) => data?.id === 'c1')
      assert.ok(answer.type === 'ack' || answer.data?.code === 'unauthenticated', JSON.stringify(answer))
      await stillOpen(line)
    },
  },
  {
    where: 'slow',
    input: 'a client stops reading while more than 1 MiB is due',
    reaction: 'close 4430, after what was due before',
    async run(lab) {
      const line = await lab.native()
      await line.next(({ type }) => type === 'welcome')
      line.socket.pause()
      let stored = 0
      // What lies between the room and us takes some, too; each says less than a user may.
      for (let speaker = 0; speaker < 14; speaker++) {
        const as = lab.stranger()
        const said = Array.from({ length: 30 }, () =>
          lab.post(`/api/circles/${lab.circle}/messages`, { content: 'x'.repeat(32_000) }, { as }),
        )
        for (const reply of await Promise.all(said)) assertReply(reply, 201, null)
        stored += said.length
      }
      line.socket.resume()
      assert.equal((await line.end()).code, 4430)
      const seqs = line.heard.flatMap(({ seq }) => (typeof seq === 'number' ? [seq] : []))
      assert.deepEqual(
        seqs,
        seqs.map((_, index) => (seqs[0] ?? 0) + index),
        'no hole in what came before',
      )
      return stored
    },
  },
  {
    where: 'rate',
    input: '40 messages in a moment',
    reaction: '20 stored, rate_limited with retry_after_ms twice, then close 4429',
    async run(lab) {
      const line = await lab.native()
      await line.next(({ type }) => type === 'welcome')
      const begin = performance.now()
      for (let n = 0; n < 40; n++) line.send({ type: 'message', id: `m${n}`, data: { content: 'flood' } })
      assert.equal((await line.end()).code, 4429)
      const errors = line.heard.filter(({ type }) => type === 'error')
      const stored = line.heard.filter(({ type }) => type === 'ack').length
      const refilled = 1 + ((performance.now() - begin) / 1_000) * 10 // time passes, and 10 a second come back
      assert.ok(stored >= 20 && stored <= 20 + refilled, `${stored} stored`)
      assert.equal(errors.length, 2)
      for (const { data } of errors) {
        assert.equal(data?.code, 'rate_limited')
        assert.ok(Number(data?.retry_after_ms) > 0)
      }
      return stored
    },
  },
  {
    where: 'rate',
    input: '40 pings, spelled so that the object must answer',
    reaction: 'limited like messages',
    async run(lab) {
      const line = await lab.native()
      for (let n = 0; n < 40; n++) line.send('{"type": "ping"}')
      assert.equal((await line.end()).code, 4429)
    },
  },
]
