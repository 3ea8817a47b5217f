import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { HttpErrorBody } from '../../src/protocol/errors.ts'
import { type Server, startServer } from '../support/server.ts'
import { aToken } from '../support/tokens.ts'

// These need a real server: undecoded paths, real handshakes, and the origin that a browser sends.

let server: Server
beforeAll(async () => {
  server = await startServer({ AUTH: 'token' })
})
afterAll(() => server[Symbol.asyncDispose]())

type Reply = { status: number; code: string | null; headers: NodeJS.Dict<string | string[]> }
type RequestOptions = { method?: string; headers?: Record<string, string> }

/** Sends a request with exactly this path; a socket that opens is closed at once. */
function send(path: string, { method = 'GET', headers = {} }: RequestOptions = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false })
    sent.on('error', reject)
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: 101, code: null, headers: response.headers })
    })
    sent.on('response', response => {
      const { statusCode: status = 0, headers } = response
      json(response).then(body => resolve({ status, code: (body as HttpErrorBody).error.code, headers }), reject)
    })
    sent.end()
  })
}

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}
const native = { ...handshake, 'sec-websocket-protocol': 'circles.v1' }
const bearer = async (claims = {}) => ({ authorization: `Bearer ${await aToken(Date.now(), claims)}` })

test('[C4] a native handshake echoes circles.v1 and nothing else, a plain one nothing', async () => {
  const authorized = await bearer()
  const offer = { ...native, ...authorized, 'sec-websocket-protocol': 'ticket.unused, circles.v1, other' }
  const refused = await send('/ws/circles/a', { headers: { ...offer, authorization: '' } })
  expect([refused.status, refused.code]).toEqual([401, 'invalid_token']) // the ticket is read instead
  expect(await send('/ws/circles/a', { headers: offer })).toMatchObject({
    status: 101,
    headers: { 'sec-websocket-protocol': 'circles.v1' },
  })
  const plain = await send('/ws/circles/a', { headers: { ...handshake, ...authorized } })
  expect([plain.status, plain.headers['sec-websocket-protocol']]).toEqual([101, undefined])
})

test('[A7] a page of this server is allowed, and no other', async () => {
  const from = async (origin: string) => {
    const { status, code } = await send('/ws/circles/a', { headers: { ...handshake, ...(await bearer()), origin } })
    return code ?? status
  }
  expect(await from(server.url)).toBe(101)
  for (const origin of ['https://evil.test', 'null', `http://evil.test:${server.port}`, 'http://127.0.0.1:1']) {
    expect(await from(origin)).toBe('origin_not_allowed')
  }
})

const garbage = { ...native, authorization: 'Bearer garbage' }
const foreign = { ...handshake, 'sec-websocket-protocol': 'chat' }
const long = { ...handshake, 'sec-websocket-protocol': `circles.v1, ${'x'.repeat(1_024)}` }

test.each<[string, string, RequestOptions, number, string]>([
  // The local runtime drops `upgrade` from the response as a connection header; upgrade.test.ts checks it.
  ['no upgrade', '/ws/circles/a', {}, 426, 'upgrade_required'],
  // The runtime refuses a POST with an Upgrade header itself; upgrade.test.ts checks our own response.
  ['a POST', '/ws/circles/a', { method: 'POST' }, 405, 'method_not_allowed'],
  ['no credentials, native', '/ws/circles/a', { headers: native }, 401, 'missing_token'],
  ['no credentials, events', '/ws', { headers: handshake }, 401, 'missing_token'],
  ['no credentials, text', '/ws/chat/pickle', { headers: handshake }, 401, 'missing_token'],
  ['a bad bearer token', '/ws/circles/a', { headers: garbage }, 401, 'invalid_token'],
  ['a bad token in the URL', '/ws/circles/a?token=garbage', { headers: handshake }, 401, 'invalid_token'],
  ['a bad ticket', '/ws/circles/a?ticket=garbage', { headers: handshake }, 401, 'invalid_token'],
  ['an escaped slash in a name', '/ws/circles/a%2Fb', { headers: handshake }, 400, 'invalid_name'],
  ['NUL in a name', '/ws/circles/%00', { headers: handshake }, 400, 'invalid_name'],
  ['a truncated character in a name', '/ws/circles/%E0%A4%A', { headers: handshake }, 400, 'invalid_name'],
  ['a path to a parent as a name', '/ws/circles/..%2f..', { headers: handshake }, 400, 'invalid_name'],
  ['65 characters in a name', `/ws/circles/${'a'.repeat(65)}`, { headers: handshake }, 400, 'invalid_name'],
  ['an accent in a name', '/ws/circles/caf%C3%A9', { headers: handshake }, 400, 'invalid_name'],
  ['a Cyrillic letter in a name', '/ws/circles/dev-te%D0%B0m', { headers: handshake }, 400, 'invalid_name'],
  ['another subprotocol', '/ws/circles/a', { headers: foreign }, 400, 'bad_subprotocol'],
  ['subprotocols over 1 KB', '/ws/circles/a', { headers: long }, 400, 'bad_subprotocol'],
  ['an unknown kind', '/ws/rooms/a', { headers: handshake }, 404, 'not_found'],
  ['an unknown path', '/api/nowhere', {}, 404, 'not_found'],
  ['no content type, and no token', '/api/circles/a/messages', { method: 'POST' }, 401, 'missing_token'],
])('[E2] %s', async (_, path, options, status, code) => {
  const reply = await send(path, options)
  expect([reply.status, reply.code, reply.headers['cache-control']]).toEqual([status, code, 'no-store'])
  expect(reply.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined)
})

test('[E2] an expired token has a code of its own', async () => {
  const expired = await bearer({ exp: Math.floor(Date.now() / 1000) - 1 })
  expect(await send('/ws/circles/a', { headers: { ...native, ...expired } })).toMatchObject({ code: 'token_expired' })
})

test('[A2] a token without a grant is forbidden', async () => {
  const elsewhere = await bearer({ channels: { 'circle:dev-*': 'owner' } })
  expect(await send('/ws/circles/a', { headers: { ...native, ...elsewhere } })).toMatchObject({ code: 'forbidden' })
})

test('[A1] deployed without a secret, the server admits no one and names the setting', async () => {
  await using bare = await startServer({ AUTH: 'token', AUTH_SECRET: '' })
  const tickets = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"channel":"circle:a"}' }
  const response = await fetch(`${bare.url}/api/tickets`, tickets)
  expect([response.status, await response.json()]).toEqual([
    401,
    { error: { code: 'unconfigured', message: expect.stringContaining('set AUTH_SECRET') } },
  ])
  const [, refused] = await once(new WebSocket(bare.ws('/ws')), 'unexpected-response')
  expect(refused.statusCode).toBe(401)
  expect(await (await fetch(`${bare.url}/`)).text()).toContain('<html') // the page loads, to show the error to people
})
