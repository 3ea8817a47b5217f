import assert from 'node:assert/strict'
import { type Case, closedAtEnd } from './case.ts'
import { assertResponse, type Harness } from './harness.ts'

type MakeToken = (harness: Harness) => Promise<string> | string

/** Upgrades with bad tokens, and plain sockets that authenticate in their first frame. */
export const tokenCases: Case[] = [
  {
    area: 'token',
    input: 'none',
    expected: '401 missing_token, WWW-Authenticate: Bearer',
    policy: 'token',
    async run(harness) {
      const response = await harness.requestUpgrade(
        `/ws/circles/${harness.circle}`,
        { 'sec-websocket-protocol': 'circles.v1' },
        null,
      )
      assertResponse(response, '401 missing_token')
      assert.equal(response.headers['www-authenticate'], 'Bearer')
    },
  },
  badTokenCase('garbage', () => 'garbage'),
  badTokenCase('empty', () => ''),
  badTokenCase('truncated', async harness => (await harness.token('x')).slice(0, -10)),
  badTokenCase('with one bit changed', async harness => flip(await harness.token('x'))),
  badTokenCase('100 KB long', () => 'x'.repeat(100_000)),
  badTokenCase(
    'alg none',
    () => `${encode({ alg: 'none' })}.${encode({ sub: 'x', exp: 4e9, channels: { '*': 'owner' } })}.`,
  ),
  badTokenCase('alg nOnE', () => `${encode({ alg: 'nOnE' })}.${encode({ sub: 'x', exp: 4e9 })}.`),
  badTokenCase('alg swapped for HS384', harness => harness.token('x', {}, harness.target.secret, 'HS384')),
  badTokenCase('alg RS256, signed as HS256', async harness => withParts(await harness.token('x'), { alg: 'RS256' })),
  badTokenCase('signed with another secret', harness => harness.token('x', {}, 'another secret of thirty-two bytes')),
  badTokenCase('no exp', harness => harness.token('x', { exp: undefined })),
  badTokenCase('no sub', harness => harness.token('x', { sub: undefined })),
  badTokenCase('sub empty', harness => harness.token('')),
  badTokenCase('sub of an agent', harness => harness.token('agent:pickle')),
  badTokenCase('sub of a guest', harness => harness.token('guest:ada')),
  badTokenCase('sub of 200 characters', harness => harness.token('x'.repeat(200))),
  ...['.', '..', 'ada ', ' ada', '\u2800ada', 'ada\u{13441}'].map(sub =>
    badTokenCase(`sub ${JSON.stringify(sub)}`, harness => harness.token(sub)),
  ),
  badTokenCase('sub with a line feed', harness => harness.token('a\nb')),
  badTokenCase('nbf in the future', harness => harness.token('x', { nbf: secondsFromNow(600) })),
  badTokenCase('exp in ten years', harness => harness.token('x', { exp: secondsFromNow(315_000_000) })),
  badTokenCase('exp is text', harness => harness.token('x', { exp: 'tomorrow' })),
  badTokenCase('exp 1e400', async harness => withParts(await harness.token('x'), null, '{"sub":"x","exp":1e400}')),
  badTokenCase('a header with its own key', async harness =>
    withParts(await harness.token('x'), { alg: 'HS256', jwk: { kty: 'oct', k: 'eA' } }),
  ),
  badTokenCase('an unknown critical header', async harness =>
    withParts(await harness.token('x'), { alg: 'HS256', crit: ['x'], x: 1 }),
  ),
  badTokenCase('expired', harness => harness.token('x', { exp: secondsFromNow(-60) }), 'token_expired'),
  {
    area: 'token',
    input: 'no grant for the channel',
    expected: '403 forbidden',
    policy: 'token',
    async run(harness) {
      const authorization = `Bearer ${await harness.token('x', { channels: { 'circle:elsewhere': 'owner' } })}`
      assertResponse(
        await harness.requestUpgrade(`/ws/circles/${harness.circle}`, { authorization }, null),
        '403 forbidden',
      )
    },
  },
  ...[[], 'owner', null, { '*': 'god' }, { '*': { role: 'owner' } }].map(
    (channels): Case => ({
      area: 'token',
      input: `channels ${JSON.stringify(channels)}`,
      expected: '403 forbidden',
      policy: 'token',
      async run(harness) {
        const authorization = `Bearer ${await harness.token('x', { channels })}`
        assertResponse(
          await harness.requestUpgrade(`/ws/circles/${harness.circle}`, { authorization }, null),
          '403 forbidden',
        )
      },
    }),
  ),
  {
    area: 'token',
    input: 'a reader writes',
    expected: 'read_only',
    policy: 'token',
    async run(harness) {
      const authorization = `Bearer ${await harness.token('reader', { channels: { 'circle:*': 'reader' } })}`
      const socket = await harness.openSocket(`/ws/circles/${harness.circle}`, {
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
        socket.send({ type, id: type, data })
        const answer = await socket.next(frame => frame.data?.id === type)
        assert.equal(answer.data?.code, 'read_only', type)
      }
      await socket.close()
      const posted = await harness.post(
        `/api/circles/${harness.circle}/messages`,
        { content: 'x' },
        { as: null, headers: { authorization } },
      )
      assertResponse(posted, '403 read_only')
    },
  },
  {
    area: 'name',
    input: 'a name that imitates an agent, reverses the direction of text, is empty or too long',
    expected: 'the mark is stripped, or the name is not used',
    policy: 'token',
    async run(harness) {
      for (const [claim, expected] of [
        ['agent:pickle', null],
        ['AGENT:pickle', null],
        ['', null],
        ['\u202e', null],
        ['x'.repeat(100), null],
        ['ad\u202ea', 'ada'],
        [7, null],
      ] as const) {
        const user = harness.newUser()
        const authorization = `Bearer ${await harness.token(user, { name: claim })}`
        await using socket = await closedAtEnd(
          harness.openSocket(`/ws/circles/${harness.circle}`, {
            protocols: ['circles.v1'],
            as: null,
            headers: { authorization },
          }),
        )
        const { data } = await socket.next()
        assert.equal((data as { user: { name: string } }).user.name, expected ?? user, JSON.stringify(claim))
      }
    },
  },
  {
    area: 'ticket',
    input: 'used twice, and for another channel',
    expected: '401 ticket_used, 403 forbidden',
    async run(harness) {
      const ticket = async () =>
        JSON.parse((await harness.post('/api/tickets', { channel: `circle:${harness.circle}` })).text).ticket
      const once = await ticket()
      const path = `/ws/circles/${harness.circle}?ticket=${once}`
      assert.equal((await harness.requestUpgrade(path, {}, null)).status, 101)
      assertResponse(await harness.requestUpgrade(path, {}, null), '401 ticket_used')
      assertResponse(
        await harness.requestUpgrade(`/ws/circles/elsewhere?ticket=${await ticket()}`, {}, null),
        '403 forbidden',
      )
      assertResponse(
        await harness.requestUpgrade(`/ws/circles/${harness.circle}?ticket=${flip(await ticket())}`, {}, null),
        '401 invalid_token',
      )
    },
  },
  {
    area: 'rights',
    input: 'a banned user reconnects, and posts',
    expected: 'open sockets close 4403; 403 banned',
    policy: 'token',
    storedEvents: 2,
    async run(harness) {
      const owner = { authorization: `Bearer ${await harness.token('root', { channels: { '*': 'owner' } })}` }
      const socket = await harness.openNative('spammer')
      await socket.next()
      const path = `/api/circles/${harness.circle}/members/spammer`
      const ban = (banned: boolean) => harness.post(path, { banned }, { method: 'PATCH', headers: owner, as: null })
      assertResponse(await ban(true), '200')
      assert.equal((await socket.waitForClose()).code, 4403)
      assertResponse(await harness.requestUpgrade(`/ws/circles/${harness.circle}`, {}, 'spammer'), '403 banned')
      assertResponse(
        await harness.post(`/api/circles/${harness.circle}/messages`, { content: 'x' }, { as: 'spammer' }),
        '403 banned',
      )
      assertResponse(await ban(false), '200')
      assert.equal((await harness.requestUpgrade(`/ws/circles/${harness.circle}`, {}, 'spammer')).status, 101)
    },
  },
  firstFrameCase('sends nothing for 5 s', () => null),
  firstFrameCase('sends something else first', () => 'hello'),
  firstFrameCase('sends a ping first that the object must answer', () => '{"type": "ping"}'),
  firstFrameCase('sends a bad token', () => '{"type":"auth","token":"garbage"}'),
  firstFrameCase('sends a token for another channel', async harness =>
    JSON.stringify({ type: 'auth', token: await harness.token('x', { channels: { 'circle:elsewhere': 'member' } }) }),
  ),
  firstFrameCase('sends binary', () => Buffer.from('hello')),
]

/** An upgrade with a bad token, in a header and in the URL. */
function badTokenCase(input: string, makeToken: MakeToken, code = 'invalid_token'): Case {
  return {
    area: 'token',
    input,
    expected: `401 ${code}, in a header and in the URL`,
    policy: 'token',
    async run(harness) {
      const token = await makeToken(harness)
      const responses = [
        await harness.requestUpgrade(`/ws/circles/${harness.circle}`, { authorization: `Bearer ${token}` }, null),
      ]
      // A URL has at most 16 KB on this platform, so a longer token cannot be in it.
      if (token.length < 8_000) {
        const query = encodeURIComponent(token)
        responses.push(await harness.requestUpgrade(`/ws/circles/${harness.circle}?token=${query}`, {}, null))
      }
      for (const response of responses) {
        assertResponse(response, `401 ${code}`)
        assert.ok(token.length < 8 || !response.text.includes(token), 'the response does not repeat the token')
      }
    },
  }
}

/** A plain socket without a token, and its first frame; null: it sends none. */
function firstFrameCase(
  input: string,
  makeFrame: (harness: Harness) => Promise<string> | string | Buffer | null,
): Case {
  return {
    area: 'auth',
    input: `a plain socket ${input}`,
    expected: 'close 4001',
    policy: 'token',
    async run(harness) {
      const socket = await harness.openSocket(`/ws/circles/${harness.circle}`, { as: null })
      const frame = await makeFrame(harness)
      if (frame !== null) socket.send(frame)
      assert.equal((await socket.waitForClose()).code, 4001)
      assert.deepEqual(socket.received, [])
    },
  }
}

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

function withParts(token: string, header: unknown, payload?: string): string {
  const [first, second, third] = token.split('.')
  return [header === null ? first : encode(header), payload === undefined ? second : encode(payload), third].join('.')
}

/** The token with one character of its signature changed. */
function flip(token: string): string {
  const at = token.length - 20
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}
