import { expect, test } from 'vitest'
import { callerHeader, refusedHeader } from '../../../src/rooms/sessions/caller-context.ts'
import { app } from '../../support/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'
import { aToken, secret } from '../../support/tokens.ts'

const here = 'https://circles.test'

/** A Worker under tokens, whose circle answers with `answer`. */
async function deployment(answer: () => Response = () => Response.json({ ok: true })) {
  const { env, seen, answers } = fakeChannels({
    AUTH: 'token',
    AUTH_SECRET: secret,
    ALLOWED_ORIGINS: 'https://page.test',
  })
  answers.upgrade = answer
  const token = await aToken(Date.now(), { sub: 'ada', name: 'Ada', channels: { 'circle:dev': 'reader' } })
  const ask = (path: string, { headers, ...init }: RequestInit = {}) => {
    const all = { authorization: `Bearer ${token}`, ...(headers as Record<string, string>) }
    return app.fetch(new Request(`${here}/api/circles/${path}`, { ...init, headers: all }), env)
  }
  return { seen, ask, env }
}

test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'REPORT'])(
  'a request of the method %s reaches the code of the circle, with the path after /x and who asks',
  async method => {
    const { seen, ask } = await deployment()
    expect((await ask('Dev/x/polls/1?full=1', { method })).status).toBe(200)
    const [{ object, caller, request } = {}] = seen
    expect([object, caller?.principal?.id, caller?.principal?.role]).toEqual(['circle:dev', 'ada', 'reader'])
    expect([request?.method, request?.url]).toEqual([method, 'https://circle/polls/1?full=1'])
  },
)

test('[A5] nobody asks without a role: not without a token, and not with one for other circles', async () => {
  const { seen, ask, env } = await deployment()
  expect((await app.fetch(new Request(`${here}/api/circles/dev/x/polls`), env)).status).toBe(401)
  expect((await ask('other/x/polls')).status).toBe(403)
  expect(seen).toEqual([])
})

test('the circle’s code sees no credentials, and no request of its own is an upgrade', async () => {
  const { seen, ask } = await deployment()
  const headers = { cookie: 'user=ada', upgrade: 'websocket', 'x-own': '1', [callerHeader]: 'forged' }
  expect((await ask('dev/x/polls', { headers })).status).toBe(200)
  const sent = seen[0]?.request?.headers
  const names = ['cookie', 'authorization', 'upgrade', 'x-own']
  expect(names.map(name => sent?.get(name))).toEqual([null, null, null, '1'])
  expect(seen[0]?.caller.principal?.id).toBe('ada')
})

test('a body of at most 1 MiB arrives as it is; a longer one is refused', async () => {
  const { seen, ask } = await deployment()
  const bytes = new Uint8Array(1_048_576).fill(7)
  expect((await ask('dev/x/upload', { method: 'POST', body: bytes })).status).toBe(200)
  expect(new Uint8Array((await seen[0]?.request?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(bytes)
  const tooLong = await ask('dev/x/upload', { method: 'POST', body: new Uint8Array(1_048_577) })
  expect([tooLong.status, await tooLong.json()]).toMatchObject([413, { error: { code: 'too_large' } }])
  expect(seen).toHaveLength(1)
})

test('a response streams, with its status and headers; cookies and CORS headers are the Worker’s', async () => {
  let end = () => {}
  const { ask } = await deployment(() => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('first'))
        end = () => controller.close()
      },
    })
    const headers = { 'x-own': '1', 'set-cookie': 'user=eve', 'access-control-allow-origin': '*' }
    return new Response(body, { status: 202, headers })
  })
  const response = await ask('dev/x/feed', { headers: { origin: 'https://page.test' } })
  const { headers } = response
  expect([response.status, headers.get('x-own'), headers.get('set-cookie')]).toEqual([202, '1', null])
  expect(headers.get('access-control-allow-origin')).toBe('https://page.test')
  const reader = response.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toBe('first') // before it is over
  end()
  expect(await reader?.read()).toMatchObject({ done: true })
})

test('[E2] what the circle refuses, as for its pace, is answered as everywhere', async () => {
  const refusal = { code: 'rate_limited', message: 'Too fast.', retry_after_ms: 2_000 }
  const { ask } = await deployment(() => Response.json(refusal, { headers: { [refusedHeader]: refusal.code } }))
  const response = await ask('dev/x/polls')
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2'])
  expect(await response.json()).toMatchObject({ error: { code: 'rate_limited' } })
})
