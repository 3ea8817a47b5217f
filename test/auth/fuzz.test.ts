import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matches, readGrants, roleIn } from '../../src/auth/grants.ts'
import { parseResource } from '../../src/auth/resource.ts'
import { readTicket } from '../../src/auth/ticket.ts'
import { verifyJwt } from '../../src/auth/verify-jwt.ts'
import { builtinKinds } from '../../src/protocol/channels/channel-kinds.ts'
import { aToken, secret, tokenCheck } from '../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const key = new TextEncoder().encode(secret)
const seed = 20261121

test('[A2] a pattern matches the same as the equivalent regular expression', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*'), maxLength: 8 })
  const same = fc.property(pattern, text, (glob, text) => {
    expect(matches(glob, text)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text))
  })
  fc.assert(same, { seed, numRuns: 20_000 })
})

test('[A2] any JSON as `channels` is read without a throw and grants only roles of people', () => {
  const holds = fc.property(fc.json({ maxDepth: 3 }), fc.string(), (json, channel) => {
    const grants = readGrants(JSON.parse(json))
    expect([null, 'reader', 'member', 'moderator', 'owner']).toContain(roleIn(channel, grants))
  })
  fc.assert(holds, { seed, numRuns: 5_000 })
})

test('[A2] any text as a token is denied without a throw', async () => {
  const part = fc.oneof(
    fc.base64String(),
    fc.json().map(json => Buffer.from(json).toString('base64url')),
    fc.string(),
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(part, { minLength: 2, maxLength: 6 }).map(parts => parts.join('.')),
  )
  const denied = fc.asyncProperty(text, async token => {
    expect(await verifyJwt(token, tokenCheck, now)).toMatchObject({ denied: 'invalid_token' })
    expect(await readTicket(token, [key], now)).toMatchObject({ denied: 'invalid_token' })
  })
  await fc.assert(denied, { seed, numRuns: 1_000 })
})

test('[A2] a valid token with any character changed is invalid', async () => {
  const valid = await aToken(now)
  // Not the last one: its low bits are outside the signature, so two characters can mean the same.
  const changed = fc.record({ at: fc.nat(valid.length - 2), by: fc.string({ minLength: 1, maxLength: 1 }) })
  const denied = fc.asyncProperty(changed, async ({ at, by }) => {
    fc.pre(valid[at] !== by)
    const token = valid.slice(0, at) + by + valid.slice(at + 1)
    expect(await verifyJwt(token, tokenCheck, now)).toMatchObject({ denied: 'invalid_token' })
  })
  await fc.assert(denied, { seed, numRuns: 1_000 })
})

test('[A2] signed claims of any kind give claims or an error, never a throw', async () => {
  const claims = fc.record(
    {
      sub: fc.oneof(fc.string(), fc.jsonValue()),
      exp: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.jsonValue()),
      nbf: fc.oneof(fc.integer(), fc.jsonValue()),
      name: fc.jsonValue(),
      channels: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const holds = fc.asyncProperty(claims, async signed => {
    const result = await verifyJwt(await aToken(now, signed), tokenCheck, now)
    if ('denied' in result) return
    expect(result).toEqual({
      id: expect.any(String),
      name: expect.any(String),
      grants: expect.any(Array),
      expires: expect.any(Number),
      issued: expect.any(Number),
    })
    expect(result.expires).toBeGreaterThan(now)
  })
  await fc.assert(holds, { seed, numRuns: 1_000 })
})

test('[C2] a resource is read as its lower-case form, or not at all', () => {
  const text = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom('circle', 'workspace', 'agent', 'chat', 'room'), fc.string()).map(pair => pair.join(':')),
  )
  const canonical = fc.property(text, written => {
    const resource = parseResource(written, builtinKinds)
    if (resource === null) return
    expect(resource).toBe(written.toLowerCase())
    expect(parseResource(resource, builtinKinds)).toBe(resource)
  })
  fc.assert(canonical, { seed, numRuns: 20_000 })
})
