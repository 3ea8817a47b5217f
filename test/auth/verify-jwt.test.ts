import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import type { TokenCheck } from '../../src/auth/policy.ts'
import { verifyJwt } from '../../src/auth/verify-jwt.ts'
import { aToken, secret, tokenCheck } from '../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const seconds = now / 1000

const check: TokenCheck = {
  ...tokenCheck,
  issuer: 'https://issuer.test',
  audience: 'circles',
}
const right = { iss: 'https://issuer.test', aud: 'circles' }
const signed = (claims: Record<string, unknown> = {}) => aToken(now, { ...right, ...claims })

test('[A2] a valid token gives the user, their grants and the expiry', async () => {
  expect(await verifyJwt(await signed({ name: 'Ada', channels: { 'circle:dev-*': 'owner' } }), check, now)).toEqual({
    id: 'ada',
    name: 'Ada',
    grants: [['circle:dev-*', 'owner']],
    expires: now + 3_600_000,
    issued: now + 3_600_000 - 86_400_000, // no `iat`: the earliest possible time
  })
  expect(await verifyJwt(await signed({ iat: seconds - 60 }), check, now)).toMatchObject({ issued: now - 60_000 })
  expect(await verifyJwt(await signed({ iat: seconds + 5 }), check, now)).toMatchObject({ issued: now + 5_000 })
  expect(await verifyJwt(await signed({ iat: -Number.MAX_VALUE }), check, now)).toMatchObject({ issued: 0 })
})

test.each<[string, string, () => Promise<string>]>([
  ['an expired token', 'token_expired', () => signed({ exp: seconds - 1 })],
  ['a token that expires now', 'token_expired', () => signed({ exp: seconds })],
  ['no exp', 'invalid_token', () => signed({ exp: undefined })],
  ['exp as text', 'invalid_token', () => signed({ exp: String(seconds + 60) })],
  ['an exp beyond the range of dates', 'invalid_token', () => signed({ exp: Number.MAX_VALUE })],
  ['an exp more than a day ahead', 'invalid_token', () => signed({ exp: seconds + 86_400 + 6 })],
  ['an iat in the future', 'invalid_token', () => signed({ iat: seconds + 6 })],
  ['an iat far in the future', 'invalid_token', () => signed({ iat: seconds + 86_000 })],
  ['an endless iat', 'invalid_token', () => signed({ iat: Number.MAX_VALUE })],
  ['an iat as text', 'invalid_token', () => signed({ iat: String(seconds) })],
  ['no sub', 'invalid_token', () => signed({ sub: undefined })],
  ['an empty sub', 'invalid_token', () => signed({ sub: '' })],
  ['a number as sub', 'invalid_token', () => signed({ sub: 7 })],
  ['a sub with the prefix of agents', 'invalid_token', () => signed({ sub: 'agent:pickle' })],
  ['a sub with the prefix of guests', 'invalid_token', () => signed({ sub: 'guest:ada' })],
  ['a sub with a prefix in capitals', 'invalid_token', () => signed({ sub: 'Agent:pickle' })],
  ['a sub with a prefix in full width', 'invalid_token', () => signed({ sub: 'ａgent：pickle' })],
  ['a sub with a mark that reverses text', 'invalid_token', () => signed({ sub: '\u202eada' })],
  ['a sub with an invisible character', 'invalid_token', () => signed({ sub: 'ada\u3164' })],
  ['a sub that shows nothing', 'invalid_token', () => signed({ sub: '\u2800' })],
  ['a sub that is a folder in a URL', 'invalid_token', () => signed({ sub: '.' })],
  ['a sub that is the folder above', 'invalid_token', () => signed({ sub: '..' })],
  ['a sub with a space at its end', 'invalid_token', () => signed({ sub: 'ada ' })],
  ['a sub of 129 bytes', 'invalid_token', () => signed({ sub: 'a'.repeat(129) })],
  ['a sub with a line break', 'invalid_token', () => signed({ sub: 'ada\nadmin' })],
  ['another issuer', 'invalid_token', () => signed({ iss: 'https://elsewhere.test' })],
  ['no issuer', 'invalid_token', () => signed({ iss: undefined })],
  ['another audience', 'invalid_token', () => signed({ aud: 'other' })],
  ['no audience', 'invalid_token', () => signed({ aud: undefined })],
  ['an nbf in the future', 'invalid_token', () => signed({ nbf: seconds + 60 })],
  ['another key', 'invalid_token', () => aToken(now, right, 'somebody else signs with this secret')],
  ['alg none', 'invalid_token', async () => unsecured()],
  ['alg none in mixed case', 'invalid_token', async () => withHeader({ alg: 'nOnE' }, '')],
  ['HS512 with the right key', 'invalid_token', () => signedAs('HS512')],
  ['RS256 with an unknown key', 'invalid_token', () => signedByKeyPair()],
  ['a key in its own header', 'invalid_token', () => signedWithOwnKey()],
  ['an extension that must be understood', 'invalid_token', () => signedWithCrit()],
  ['an empty string', 'invalid_token', async () => ''],
  ['garbage', 'invalid_token', async () => 'garbage'],
  ['garbage in three parts', 'invalid_token', async () => 'a.b.c'],
  ['non-ASCII text', 'invalid_token', async () => 'é.ü.ñ'],
  ['five parts, like an encrypted token', 'invalid_token', async () => 'a.b.c.d.e'],
  ['a truncated token', 'invalid_token', async () => (await signed()).slice(0, -5)],
  ['a token with a bit changed', 'invalid_token', async () => flipped(await signed())],
  ['claims that are an array', 'invalid_token', async () => withClaims('[1]')],
  ['100 KB', 'invalid_token', async () => 'x'.repeat(100_000)],
  ['a valid token of more than 8 KiB', 'invalid_token', () => signed({ filler: 'x'.repeat(8_192) })],
])('[A2] %s is %s, and the message does not contain it', async (_, code, token) => {
  const text = await token()
  const result = await verifyJwt(text, check, now)
  expect(result).toEqual({ denied: code, message: expect.any(String) })
  if (text.length > 8) expect(JSON.stringify(result)).not.toContain(text.slice(0, 8))
})

test('[A2] without a configured issuer and audience a token may have any or none', async () => {
  const lax = { ...check, issuer: null, audience: null }
  expect(await verifyJwt(await signed(), lax, now)).toMatchObject({ id: 'ada' })
  expect(await verifyJwt(await aToken(now), lax, now)).toMatchObject({ id: 'ada' })
})

test("[A2] the issuer's clock may be five seconds ahead of ours", async () => {
  expect(await verifyJwt(await signed({ nbf: seconds + 5 }), check, now)).toMatchObject({ id: 'ada' })
  expect(await verifyJwt(await signed({ exp: seconds + 86_405 }), check, now)).toMatchObject({ id: 'ada' })
})

test('[A2] the lifetime of a token is limited by the configuration', async () => {
  const strict = { ...check, maxTtl: 600 }
  expect(await verifyJwt(await signed({ exp: seconds + 600 }), strict, now)).toMatchObject({ expires: now + 600_000 })
  expect(await verifyJwt(await signed({ exp: seconds + 700 }), strict, now)).toMatchObject({ denied: 'invalid_token' })
})

test.each<[string, Record<string, unknown>, string]>([
  ['its name', { name: ' Ada  Lovelace ' }, 'Ada Lovelace'],
  ['its mail address, where there is no name', { email: 'ada@circles.test' }, 'ada@circles.test'],
  ['its sub, where there is neither', {}, 'ada'],
  ['its sub, where the name would look like an agent', { name: 'agent:pickle' }, 'ada'],
  ['its sub, where the name is not a string', { name: { toString: 'x' } }, 'ada'],
  ['its name without characters that hide or reverse text', { name: '\u202eadA\u200b' }, 'adA'],
])('[A2] the name of a person is %s', async (_, claims, name) => {
  expect(await verifyJwt(await signed(claims), check, now)).toMatchObject({ name })
})

test('[A2] grants in the configuration replace those in the token', async () => {
  const fixed: TokenCheck = { ...check, grants: [['circle:*', 'reader']] }
  expect(await verifyJwt(await signed({ channels: { '*': 'owner' } }), fixed, now)).toMatchObject({
    grants: [['circle:*', 'reader']],
  })
})

const claims = { ...right, sub: 'ada', exp: seconds + 3600 }
const key = new TextEncoder().encode(secret)
const part = (text: string) => Buffer.from(text).toString('base64url')

function unsecured() {
  return new UnsecuredJWT(claims).encode()
}

function withHeader(header: object, signature: string) {
  return `${part(JSON.stringify(header))}.${part(JSON.stringify(claims))}.${signature}`
}

async function withClaims(json: string) {
  const good = await signed()
  return good.replace(/\..*\./, `.${part(json)}.`)
}

function signedAs(alg: string) {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(key)
}

async function signedByKeyPair() {
  const { privateKey } = await generateKeyPair('RS256')
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
}

function signedWithOwnKey() {
  const jwk = { kty: 'oct', k: part('a key that came with the token, yes') }
  const own = new TextEncoder().encode('a key that came with the token, yes')
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', jwk }).sign(own)
}

function signedWithCrit() {
  const header = { alg: 'HS256', crit: ['circles'], circles: true }
  return new SignJWT(claims).setProtectedHeader(header).sign(key, { crit: { circles: true } })
}

function flipped(token: string) {
  const at = token.lastIndexOf('.') + 3
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

test('[A2] a token that the secret before signed is accepted, and one by a third secret is not', async () => {
  const next = new TextEncoder().encode('the secret that replaces the other one')
  const third = new TextEncoder().encode('the secret that was there long before')
  const old = new TextEncoder().encode(secret)
  const rotated: TokenCheck = { ...check, keys: { secrets: [next, old] } }
  expect(await verifyJwt(await signed(), rotated, now)).toMatchObject({ id: 'ada' })
  expect(await verifyJwt(await signed({ exp: seconds - 1 }), rotated, now)).toMatchObject({ denied: 'token_expired' })
  const without: TokenCheck = { ...check, keys: { secrets: [next, third] } }
  expect(await verifyJwt(await signed(), without, now)).toMatchObject({ denied: 'invalid_token' })
})
