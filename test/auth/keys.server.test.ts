import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { secret } from '../support/tokens.ts'

const keysOf = (issuer: string) => ({
  ...{ AUTH: 'token', AUTH_SECRET: '', TICKET_SECRET: secret },
  AUTH_JWKS_URL: `${issuer}/keys`,
})

/** A real issuer: serves the public keys of `names` on two paths, ours and that of Cloudflare Access. */
async function anIssuer(...names: string[]) {
  const keys = await Promise.all(
    names.map(async kid => ({ kid, ...(await generateKeyPair('RS256', { extractable: true })) })),
  )
  const jwks = {
    keys: await Promise.all(keys.map(async ({ kid, publicKey }) => ({ kid, ...(await exportJWK(publicKey)) }))),
  }
  const server = createServer((_, response) => response.end(JSON.stringify(jwks))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => new Promise(resolve => server.close(() => resolve())))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the issuer has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    sign: (kid: string, claims: Record<string, unknown>) => {
      const key = keys.find(({ kid: name }) => name === kid)?.privateKey
      if (key === undefined) throw new Error(`no key ${kid}`)
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid })
        .setSubject('ada')
        .setExpirationTime('1h')
        .sign(key)
    },
  }
}

test('[A2] the keys of an issuer and Cloudflare Access assertions, in the real runtime', async () => {
  const issuer = await anIssuer('tokens')
  const access = await anIssuer('access')
  await using server = await startServer({
    ...keysOf(issuer.url),
    AUTH_ACCESS_TEAM: access.url,
    AUTH_ACCESS_AUDIENCE: 'circles',
    AUTH_ACCESS_CHANNELS: '{"circle:*":"member"}',
  })
  const requestTicket = async (headers: Record<string, string>) => {
    const response = await fetch(`${server.url}/api/tickets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"channel":"circle:a"}',
    })
    const body = (await response.json()) as { error?: { code: string } }
    return body.error?.code ?? response.status
  }
  const token = await issuer.sign('tokens', { channels: { 'circle:*': 'owner' } })
  const assertion = await access.sign('access', { iss: access.url, aud: ['circles'] })
  expect(await requestTicket({ authorization: `Bearer ${token}` })).toBe(201)
  expect(await requestTicket({ authorization: `Bearer ${assertion}` })).toBe('invalid_token')
  expect(await requestTicket({ 'cf-access-jwt-assertion': assertion })).toBe(201)
  expect(await requestTicket({ 'cf-access-jwt-assertion': token })).toBe('invalid_token')
  expect(
    await requestTicket({ 'cf-access-jwt-assertion': await access.sign('access', { iss: access.url, aud: 'other' }) }),
  ).toBe('invalid_token')
  expect(await requestTicket({})).toBe('missing_token')
})

test('[A2] requests are refused with 503 if the issuer is unreachable', async () => {
  const issuer = await anIssuer('tokens')
  await using server = await startServer(keysOf('http://127.0.0.1:1'))
  const headers = { authorization: `Bearer ${await issuer.sign('tokens', {})}` }
  const response = await fetch(`${server.url}/api/circles/a/events`, { headers })
  expect([response.status, await response.json()]).toEqual([
    503,
    { error: { code: 'unavailable', message: expect.any(String) } },
  ])
})
