import { expect, test, vi } from 'vitest'
import { app } from '../../support/app.ts'
import { fakeChannels, openHere } from '../../support/fake-channels.ts'
import { aToken } from '../../support/tokens.ts'

/** Sends a request; resolves with the response, the log records, and the calls that channels received. */
async function send(
  path: string,
  headers: Record<string, string> = {},
  settings: Record<string, string> = {},
  body: string | null = null,
) {
  const records: Record<string, unknown>[] = []
  const keep = (line: string) => void records.push(JSON.parse(line))
  using _log = vi.spyOn(console, 'log').mockImplementation(keep)
  using _error = vi.spyOn(console, 'error').mockImplementation(keep)
  const channels = fakeChannels({ ...openHere, ...settings, LOG: 'json' })
  const response = await app.fetch(
    new Request(`https://circles.test${path}`, { method: body === null ? 'GET' : 'POST', headers, body }),
    channels.env,
  )
  return { response, records, seen: channels.seen }
}

const socket = { upgrade: 'websocket' }
const id = { 'x-request-id': 'mine-1' }

test('[W] the response returns the request id, and the channel gets the same id', async () => {
  const { response, seen, records } = await send(
    '/api/circles/dev/messages',
    { ...id, 'content-type': 'application/json' },
    {},
    '{"content":"hi"}',
  )
  expect(response.headers.get('x-request-id')).toBe('mine-1')
  expect(seen.map(({ caller }) => caller.request)).toEqual(['mine-1'])
  expect(records).toEqual([])
  expect((await send('/healthz')).response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('[W] an upgrade passes the id on to its channel', async () => {
  const { seen } = await send('/ws/circles/dev?name=ada', { ...socket, ...id })
  expect(seen.map(({ caller }) => caller.request)).toEqual(['mine-1'])
})

test('[A3] a refused upgrade is one record with its code, user and channel, and nothing of the credential', async () => {
  const token = await aToken(Date.now(), {}, 'signed with another secret, alas')
  const settings = { AUTH: 'token', AUTH_SECRET: 'only the tests sign with this secret' }
  const { response, records } = await send(`/ws/circles/Dev?token=${token}`, { ...socket, ...id }, settings)
  expect(response.status).toBe(401)
  expect(response.headers.get('x-request-id')).toBe('mine-1')
  const refusal = { event: 'refused', code: 'invalid_token', status: 401, method: 'GET', route: '/ws/*', user: null }
  expect(records).toEqual([
    { time: expect.any(String), level: 'warn', request: 'mine-1', channel: 'circle:dev', ...refusal },
  ])
})

test('[A5] a refusal names the user once the user is known', async () => {
  const settings = { AUTH: 'token', AUTH_SECRET: 'only the tests sign with this secret' }
  const authorization = `Bearer ${await aToken(Date.now(), { sub: 'eve', channels: { 'circle:x': 'member' } })}`
  const { records } = await send('/api/circles/x/events?limit=0', { authorization }, settings)
  expect(records).toMatchObject([{ code: 'invalid', route: '/api/circles/:name/events' }])
  const other = await send('/api/circles/dev/events', { authorization }, settings)
  expect(other.records).toMatchObject([{ code: 'forbidden', user: 'eve', channel: 'circle:dev' }])
})

test('[E2] no record contains an unknown path', async () => {
  const { records } = await send('/api/nothing/eyJhbGciOi')
  expect(records).toMatchObject([{ code: 'not_found' }])
  expect(JSON.stringify(records)).not.toContain('eyJ')
})

test('[E2] an internal error is one record with its stack, which the sender does not get', async () => {
  const { response, records } = await send('/api/users/ada/revoke', {}, {})
  expect(response.status).toBe(405)
  expect(records).toMatchObject([{ code: 'method_not_allowed', status: 405 }])
  const broken = await send('/api/circles', id) // these channels have no directory
  expect(broken.response.status).toBe(500)
  expect(broken.records).toMatchObject([{ event: 'fault', level: 'error', at: 'worker', request: 'mine-1' }])
  expect(await broken.response.text()).not.toContain('TypeError')
})

test('[E2] a flood of refused requests does not flood the log', async () => {
  let records = 0
  for (let request = 0; request < 100; request++) records += (await send('/api/circles/-/events')).records.length
  expect(records).toBe(30)
})

test.each(['{', '[]', '7', '{"sessions_per_user":0}', '{"session_per_user":1}'])(
  '[E2] with LIMITS=%s every request is refused, with a message that names the setting',
  async setting => {
    for (const path of ['/ws/circles/dev?name=ada', '/api/circles/dev/events', '/readyz']) {
      const { response, seen } = await send(path, socket, { LIMITS: setting })
      expect([response.status, seen]).toEqual([503, []])
      expect(await response.text()).toMatch(/"code":"unavailable","message":"LIMITS/)
    }
  },
)
