import { expect, test, vi } from 'vitest'
import { app } from '../../../src/http/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'
import { aToken } from '../../support/tokens.ts'

/** Sends a request; its answer, and the lines it left in the log. */
async function ask(
  path: string,
  headers: Record<string, string> = {},
  settings: Record<string, string> = {},
  body: string | null = null,
) {
  const lines: Record<string, unknown>[] = []
  const keep = (line: string) => void lines.push(JSON.parse(line))
  using _log = vi.spyOn(console, 'log').mockImplementation(keep)
  using _error = vi.spyOn(console, 'error').mockImplementation(keep)
  const channels = fakeChannels({ AUTH: 'open', ...settings, LOG: 'json' })
  const response = await app.fetch(
    new Request(`https://circles.test${path}`, { method: body === null ? 'GET' : 'POST', headers, body }),
    channels.env,
  )
  return { response, lines, seen: channels.seen }
}

const socket = { upgrade: 'websocket' }
const id = { 'x-request-id': 'mine-1' }

test('[W] the answer says how the request is called, and its channel is told the same', async () => {
  const { response, seen, lines } = await ask(
    '/api/circles/dev/messages',
    { ...id, 'content-type': 'application/json' },
    {},
    '{"content":"hi"}',
  )
  expect(response.headers.get('x-request-id')).toBe('mine-1')
  expect(seen.map(({ visit }) => visit.request)).toEqual(['mine-1'])
  expect(lines).toEqual([])
  expect((await ask('/healthz')).response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('[W] an upgrade takes the id along to its channel', async () => {
  const { seen } = await ask('/ws/circles/dev?name=ada', { ...socket, ...id })
  expect(seen.map(({ visit }) => visit.request)).toEqual(['mine-1'])
})

test('[A3] a refused upgrade is one line: code, who, where, and nothing of the credential', async () => {
  const token = await aToken(Date.now(), {}, 'signed with another secret, alas')
  const settings = { AUTH: 'token', AUTH_SECRET: 'only the tests sign with this secret' }
  const { response, lines } = await ask(`/ws/circles/Dev?token=${token}`, { ...socket, ...id }, settings)
  expect(response.status).toBe(401)
  expect(response.headers.get('x-request-id')).toBe('mine-1')
  const refusal = { event: 'refused', code: 'invalid_token', status: 401, method: 'GET', route: '/ws/*', user: null }
  expect(lines).toEqual([
    { time: expect.any(String), level: 'warn', request: 'mine-1', channel: 'circle:dev', ...refusal },
  ])
})

test('[A5] who was refused is named once it is known', async () => {
  const settings = { AUTH: 'token', AUTH_SECRET: 'only the tests sign with this secret' }
  const authorization = `Bearer ${await aToken(Date.now(), { sub: 'eve', channels: { 'circle:x': 'member' } })}`
  const { lines } = await ask('/api/circles/x/events?limit=0', { authorization }, settings)
  expect(lines).toMatchObject([{ code: 'invalid', route: '/api/circles/:name/events' }])
  const other = await ask('/api/circles/dev/events', { authorization }, settings)
  expect(other.lines).toMatchObject([{ code: 'forbidden', user: 'eve', channel: 'circle:dev' }])
})

test('[E2] what is in a path that leads nowhere is in no line', async () => {
  const { lines } = await ask('/api/nothing/eyJhbGciOi')
  expect(lines).toMatchObject([{ code: 'not_found' }])
  expect(JSON.stringify(lines)).not.toContain('eyJ')
})

test('[E2] a fault of ours is one line with its stack; the sender gets neither', async () => {
  const { response, lines } = await ask('/api/users/ada/revoke', {}, {})
  expect(response.status).toBe(405)
  expect(lines).toMatchObject([{ code: 'method_not_allowed', status: 405 }])
  const broken = await ask('/api/circles', id) // these channels have no register
  expect(broken.response.status).toBe(500)
  expect(broken.lines).toMatchObject([{ event: 'fault', level: 'error', at: 'worker', request: 'mine-1' }])
  expect(await broken.response.text()).not.toContain('TypeError')
})

test('[E2] a flood of refused requests is no flood of lines', async () => {
  let lines = 0
  for (let request = 0; request < 100; request++) lines += (await ask('/api/circles/-/events')).lines.length
  expect(lines).toBe(30)
})

test.each(['{', '[]', '7', '{"sessions_per_user":0}', '{"session_per_user":1}'])(
  '[E2] with LIMITS=%s nobody comes in, and it is said what is wrong',
  async setting => {
    for (const path of ['/ws/circles/dev?name=ada', '/api/circles/dev/events', '/readyz']) {
      const { response, seen } = await ask(path, socket, { LIMITS: setting })
      expect([response.status, seen]).toEqual([503, []])
      expect(await response.text()).toMatch(/"code":"unavailable","message":"LIMITS/)
    }
  },
)
