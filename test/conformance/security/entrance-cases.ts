import assert from 'node:assert/strict'
import { type Case, closedAtEnd, httpCase, upgradeCase } from '../case.ts'
import { assertResponse, type Harness } from '../harness.ts'

const native = { 'sec-websocket-protocol': 'circles.v1' }
const foreignHosts = ['evil.example:8000', 'localhost.evil.example', '127.0.0.1.nip.io', '192.168.1.5:8000']

/** Who gets in, and what somebody leaves behind who does not. */
export const entranceCases: Case[] = [
  ...foreignHosts.flatMap(host =>
    ['/', '/c/x', '/healthz', '/api/circles', '/ws/circles/{circle}', '/openapi.json', '/assets/x.js'].map(
      (path): Case => ({
        ...httpCase(
          `Host: ${host} for ${path}`,
          harness => ({ path: path.replace('{circle}', harness.circle), headers: { host }, as: null }),
          '403 host_not_allowed',
        ),
        policy: 'open',
      }),
    ),
  ),
  {
    ...upgradeCase('a Host that is not this machine', '/ws', '403 host_not_allowed', { host: 'evil.example' }),
    policy: 'open',
  },
  ...['/pickle', '/', '/c/x', '//ws/circles/x', '/api/nothing'].map(path => upgradeCase(path, path, '404 not_found')),
  ...['/nothing', '/c/x', '//ws/circles/x'].map(path =>
    httpCase(`GET ${path} by a program`, { path, headers: { accept: '*/*' } }, '404 not_found'),
  ),
  httpCase('POST /nothing', { method: 'POST', path: '/nothing' }, '404 not_found'),
  upgradeCase('?token= where circles.v1 is spoken', '/ws/circles/{circle}?token=x', '400 invalid', native),
  {
    area: 'HTTP',
    input: 'HEAD of a stream and of an export',
    expected: '200, and nobody is there',
    async run(harness) {
      const circle = `${harness.circle}-head` // where nobody else comes and goes
      const made = await harness.post('/api/circles', { name: circle })
      assert.equal(made.status, 201, made.text)
      for (const path of [`/api/channels/circle/${circle}/stream`, `/api/circles/${circle}/export`]) {
        assert.equal((await harness.request({ method: 'HEAD', path })).status, 200, path)
      }
      assert.equal(JSON.parse((await harness.request({ path: `/api/circles/${circle}` })).text).online, 0)
      await harness.request({ method: 'DELETE', path: `/api/circles/${circle}?confirm=${circle}` })
    },
  },
  {
    area: 'HTTP body',
    input: 'a refused message to a circle that does not exist',
    expected: 'the circle does not exist afterwards',
    async run(harness) {
      const circle = `${harness.circle}-refused`
      const refused = await harness.post(`/api/circles/${circle}/messages`, { content: 'x', to: 'nobody' })
      assert.ok(refused.status >= 400, `${refused.status}`)
      assertResponse(await harness.request({ path: `/api/circles/${circle}/export` }), '404 not_found')
    },
  },
  {
    area: 'token',
    input: 'upgrades without credentials',
    expected: 'no circle comes to exist, and its name stays free',
    policy: 'token',
    async run(harness) {
      const circle = `${harness.circle}-strange`
      const sockets = []
      for (let count = 0; count < 5; count++)
        sockets.push(await harness.openSocket(`/ws/circles/${circle}`, { as: null }))
      const owner = await authorizationOf(harness, 'owner')
      assertResponse(await get(harness, `/api/circles/${circle}`, owner), '404 not_found')
      const list = await get(harness, `/api/circles?after=${harness.circle}&limit=200`, owner)
      assert.ok(!list.text.includes(circle), 'it is listed')
      for (const socket of sockets) {
        socket.send('{"content":"hi"}')
        assert.equal((await socket.waitForClose()).code, 4001)
      }
      assertResponse(await get(harness, `/api/circles/${circle}`, owner), '404 not_found')
      const made = await harness.post('/api/circles', { name: circle }, { as: null, headers: owner })
      assert.equal(made.status, 201, made.text)
      assert.equal(
        (
          await harness.request({
            method: 'DELETE',
            path: `/api/circles/${circle}?confirm=${circle}`,
            as: null,
            headers: owner,
          })
        ).status,
        204,
      )
    },
  },
  {
    area: 'token',
    input: 'a reader visits a circle that does not exist, or writes to it',
    expected: '404 not_found',
    policy: 'token',
    async run(harness) {
      const headers = await authorizationOf(harness, 'reader')
      const circle = `${harness.circle}-unread`
      assertResponse(await harness.requestUpgrade(`/ws/circles/${circle}`, headers, null), '404 not_found')
      const posted = await harness.post(`/api/circles/${circle}/messages`, { content: 'x' }, { as: null, headers })
      assertResponse(posted, '404 not_found')
    },
  },
  {
    area: 'token',
    input: 'iat a day ahead',
    expected: '401 invalid_token',
    policy: 'token',
    async run(harness) {
      const iat = Math.floor(Date.now() / 1000) + 80_000
      const headers = { authorization: `Bearer ${await harness.token('x', { iat, exp: iat + 600 })}` }
      assertResponse(await get(harness, '/api/circles', headers), '401 invalid_token')
    },
  },
  {
    area: 'token',
    input: 'a revoked token revokes, reads, writes and gets a ticket',
    expected: '401 token_revoked',
    policy: 'token',
    async run(harness) {
      const user = harness.newUser()
      const iat = Math.floor(Date.now() / 1000) - 60
      const headers = { authorization: `Bearer ${await harness.token(user, { iat })}` }
      const revoke = () => harness.post(`/api/users/${user}/revoke`, {}, { as: null, headers })
      await using socket = await closedAtEnd(
        harness.openSocket(`/ws/circles/${harness.circle}`, { protocols: ['circles.v1'], as: null, headers }),
      )
      assert.equal((await revoke()).status, 200)
      assert.equal((await socket.waitForClose()).code, 4401)
      for (const refused of [
        await revoke(),
        await get(harness, '/api/circles', headers),
        await get(harness, `/api/circles/${harness.circle}/events`, headers),
        await harness.post('/api/tickets', { channel: `circle:${harness.circle}` }, { as: null, headers }),
        await harness.post('/api/events', [{}], { as: null, headers }),
        await harness.requestUpgrade(`/ws/circles/${harness.circle}`, { ...native, ...headers }, null),
      ]) {
        assertResponse(refused, '401 token_revoked')
      }
    },
  },
  {
    area: 'token',
    input: 'somebody revokes twice at once',
    expected: '429 rate_limited',
    policy: 'token',
    async run(harness) {
      const owner = {
        authorization: `Bearer ${await harness.token(harness.newUser(), { channels: { '*': 'owner' } })}`,
      }
      const path = `/api/users/${harness.newUser()}/revoke`
      assert.equal((await harness.post(path, {}, { as: null, headers: owner })).status, 200)
      assertResponse(await harness.post(path, {}, { as: null, headers: owner }), '429 rate_limited')
    },
  },
  {
    area: 'token',
    input: 'a body that is not JSON, without a token',
    expected: '401 missing_token',
    policy: 'token',
    async run(harness) {
      const refused = await harness.post(`/api/circles/${harness.circle}/messages`, '{nope', { as: null })
      assertResponse(refused, '401 missing_token')
    },
  },
]

async function authorizationOf(harness: Harness, role: string): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await harness.token(harness.newUser(), { channels: { '*': role } })}` }
}

function get(harness: Harness, path: string, headers: Record<string, string>) {
  return harness.request({ path, as: null, headers })
}
