import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { JwksCache } from '../../src/auth/jwks.ts'
import type { TokenCheck } from '../../src/auth/policy.ts'
import { verifyJwt } from '../../src/auth/verify-jwt.ts'
import { tokenCheck } from '../support/tokens.ts'

const start = Date.UTC(2026, 10, 21, 12)
const minute = 60_000

/** An issuer with a real server whose responses can be changed. */
async function anIssuer() {
  const served: { status: number; body: string; requests: number } = { status: 200, body: '{"keys":[]}', requests: 0 }
  const server = createServer((_, response) => {
    served.requests++
    response.writeHead(served.status, { 'content-type': 'application/json', location: '/elsewhere' }).end(served.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise(resolve => server.close(() => resolve())))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const check: TokenCheck = {
    ...tokenCheck,
    keys: { jwks: new JwksCache(`http://127.0.0.1:${address.port}/keys`) },
    algorithms: ['RS256', 'ES256', 'EdDSA'],
  }
  return {
    served,
    check,
    publish: (...keys: JWK[]) => {
      served.body = JSON.stringify({ keys })
    },
    verify: async (token: string, now = start) => {
      const result = await verifyJwt(token, check, now)
      return 'denied' in result ? result.denied : result.id
    },
  }
}

async function aKey(alg: string, kid: string = alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg }
  const sign = () =>
    new SignJWT({ sub: 'ada', exp: start / 1000 + 7200 }).setProtectedHeader({ alg, kid }).sign(privateKey)
  return { jwk, token: await sign() }
}

test.each(['RS256', 'ES256', 'EdDSA'])('[A2] %s with a key of the issuer', async alg => {
  const issuer = await anIssuer()
  const { jwk, token } = await aKey(alg)
  issuer.publish(jwk)
  expect(await issuer.verify(token)).toBe('ada')
})

test('[A2] a public key is not accepted as a secret, nor a secret among the keys', async () => {
  const issuer = await anIssuer()
  const { jwk } = await aKey('RS256')
  const k = Buffer.from(JSON.stringify(jwk)).toString('base64url')
  issuer.publish(jwk, { kty: 'oct', k, kid: 'oct', alg: 'HS256' })
  const swapped = await new SignJWT({ sub: 'ada', exp: start / 1000 + 7200 })
    .setProtectedHeader({ alg: 'HS256', kid: 'oct' })
    .sign(Buffer.from(k, 'base64url'))
  expect(await issuer.verify(swapped)).toBe('invalid_token')
})

test('[A2] keys are fetched once, and again when they are five minutes old', async () => {
  const issuer = await anIssuer()
  const { jwk, token } = await aKey('ES256')
  issuer.publish(jwk)
  for (const at of [0, 1, 5]) expect(await issuer.verify(token, start + at * minute)).toBe('ada')
  expect(issuer.served.requests).toBe(1)
  expect(await issuer.verify(token, start + 5 * minute + 1)).toBe('ada')
  expect(issuer.served.requests).toBe(2)
})

test('[A2] a new key is fetched at once, also right after a fetch; unknown ones are searched for once a minute', async () => {
  const issuer = await anIssuer()
  const [old, next, foreign] = await Promise.all([aKey('ES256', 'old'), aKey('ES256', 'next'), aKey('ES256', 'no')])
  issuer.publish(old.jwk)
  await issuer.verify(old.token)
  issuer.publish(old.jwk, next.jwk)
  expect(await issuer.verify(next.token)).toBe('ada')
  expect(issuer.served.requests).toBe(2)
  for (let ms = 0; ms < 50; ms++) expect(await issuer.verify(foreign.token, start + ms)).toBe('unavailable')
  expect(issuer.served.requests).toBe(2)
  expect(await issuer.verify(foreign.token, start + minute)).toBe('invalid_token') // the issuer was asked, and has no such key
  expect(issuer.served.requests).toBe(3)
})

test('[A2] a key that nobody can be asked for now is unavailable, and the answer says for how long', async () => {
  const issuer = await anIssuer()
  const [old, next] = await Promise.all([aKey('ES256', 'old'), aKey('ES256', 'next')])
  issuer.publish(old.jwk)
  await issuer.verify(old.token)
  issuer.served.status = 503
  expect(await issuer.verify(next.token, start + 1_000)).toBe('unavailable')
  const denied = await verifyJwt(next.token, issuer.check, start + 11_000)
  expect(denied).toEqual({ denied: 'unavailable', message: expect.stringContaining('50 s'), retryAfterMs: 50_000 })
  issuer.served.status = 200
  issuer.publish(old.jwk, next.jwk)
  expect(await issuer.verify(next.token, start + 1_000 + minute)).toBe('ada')
})

test.each<[string, number, string]>([
  ['an error', 500, '{"keys":[]}'],
  ['a redirect', 302, ''],
  ['invalid JSON', 200, '<html>'],
  ['JSON that is not a key set', 200, '{"keys":"none"}'],
])(
  '[A2] an issuer that responds with %s makes tokens unavailable, and is asked again after a minute',
  async (_, status, body) => {
    const issuer = await anIssuer()
    const { jwk, token } = await aKey('ES256')
    Object.assign(issuer.served, { status, body })
    expect(await issuer.verify(token)).toBe('unavailable')
    expect(await issuer.verify(token, start + minute - 1)).toBe('unavailable')
    expect(issuer.served.requests).toBe(1)
    issuer.served.status = 200
    issuer.publish(jwk)
    expect(await issuer.verify(token, start + minute)).toBe('ada')
  },
)

test('[A2] when an issuer goes down its keys are used for ten minutes, and it is asked once a minute', async () => {
  const issuer = await anIssuer()
  const { jwk, token } = await aKey('ES256')
  issuer.publish(jwk)
  await issuer.verify(token)
  issuer.served.status = 503
  const results: string[] = []
  for (const at of [6, 7, 8, 9, 10, 10.5, 11]) results.push(await issuer.verify(token, start + at * minute))
  expect(results).toEqual(['ada', 'ada', 'ada', 'ada', 'ada', 'unavailable', 'unavailable'])
  expect(issuer.served.requests).toBe(7)
})

test('[A2] an issuer that cannot be reached is unavailable', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { token } = await aKey('ES256')
  const jwks = new JwksCache(`http://127.0.0.1:${port}/keys`)
  const check = { ...tokenCheck, keys: { jwks }, algorithms: ['ES256'] }
  expect(await verifyJwt(token, check, start)).toMatchObject({ denied: 'unavailable' })
})

test('[A2] concurrent requests before the first fetch all get the keys', async () => {
  const issuer = await anIssuer()
  const { jwk, token } = await aKey('ES256')
  issuer.publish(jwk)
  expect(await Promise.all(Array.from({ length: 5 }, () => issuer.verify(token)))).toEqual(Array(5).fill('ada'))
})
