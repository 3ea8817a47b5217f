import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { app } from '../support/app.ts'
import { fakeChannels } from '../support/fake-channels.ts'
import { secret } from '../support/tokens.ts'

const seed = 20261121

const piece = fc.oneof(
  fc.constantFrom('ws', 'api', 'circles', 'chat', 'agents', 'messages', 'events', 'tickets', 'lobby', '%2F', '..', '~'),
  fc.webSegment(),
)
const path = fc.array(piece, { maxLength: 5 }).map(pieces => `/${pieces.join('/')}`)
const query = fc.dictionary(
  fc.constantFrom('token', 'ticket', 'name', 'since', 'epoch', 'circle', 'limit', 'after', 'before', '__proto__'),
  fc.string(),
)
const byte = fc.integer({ min: 0x20, max: 0xff }).filter(code => code !== 0x7f)
const value = fc.array(byte, { maxLength: 40 }).map(codes => String.fromCharCode(...codes))
const headers = fc.dictionary(
  fc.constantFrom(
    'authorization',
    'content-type',
    'cookie',
    'idempotency-key',
    'origin',
    'sec-websocket-protocol',
    'upgrade',
    'x-circles-visit',
  ),
  fc.oneof(value, fc.constantFrom('websocket', 'circles.v1', 'Bearer x', 'application/json', 'https://circles.test')),
)
const randomRequest = fc.record({
  path,
  query,
  headers,
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  body: fc.json(),
})

test.each([{ AUTH: 'open' }, { AUTH: 'token', AUTH_SECRET: secret }, {}])(
  '[E2] every request under %j gets a response, errors have one shape, and nothing is thrown',
  async settings => {
    const logged = vi.spyOn(console, 'error')
    const property = fc.asyncProperty(randomRequest, async ({ path, query, headers, method, body }) => {
      const url = `https://circles.test${path}?${new URLSearchParams(query)}`
      const request = new Request(url, { method, headers, ...(method !== 'GET' && { body }) })
      const response = await app.fetch(request, fakeChannels(settings).env)
      const text = await response.text()
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      if (response.ok) return
      expect(response.status).toBeLessThan(500)
      expect(JSON.parse(text)).toEqual({ error: { code: expect.any(String), message: expect.any(String) } })
    })
    await fc.assert(property, { seed, numRuns: 1_000 })
    expect(logged).not.toHaveBeenCalled()
    logged.mockRestore()
  },
)
