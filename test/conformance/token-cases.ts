import assert from 'node:assert/strict'
import { leaving, type Row } from './case.ts'
import { assertReply, type Lab } from './harness.ts'

type Made = (lab: Lab) => Promise<string> | string

/** Upgrades with a token that is not good, and what an open socket says for itself. */
export const tokenRows: Row[] = [
  {
    where: 'token',
    input: 'none',
    reaction: '401 missing_token, WWW-Authenticate: Bearer',
    under: 'token',
    async run(lab) {
      const reply = await lab.knock(`/ws/circles/${lab.circle}`, { 'sec-websocket-protocol': 'circles.v1' }, null)
      assertReply(reply, 401, 'missing_token')
      assert.equal(reply.headers['www-authenticate'], 'Bearer')
    },
  },
  bad('garbage', () => 'garbage'),
  bad('empty', () => ''),
  bad('truncated', async lab => (await lab.token('x')).slice(0, -10)),
  bad('with one bit changed', async lab => flip(await lab.token('x'))),
  bad('100 KB long', () => 'x'.repeat(100_000)),
  bad('alg none', () => `${encoded({ alg: 'none' })}.${encoded({ sub: 'x', exp: 4e9, channels: { '*': 'owner' } })}.`),
  bad('alg nOnE', () => `${encoded({ alg: 'nOnE' })}.${encoded({ sub: 'x', exp: 4e9 })}.`),
  bad('alg swapped for HS384', lab => lab.token('x', {}, lab.place.secret, 'HS384')),
  bad('alg RS256, signed as HS256', async lab => swapped(await lab.token('x'), { alg: 'RS256' })),
  bad('signed with another secret', lab => lab.token('x', {}, 'another secret of thirty-two bytes')),
  bad('no exp', lab => lab.token('x', { exp: undefined })),
  bad('no sub', lab => lab.token('x', { sub: undefined })),
  bad('sub empty', lab => lab.token('')),
  bad('sub of an agent', lab => lab.token('agent:pickle')),
  bad('sub of a guest', lab => lab.token('guest:ada')),
  bad('sub of 200 characters', lab => lab.token('x'.repeat(200))),
  bad('sub with a line feed', lab => lab.token('a\nb')),
  bad('nbf in the future', lab => lab.token('x', { nbf: soon(600) })),
  bad('exp in ten years', lab => lab.token('x', { exp: soon(315_000_000) })),
  bad('exp a text', lab => lab.token('x', { exp: 'tomorrow' })),
  bad('exp 1e400', async lab => swapped(await lab.token('x'), null, '{"sub":"x","exp":1e400}')),
  bad('a header that names its own key', async lab =>
    swapped(await lab.token('x'), { alg: 'HS256', jwk: { kty: 'oct', k: 'eA' } }),
  ),
  bad('a critical header nobody knows', async lab =>
    swapped(await lab.token('x'), { alg: 'HS256', crit: ['x'], x: 1 }),
  ),
  bad('expired', lab => lab.token('x', { exp: soon(-60) }), 'token_expired'),
  {
    where: 'token',
    input: 'no grant for the channel',
    reaction: '403 forbidden',
    under: 'token',
    async run(lab) {
      const authorization = `Bearer ${await lab.token('x', { channels: { 'circle:elsewhere': 'owner' } })}`
      assertReply(await lab.knock(`/ws/circles/${lab.circle}`, { authorization }, null), 403, 'forbidden')
    },
  },
  ...[[], 'owner', null, { '*': 'god' }, { '*': { role: 'owner' } }].map(
    (channels): Row => ({
      where: 'token',
      input: `channels ${JSON.stringify(channels)}`,
      reaction: '403 forbidden',
      under: 'token',
      async run(lab) {
        const authorization = `Bearer ${await lab.token('x', { channels })}`
        assertReply(await lab.knock(`/ws/circles/${lab.circle}`, { authorization }, null), 403, 'forbidden')
      },
    }),
  ),
  {
    where: 'token',
    input: 'a reader writes',
    reaction: 'read_only',
    under: 'token',
    async run(lab) {
      const authorization = `Bearer ${await lab.token('reader', { channels: { 'circle:*': 'reader' } })}`
      const line = await lab.open(`/ws/circles/${lab.circle}`, {
        protocols: ['circles.v1'],
        as: null,
        headers: { authorization },
      })
      for (const [type, data] of [
        ['message', { content: 'x' }],
        ['react', { seq: 1, emoji: 'x' }],
        ['typing', { active: true }],
        ['signal', { name: 'x', value: 1 }],
      ] as const) {
        line.send({ type, id: type, data })
        const answer = await line.next(frame => frame.data?.id === type)
        assert.equal(answer.data?.code, 'read_only', type)
      }
      await line.leave()
      const posted = await lab.post(
        `/api/circles/${lab.circle}/messages`,
        { content: 'x' },
        { as: null, headers: { authorization } },
      )
      assertReply(posted, 403, 'read_only')
    },
  },
  {
    where: 'name',
    input: 'a token whose name dresses up as an agent, turns the text around, is empty or too long',
    reaction: 'the mark is stripped, or the name is not used',
    under: 'token',
    async run(lab) {
      for (const [claim, shown] of [
        ['agent:pickle', null],
        ['AGENT:pickle', null],
        ['', null],
        ['\u202e', null],
        ['x'.repeat(100), null],
        ['ad\u202ea', 'ada'],
        [7, null],
      ] as const) {
        const user = lab.stranger()
        const authorization = `Bearer ${await lab.token(user, { name: claim })}`
        await using line = await leaving(
          lab.open(`/ws/circles/${lab.circle}`, { protocols: ['circles.v1'], as: null, headers: { authorization } }),
        )
        const { data } = await line.next()
        assert.equal((data as { user: { name: string } }).user.name, shown ?? user, JSON.stringify(claim))
      }
    },
  },
  {
    where: 'ticket',
    input: 'used twice, and for another channel',
    reaction: '401 ticket_used, 403 forbidden',
    async run(lab) {
      const ticket = async () =>
        JSON.parse((await lab.post('/api/tickets', { channel: `circle:${lab.circle}` })).text).ticket
      const once = await ticket()
      const path = `/ws/circles/${lab.circle}?ticket=${once}`
      assert.equal((await lab.knock(path, {}, null)).status, 101)
      assertReply(await lab.knock(path, {}, null), 401, 'ticket_used')
      assertReply(await lab.knock(`/ws/circles/elsewhere?ticket=${await ticket()}`, {}, null), 403, 'forbidden')
      assertReply(
        await lab.knock(`/ws/circles/${lab.circle}?ticket=${flip(await ticket())}`, {}, null),
        401,
        'invalid_token',
      )
    },
  },
  {
    where: 'rights',
    input: 'a banned user comes back, and posts',
    reaction: 'live sockets close 4403; 403 banned',
    under: 'token',
    stores: 2,
    async run(lab) {
      const owner = { authorization: `Bearer ${await lab.token('root', { channels: { '*': 'owner' } })}` }
      const line = await lab.native('spammer')
      await line.next()
      const path = `/api/circles/${lab.circle}/members/spammer`
      const ban = (banned: boolean) => lab.post(path, { banned }, { method: 'PATCH', headers: owner, as: null })
      assertReply(await ban(true), 200, null)
      assert.equal((await line.end()).code, 4403)
      assertReply(await lab.knock(`/ws/circles/${lab.circle}`, {}, 'spammer'), 403, 'banned')
      assertReply(
        await lab.post(`/api/circles/${lab.circle}/messages`, { content: 'x' }, { as: 'spammer' }),
        403,
        'banned',
      )
      assertReply(await ban(false), 200, null)
      assert.equal((await lab.knock(`/ws/circles/${lab.circle}`, {}, 'spammer')).status, 101)
    },
  },
  first('says nothing for 5 s', () => null),
  first('first says something else', () => 'hello'),
  first('first says a ping of its own spelling', () => '{"type": "ping"}'),
  first('shows a bad token', () => '{"type":"auth","token":"garbage"}'),
  first('shows a token for elsewhere', async lab =>
    JSON.stringify({ type: 'auth', token: await lab.token('x', { channels: { 'circle:elsewhere': 'member' } }) }),
  ),
  first('sends binary', () => Buffer.from('hello')),
]

function bad(input: string, made: Made, code = 'invalid_token'): Row {
  return {
    where: 'token',
    input,
    reaction: `401 ${code}, in a header and in the URL`,
    under: 'token',
    async run(lab) {
      const token = await made(lab)
      const replies = [await lab.knock(`/ws/circles/${lab.circle}`, { authorization: `Bearer ${token}` }, null)]
      // A URL has 16 KB on this platform; a token that is longer cannot stand there.
      if (token.length < 8_000) {
        const query = encodeURIComponent(token)
        replies.push(await lab.knock(`/ws/circles/${lab.circle}?token=${query}`, {}, null))
      }
      for (const reply of replies) {
        assertReply(reply, 401, code)
        assert.ok(token.length < 8 || !reply.text.includes(token), 'the token is not repeated')
      }
    },
  }
}

/** A plain socket that came without a token, and what it does first. */
function first(input: string, made: (lab: Lab) => Promise<string> | string | Buffer | null): Row {
  return {
    where: 'auth',
    input: `a plain socket ${input}`,
    reaction: 'close 4001',
    under: 'token',
    async run(lab) {
      const line = await lab.open(`/ws/circles/${lab.circle}`, { as: null })
      const frame = await made(lab)
      if (frame !== null) line.send(frame)
      assert.equal((await line.end()).code, 4001)
      assert.deepEqual(line.heard, [])
    },
  }
}

function soon(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

function encoded(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

function swapped(token: string, header: unknown, payload?: string): string {
  const [first, second, third] = token.split('.')
  return [header === null ? first : encoded(header), payload === undefined ? second : encoded(payload), third].join('.')
}

/** The same with its signature changed in the middle. */
function flip(token: string): string {
  const at = token.length - 20
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}
