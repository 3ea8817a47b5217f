import { expect, test } from 'vitest'
import { readPolicy } from '../../src/auth/policy.ts'
import type { AuthSettings } from '../../src/auth/settings.ts'
import { secret, tokenCheck } from '../support/tokens.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

const withSecret = { AUTH: 'token', AUTH_SECRET: secret }
const jwks = { AUTH: 'token', AUTH_JWKS_URL: 'https://issuer.test/keys', TICKET_SECRET: secret }
const access = { AUTH_ACCESS_TEAM: 'https://team.cloudflareaccess.com', AUTH_ACCESS_AUDIENCE: 'aud' }

test.each<[string, AuthSettings, RegExp]>([
  ['nothing', {}, /^Set AUTH /],
  ['an empty AUTH', { AUTH: '' }, /^Set AUTH /],
  ['an unknown AUTH', { AUTH: 'Open' }, /^Set AUTH /],
  ['only a secret', { AUTH_SECRET: secret }, /^Set AUTH /],
  ['token and no key', { AUTH: 'token' }, /set AUTH_SECRET .* or AUTH_JWKS_URL/],
  ['token and an empty key', { AUTH: 'token', AUTH_SECRET: '' }, /set AUTH_SECRET .* or AUTH_JWKS_URL/],
  ['a short secret', { AUTH: 'token', AUTH_SECRET: 'x'.repeat(31) }, /^AUTH_SECRET is too short/],
  ['a short secret under open', { AUTH: 'open', AUTH_SECRET: 'x' }, /^AUTH_SECRET is too short/],
  ['only the secret before', { AUTH: 'token', AUTH_SECRET_PREVIOUS: secret }, /set that one as well/],
  ['a short secret before', { ...withSecret, AUTH_SECRET_PREVIOUS: 'x' }, /^AUTH_SECRET_PREVIOUS is/],
  ['a secret and keys', { ...jwks, AUTH_SECRET: secret }, /not both/],
  ['keys without a ticket secret', { ...jwks, TICKET_SECRET: '' }, /also requires TICKET_SECRET/],
  ['keys and a short ticket secret', { ...jwks, TICKET_SECRET: 'x' }, /^TICKET_SECRET is too short/],
  ['keys over plain HTTP', { ...jwks, AUTH_JWKS_URL: 'http://issuer.test/keys' }, /https/],
  ['a file URL for keys', { ...jwks, AUTH_JWKS_URL: 'file:///keys' }, /https/],
  ['an invalid URL for keys', { ...jwks, AUTH_JWKS_URL: 'issuer' }, /https/],
  ['a lifetime that is not a number', { ...jwks, AUTH_MAX_TTL: '1 day' }, /AUTH_MAX_TTL/],
  ['a lifetime of zero', { ...jwks, AUTH_MAX_TTL: '0' }, /AUTH_MAX_TTL/],
  ['any origin', { ...jwks, ALLOWED_ORIGINS: '*' }, /ALLOWED_ORIGINS/],
  ['an origin with a path', { ...jwks, ALLOWED_ORIGINS: 'https://a.test/x' }, /ALLOWED_ORIGINS/],
  ['the origin null', { ...jwks, ALLOWED_ORIGINS: 'null' }, /ALLOWED_ORIGINS/],
  ['Access without its audience', { ...jwks, ...access, AUTH_ACCESS_AUDIENCE: '' }, /AUTH_ACCESS_AUDIENCE/],
  ['Access without grants', { ...jwks, ...access }, /AUTH_ACCESS_CHANNELS/],
  ['Access with invalid grants', { ...jwks, ...access, AUTH_ACCESS_CHANNELS: '{"a":"b"}' }, /JSON like/],
  ['Access with grants that are not JSON', { ...jwks, ...access, AUTH_ACCESS_CHANNELS: 'all' }, /JSON like/],
])('[A1] %s admits nobody, and the message says what to set', (_, settings, message) => {
  expect(readPolicy(settings)).toEqual({ kind: 'unconfigured', message: expect.stringMatching(message) })
})

test('[A1] no message repeats a secret', () => {
  for (const settings of [
    { AUTH: 'open', AUTH_SECRET: 's3cr3t' },
    { ...jwks, TICKET_SECRET: 's3cr3t' },
  ]) {
    expect(JSON.stringify(readPolicy(settings))).not.toContain('s3cr3t')
  }
})

test('[A1] open needs nothing else', () => {
  expect(readPolicy({ AUTH: 'open' })).toMatchObject({ kind: 'open', tokens: null, access: null, origins: [] })
})

test('[A2] a secret means HS256 and nothing else', () => {
  expect(readPolicy({ ...withSecret, AUTH_ISSUER: 'me', AUTH_AUDIENCE: 'us' })).toMatchObject({
    kind: 'token',
    tokens: { ...tokenCheck, issuer: 'me', audience: 'us' },
    ticketSecrets: [bytes(secret)],
  })
})

test('[A2] the secret before is accepted beside the present one, for tokens and for tickets', () => {
  const previous = 'the secret that was there before it'
  const secrets = [bytes(secret), bytes(previous)]
  expect(readPolicy({ ...withSecret, AUTH_SECRET_PREVIOUS: previous })).toMatchObject({
    tokens: { keys: { secrets } },
    ticketSecrets: secrets,
  })
})

test('[A2] a key set means public keys and nothing else; tickets have their own secret', () => {
  expect(readPolicy({ ...jwks, AUTH_MAX_TTL: '600' })).toMatchObject({
    tokens: { keys: { jwks: {} }, algorithms: ['RS256', 'ES256', 'EdDSA'], issuer: null, audience: null, maxTtl: 600 },
    ticketSecrets: [bytes(secret)],
  })
})

test('[A2] two policies with the same key URL share its cache', () => {
  const [first, second] = [readPolicy(jwks), readPolicy(jwks)]
  expect(first).toEqual(second)
  expect(first.kind === 'token' && first.tokens?.keys).toEqual({ jwks: expect.anything() })
  const cacheOf = (policy: typeof first) =>
    policy.kind === 'token' && policy.tokens && 'jwks' in policy.tokens.keys && policy.tokens.keys.jwks
  expect(cacheOf(first)).toBe(cacheOf(second))
})

test('[A2] users of Cloudflare Access have the rights that the configuration grants', () => {
  const settings = { ...jwks, ...access, AUTH_ACCESS_CHANNELS: '{"circle:*":"member"}' }
  expect(readPolicy({ ...settings, AUTH_ACCESS_TEAM: `${access.AUTH_ACCESS_TEAM}/` })).toMatchObject({
    access: {
      algorithms: ['RS256'],
      issuer: 'https://team.cloudflareaccess.com',
      audience: 'aud',
      grants: [['circle:*', 'member']],
    },
  })
})

test('[A7] origins are separated by commas', () => {
  expect(readPolicy({ ...jwks, ALLOWED_ORIGINS: ' https://A.test, http://b.test:8080/ ,' })).toMatchObject({
    origins: ['https://a.test', 'http://b.test:8080'],
  })
})
