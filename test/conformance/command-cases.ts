import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { assertOpen, type Case, closedAtEnd, commandCase, frameCase } from './case.ts'
import { assertResponse, type Frame } from './harness.ts'

const notSeqs = ['1e400', '-0', '1.5', '9007199254740993', '"1"', 'null', 'true', '-1', '0', '[1]']

/** Commands in valid frames with invalid data. */
export const commandCases: Case[] = [
  commandCase('message', 'no content', {}, 'empty'),
  commandCase('message', 'only spaces', { content: ' \n\t\u00a0' }, 'empty'),
  commandCase('message', 'only control characters', { content: '\u0000\u0007\u001b' }, 'empty'),
  commandCase('message', 'only invisible characters', { content: '\u200b\u2060\ufeff' }, 'empty'),
  commandCase('message', 'content is null', { content: null }, 'empty'),
  commandCase('message', 'content is a number', { content: 1 }, 'empty'),
  commandCase('message', 'content over 32 KiB', { content: 'x'.repeat(32_769) }, 'too_large'),
  commandCase('message', '32 KiB in characters, more in bytes', { content: 'é'.repeat(20_000) }, 'too_large'),
  frameCase('a lone surrogate in content', '{"type":"message","id":"c1","data":{"content":"a\\ud800b"}}', 'invalid'),
  ...notSeqs.map(number =>
    frameCase(
      `reply_to ${number}`,
      `{"type":"message","id":"c1","data":{"content":"x","reply_to":${number}}}`,
      'invalid',
    ),
  ),
  ...notSeqs.map(number =>
    frameCase(`edit of seq ${number}`, `{"type":"edit","id":"c1","data":{"content":"x","seq":${number}}}`, 'invalid'),
  ),
  commandCase('message', 'reply_to an event that does not exist', { content: 'x', reply_to: 999_999 }, 'not_found'),
  commandCase('message', 'to an agent that does not exist', { content: 'x', to: 'nobody' }, 'agent_unavailable'),
  ...['', '../etc', 'Pickle', '__proto__', 'x'.repeat(65), 1].map(to =>
    commandCase('message', `to ${JSON.stringify(to)}`.slice(0, 30), { content: 'x', to }, 'invalid'),
  ),
  commandCase('message', 'meta over 1 KiB', { content: 'x', meta: { a: 'x'.repeat(1_024) } }, 'too_large'),
  commandCase('message', 'meta is a list', { content: 'x', meta: [] }, 'invalid'),
  commandCase('edit', 'an event that does not exist', { seq: 999_999, content: 'x' }, 'not_found'),
  commandCase('edit', 'no content', { seq: 1 }, 'empty'),
  commandCase('edit', 'a message of another user', { seq: 1, content: 'x' }, 'forbidden'),
  commandCase('delete', 'a message of another user', { seq: 1 }, 'forbidden'),
  commandCase('delete', 'an event that does not exist', { seq: 999_999 }, 'not_found'),
  commandCase('react', 'to an event that does not exist', { seq: 999_999, emoji: '👍' }, 'not_found'),
  commandCase('react', 'an empty emoji', { seq: 1, emoji: '' }, 'invalid'),
  commandCase('react', 'control characters', { seq: 1, emoji: '\u0007' }, 'invalid'),
  commandCase('react', '65 characters', { seq: 1, emoji: 'x'.repeat(65) }, 'invalid'),
  frameCase('react with a lone surrogate', '{"type":"react","id":"c1","data":{"seq":1,"emoji":"\\ud83d"}}', 'invalid'),
  commandCase('read', 'an event that does not exist yet', { seq: 999_999 }, 'not_found'),
  commandCase('read', 'seq 0', { seq: 0 }, 'invalid'),
  commandCase('recv', 'an event that does not exist yet', { seq: 999_999 }, 'not_found'),
  ...['-1', '1.5', '1e400', 'null'].map(seq =>
    frameCase(`recv ${seq}`, `{"type":"recv","id":"c1","data":{"seq":${seq}}}`, 'invalid'),
  ),
  commandCase('typing', 'active "yes"', { active: 'yes' }, 'invalid'),
  commandCase('presence', 'state over 1 KiB', { state: { a: 'x'.repeat(1_024) } }, 'too_large'),
  commandCase('presence', 'state is a list', { state: [] }, 'invalid'),
  commandCase('signal', 'no name', { value: 1 }, 'invalid'),
  commandCase('signal', 'no value', { name: 'x' }, 'invalid'),
  commandCase('signal', 'a value over 4 KiB', { name: 'x', value: 'x'.repeat(4_096) }, 'too_large'),
  commandCase('signal', 'to a user who does not exist', { name: 'x', value: 1, to: 'nobody' }, 'not_found'),
  ...[0, -1, 1_001, 1.5, '10', null].map(limit =>
    commandCase('history', `limit ${JSON.stringify(limit)}`, { limit }, 'invalid'),
  ),
  commandCase('history', 'before "x"', { before: 'x' }, 'invalid'),
  commandCase('history', 'before and after', { before: 5, after: 1 }, 'invalid'),
  commandCase('stop', 'a turn that does not exist', { turn: 'made-up' }, 'not_found'),
  commandCase('configure', 'by a member', { title: 'mine' }, 'forbidden'),
  commandCase('configure', 'an unknown status', { status: 'burning' }, 'invalid'),
  commandCase('configure', 'an unknown key', { owner: 'me' }, 'bad_frame'),
  commandCase('approve', 'an approval that does not exist', { approval: 'made-up' }, 'not_found'),
  commandCase('reject', 'an approval that does not exist', { approval: 'made-up' }, 'not_found'),
  commandCase('auth', 'no token', {}, 'invalid'),
  commandCase('auth', 'a token over 8 KiB', { token: 'x'.repeat(8_193) }, 'invalid'),
  commandCase('ping', 'with data', { a: 1 }, 'bad_frame'),
  {
    area: 'native message',
    input: 'NUL and C0 in content',
    expected: 'control characters except \\n and \\t are stripped',
    storedEvents: 1,
    async run(harness) {
      await using socket = await closedAtEnd(harness.openNative())
      socket.send({ type: 'message', id: 'c1', data: { content: 'a\u0000b\u001b[31mc\n\td\u007f' } })
      const { data } = await socket.next(frame => frame.type === 'message' && frame.id === 'c1')
      assert.equal(data?.content, 'ab[31mc\n\td')
    },
  },
  {
    area: 'native message',
    input: 'the same id twice, then with other content',
    expected: 'stored once; then conflict',
    storedEvents: 1,
    async run(harness) {
      await using socket = await closedAtEnd(harness.openNative())
      const sendMessage = (content: string) => socket.send({ type: 'message', id: 'c1', data: { content } })
      sendMessage('once')
      const first = await socket.next(({ type }) => type === 'ack')
      sendMessage('once')
      const again = await socket.next(({ type }) => type === 'ack')
      assert.deepEqual(again.data, { ...first.data, duplicate: true })
      sendMessage('other')
      assert.equal((await socket.next(({ type }) => type === 'error')).data?.code, 'conflict')
      await assertOpen(socket)
    },
  },
  {
    area: 'native auth',
    input: 'an invalid token',
    expected: 'unauthenticated, or an ack where tokens are not used',
    async run(harness) {
      await using socket = await closedAtEnd(harness.openNative())
      socket.send({ type: 'auth', id: 'c1', data: { token: 'garbage' } })
      const answer = await socket.next(({ data }) => data?.id === 'c1')
      assert.ok(answer.type === 'ack' || answer.data?.code === 'unauthenticated', JSON.stringify(answer))
      await assertOpen(socket)
    },
  },
  {
    area: 'slow',
    input: 'a client stops reading while more than 1 MiB is due',
    expected: 'close 4430, after everything sent before',
    storedEvents: 8,
    async run(harness) {
      const user = harness.newUser()
      await using other = await closedAtEnd(harness.openNative(user)) // of the same user: it is told of the close
      const socket = await harness.openNative(user)
      const { data } = await socket.next(({ type }) => type === 'welcome')
      const id = (data?.user as { id: string } | undefined)?.id ?? ''
      const isTold = (sessions: number) => (frame: Frame) => sessionsIn(frame, id) === sessions
      await other.next(isTold(2))
      socket.ws.pause()
      const post = () => harness.post(`/api/circles/${harness.circle}/messages`, { content: 'x'.repeat(32_000) })
      const posts = Array.from({ length: 8 }, post)
      for (const response of await Promise.all(posts)) assertResponse(response, '201')
      // Buffers between the room and this socket hold some megabytes, so it asks for all of that until it is closed, as
      // often as it may.
      let isClosed = false
      const closed = other.next(isTold(1)).finally(() => {
        isClosed = true
      })
      closed.catch(() => {}) // it is awaited below
      for (let asked = 0; asked < 400 && !isClosed; asked++) {
        socket.send({ type: 'history', id: `h${asked}`, data: {} })
        if (asked >= 17) await pause(110)
      }
      await closed
      socket.ws.resume()
      assert.equal((await socket.waitForClose()).code, 4430)
      const live = seqsOf(socket.received)
      const first = live[0] ?? 0
      assert.deepEqual(
        live,
        posts.map((_, index) => first + index),
      )
      const pages = socket.received.filter(({ type }) => type === 'history')
      assert.ok(pages.length > 3, `${pages.length} pages`)
      for (const page of pages) assert.deepEqual(seqsOf(page.data?.events as Frame[]).slice(-7), live.slice(-7))
    },
  },
  {
    area: 'rate',
    input: '40 messages at once',
    expected: '20 stored, rate_limited with retry_after_ms twice, then close 4429',
    async run(harness) {
      const socket = await harness.openNative()
      await socket.next(({ type }) => type === 'welcome')
      const begin = performance.now()
      for (let n = 0; n < 40; n++) socket.send({ type: 'message', id: `m${n}`, data: { content: 'flood' } })
      assert.equal((await socket.waitForClose()).code, 4429)
      const errors = socket.received.filter(({ type }) => type === 'error')
      const stored = socket.received.filter(({ type }) => type === 'ack').length
      const refilled = 1 + ((performance.now() - begin) / 1_000) * 10 // the limit refills by 10 a second
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
    area: 'rate',
    input: '40 pings that the object must answer',
    expected: 'limited like messages',
    async run(harness) {
      const socket = await harness.openNative()
      for (let n = 0; n < 40; n++) socket.send('{"type": "ping"}')
      assert.equal((await socket.waitForClose()).code, 4429)
    },
  },
]

/** How many sessions of a user a presence frame tells, if it does. */
function sessionsIn({ type, data }: Frame, user: string): number | undefined {
  const entries = type === 'presence' ? [data?.joined, data?.changed].flat() : []
  return (entries as { id: string; sessions: number }[]).find(({ id }) => id === user)?.sessions
}

const seqsOf = (frames: readonly Frame[]) => frames.flatMap(({ seq }) => (typeof seq === 'number' ? [seq] : []))
