import { beforeEach, expect, test, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { createApp } from '../../src/http/app.ts'
import type { Operation } from '../../src/http/openapi/operation.ts'
import { discovery } from '../../src/http/routes/discovery.ts'
import { createRoutes } from '../../src/http/routes.ts'
import { socketPaths } from '../../src/http/sockets/socket-routes.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import type { TokenRecord } from '../../src/rpc/tokens.ts'
import { app } from '../support/app.ts'
import { fakeChannels, openHere } from '../support/fake-channels.ts'
import { builtinSite } from '../support/site.ts'
import { aToken, secret } from '../support/tokens.ts'

// Rules that hold on every path: the tests walk the table of routes, so that a new one cannot miss them.

const now = Date.UTC(2026, 10, 21, 12)
const operations: Operation[] = Object.values(createRoutes(builtinTables, builtinSite).operations).flat()
const isOpen = ({ isPublic, hasOwnToken }: Operation) => isPublic === true || hasOwnToken === true
const authenticated = operations.filter(operation => !isOpen(operation))
const documents = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/style.css']

// A Worker that serves all there is. Its router has the paths that are no operations, too.
const whole = createApp(builtinTables, { ...builtinSite, discovery, mcp: () => import('../../src/mcp/index.ts') })
const otherPaths = [...new Set(whole.routes.map(({ path }) => path))].filter(
  path => !['/*', '/api/*'].includes(path) && !operations.some(operation => operation.path === path),
)
const exampleOf = (path: string) =>
  path.replace('/ws/*', '/ws/circles/dev').replace(':name', 'dev').replace(/\/\*$/, '/polls')

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})

const pathOf = ({ path }: Operation) =>
  path
    .replace(':kind', 'circle')
    .replace(/:(user|id)\b/, 'ada')
    .replace(/:\w+/g, 'dev')
const nameOf = (operation: Operation) => `${operation.method.toUpperCase()} ${operation.path}`

/** An environment that records what is called, and whose tokens were revoked. */
function recordingEnv(settings: Record<string, string>, isValid = false) {
  const called: string[] = []
  const record = (name: string) => ({
    getByName: () =>
      new Proxy(
        {},
        {
          get: (_, method) => async () => {
            called.push(`${name}.${String(method)}`)
            throw new Error(`${name}.${String(method)} was called`)
          },
        },
      ),
  })
  const recorded: TokenRecord[] = []
  const show = async (tokens: TokenRecord[]) => {
    recorded.push(...tokens)
    return tokens.map(() => isValid)
  }
  const names = ['CIRCLES', 'WORKSPACES', 'AGENT_CHANNELS', 'REGISTER', 'STATS', 'CONNECTED_AGENTS']
  const env = {
    ...Object.fromEntries(names.map(name => [name, record(name)])),
    PASSES: { getByName: () => ({ show, revoke: async () => called.push('PASSES.revoke') }) },
    LOG: 'off',
    ...settings,
  } as unknown as Env
  return { env, called, recorded }
}

const underToken = { AUTH: 'token', AUTH_SECRET: secret }

async function send(env: Env, method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const request = new Request(`https://circles.test${path}`, { method, headers, ...(body !== undefined && { body }) })
  const response = await whole.fetch(request, env)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    code: isJson && text ? JSON.parse(text).error?.code : null,
  }
}

test('the table has the routes that the tests below walk', () => {
  expect(authenticated.length).toBeGreaterThan(25)
  expect(operations.filter(isOpen).map(({ path }) => path)).toEqual([
    '/api/owner',
    '/api/signed-files/:name/:file',
    '/healthz',
    '/readyz',
    '/metrics',
  ])
})

test.each(authenticated.map(operation => [nameOf(operation), operation] as const))(
  '[A6] %s refuses a revoked token, and records no use of it',
  async (_, operation) => {
    const { env, called, recorded } = recordingEnv(underToken)
    const authorization = `Bearer ${await aToken(now, { sub: 'ada', channels: { '*': 'owner' } })}`
    const refused = await send(env, operation.method.toUpperCase(), pathOf(operation), { authorization })
    expect([refused.status, refused.code, called]).toEqual([401, 'token_revoked', []])
    expect(recorded).toMatchObject([{ user: 'ada', channel: 'deployment:users', opens: false }])
  },
)

const documentsAndPages = [...documents, '/llms.txt', '/.well-known/agent-card.json']
const askedByTheirObject = [...socketPaths(builtinTables.kinds), '/ws/agents/:name/connect'] // which has a key of its own

test('what is no operation is a document, a socket whose object asks, or is in the next test', () => {
  expect(otherPaths.toSorted()).toEqual(
    [
      ...[...documentsAndPages, ...askedByTheirObject],
      ...['/api/circles/:name/x/*', '/mcp', '/ws/me', '/ws/stats'],
    ].toSorted(),
  )
})

test.each(otherPaths.filter(path => ![...documentsAndPages, ...askedByTheirObject].includes(path)))(
  '[A6] %s refuses a revoked token, and whoever has none',
  async path => {
    const { env, called, recorded } = recordingEnv(underToken)
    const authorization = `Bearer ${await aToken(now, { sub: 'ada', channels: { '*': 'owner' } })}`
    const upgrade = path.startsWith('/ws') ? { upgrade: 'websocket', origin: 'https://circles.test' } : {}
    const method = path === '/mcp' ? 'POST' : 'GET'
    const refused = await send(env, method, exampleOf(path), { authorization, ...upgrade })
    expect([refused.status, refused.code, called]).toEqual([401, 'token_revoked', []])
    expect(recorded).toMatchObject([{ user: 'ada', opens: false }])
    expect(await send(env, method, exampleOf(path), upgrade)).toMatchObject({ status: 401, code: 'missing_token' })
  },
)

test.each(authenticated.map(operation => [nameOf(operation), operation] as const))(
  '[A3] %s asks who sends it before it reads the query or the body',
  async (_, operation) => {
    const { env, called, recorded } = recordingEnv(underToken)
    const body = ['get', 'delete'].includes(operation.method) ? undefined : 'this is not JSON'
    for (const [headers, code] of [
      [{}, 'missing_token'],
      [{ authorization: 'Bearer bad' }, 'invalid_token'],
    ] as const) {
      const refused = await send(env, operation.method.toUpperCase(), `${pathOf(operation)}?limit=x`, headers, body)
      expect([refused.status, refused.code]).toEqual([401, code])
    }
    expect([called, recorded]).toEqual([[], []])
  },
)

test.each(operations.filter(({ method }) => method === 'get').map(operation => [operation.path, operation] as const))(
  '[P1] HEAD %s opens no socket',
  async (_, operation) => {
    const { env, seen, answers } = fakeChannels({ ...openHere, LOG: 'off' })
    const history = { id: 'x', events: [], more: false }
    answers.ask = () => ({ answer: { type: 'history', data: history, at: 0 }, epoch: 'e', head: 0, instance: 'i' })
    await send(env, 'HEAD', pathOf(operation))
    expect(seen.filter(({ request }) => request !== undefined)).toEqual([])
    if (operation.path === '/api/channels/:kind/:name/stream') expect(seen).toHaveLength(1) // it was asked whether it exists
  },
)

const everyPath = [
  ...operations.map(operation => [operation.method.toUpperCase(), pathOf(operation)] as const),
  ...otherPaths.map(path => ['GET', exampleOf(path)] as const),
  ...socketPaths(builtinTables.kinds).map(path => ['GET', exampleOf(path)] as const),
  ...['/', '/c/dev', '/index.html', '/nowhere', '/api/nowhere', '//ws/circles/dev'].map(path => ['GET', path] as const),
  ['OPTIONS', '/api/circles'] as const,
  ['HEAD', '/'] as const,
]

test.each(everyPath)('[A8] under open, %s %s is refused if the host is not this machine', async (method, path) => {
  const { env, called, recorded } = recordingEnv({ AUTH: 'open' }, true)
  for (const headers of [{}, { upgrade: 'websocket' }, { origin: 'https://circles.test' }] as Record<
    string,
    string
  >[]) {
    const refused = await send(env, method, path, headers)
    expect(refused.status).toBe(403)
    if (method !== 'HEAD') expect(refused.code).toBe('host_not_allowed')
    expect(refused.headers.get('x-request-id')).not.toBeNull()
  }
  expect([called, recorded]).toEqual([[], []])
})

test.each([
  ['http://localhost:8000', null, true],
  ['http://127.0.0.1:8000', null, true],
  ['http://[::1]:8000', null, true],
  ['http://circles.localhost', null, true],
  ['https://app.test', null, true],
  ['http://app.test:8000', null, true],
  ['http://evil.example:8000', null, false],
  ['http://localhost.evil.example', null, false],
  ['http://127.0.0.1.nip.io', null, false],
  ['http://app.test.evil.example', null, false],
  ['http://192.168.1.5:8000', null, false],
  ['http://0.0.0.0:8000', null, false],
  ['http://localhost:8000', 'evil.example:8000', false],
  ['http://localhost:8000', 'a b', false],
  ['http://evil.example', 'localhost', false],
  ['http://localhost:8000', 'LOCALHOST:8000', true],
])('[A8] under open, a request to %s with the host %s is answered: %s', async (url, host, isAnswered) => {
  const { env } = recordingEnv({ AUTH: 'open', ALLOWED_ORIGINS: 'https://app.test' })
  const headers = new Headers(host === null ? {} : { host })
  const request = new Request(`${url}/healthz`)
  const sent = Object.defineProperty(request, 'headers', { value: headers })
  expect((await app.fetch(sent, env)).status).toBe(isAnswered ? 200 : 403)
})

test('[A8] under token every host is answered', async () => {
  expect((await app.fetch(new Request('http://evil.example/healthz'), recordingEnv(underToken).env)).status).toBe(200)
})

test.each(everyPath)('with PROXY_SECRET, %s %s is refused without it, under every policy', async (method, path) => {
  for (const settings of [underToken, { AUTH: 'open', ALLOWED_ORIGINS: 'https://circles.test' }, { AUTH: '' }]) {
    const { env, called, recorded } = recordingEnv({ ...settings, PROXY_SECRET: 'between the two' }, true)
    for (const headers of [{}, { 'x-circles-proxy-secret': 'between the twO' }, { upgrade: 'websocket' }]) {
      const refused = await send(env, method, path, headers as Record<string, string>)
      expect(refused.status).toBe(403)
      if (method !== 'HEAD') expect(refused.code).toBe('host_not_allowed')
    }
    expect([called, recorded]).toEqual([[], []])
  }
})

test('with PROXY_SECRET, a request that carries it is answered', async () => {
  const { env } = recordingEnv({ ...underToken, PROXY_SECRET: 'between the two' })
  expect((await send(env, 'GET', '/healthz', { 'x-circles-proxy-secret': 'between the two' })).status).toBe(200)
})
