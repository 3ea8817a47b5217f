import { expect, test } from 'vitest'
import { authenticate, type Credentials } from '../../src/auth/authenticate.ts'
import type { Configured, TokenCheck } from '../../src/auth/policy.ts'
import { type Ticket, writeTicket } from '../../src/auth/ticket.ts'
import { aToken, secret } from '../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const key = new TextEncoder().encode(secret)
const tokens: TokenCheck = {
  keys: { secret: key },
  algorithms: ['HS256'],
  issuer: null,
  audience: null,
  maxTtl: 86_400,
  grants: null,
}
const token: Configured = { kind: 'token', tokens, access: null, ticketSecret: key, origins: [] }
const open: Configured = { ...token, kind: 'open', tokens: null }

const none: Credentials = {
  authorization: null,
  offeredTicket: null,
  ticket: null,
  token: null,
  assertion: null,
  name: null,
}
const anyTicket: Ticket = {
  id: 't1',
  resource: 'circle:dev',
  principal: { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null },
  expires: now + 30_000,
}

/** Who it is in one word: `token ada`, `ticket t1`, `guest:ada`, `nothing` or the code of the denial. */
async function who(policy: Configured, given: Partial<Credentials>) {
  const caller = await authenticate(policy, { ...none, ...given }, now)
  if ('denied' in caller) return caller.denied
  if (caller.by === 'token') return `token ${caller.claims.id}`
  if (caller.by === 'ticket') return `ticket ${caller.ticket.id}`
  return caller.by === 'name' ? caller.principal.id : caller.by
}

test('[A3] bearer, offered ticket, ?ticket=, ?token=: the first that is there decides', async () => {
  const [bearer, inQuery, offered, ticket] = await Promise.all([
    aToken(now, { sub: 'bearer' }),
    aToken(now, { sub: 'query' }),
    writeTicket({ ...anyTicket, id: 'offered' }, key),
    writeTicket({ ...anyTicket, id: 'query' }, key),
  ])
  const all = { authorization: `Bearer ${bearer}`, offeredTicket: offered, ticket, token: inQuery }
  expect(await who(token, all)).toBe('token bearer')
  expect(await who(token, { ...all, authorization: null })).toBe('ticket offered')
  expect(await who(token, { ...all, authorization: null, offeredTicket: null })).toBe('ticket query')
  expect(await who(token, { token: inQuery })).toBe('token query')
  expect(await who(token, {})).toBe('nothing')
})

test('[A3] a bad credential is not made good by a better one behind it', async () => {
  const good = await aToken(now)
  expect(await who(token, { authorization: 'Bearer bad', token: good })).toBe('invalid_token')
  expect(await who(token, { authorization: 'Bearer', token: good })).toBe('invalid_token')
  expect(await who(token, { offeredTicket: '', token: good })).toBe('invalid_token')
  expect(await who(token, { ticket: 'bad', token: good })).toBe('invalid_token')
  expect(await who(token, { token: '' })).toBe('invalid_token')
})

test('[A3] the scheme is read without case, and another scheme is no credential of ours', async () => {
  expect(await who(token, { authorization: `bEARER   ${await aToken(now)} ` })).toBe('token ada')
  expect(await who(token, { authorization: 'Basic YWRhOmFkYQ==' })).toBe('nothing')
})

test('[A2] an assertion of Cloudflare Access counts only where it is configured, and last', async () => {
  const assertion = await aToken(now, { sub: 'someone' })
  const behindAccess: Configured = { ...token, access: { ...tokens, grants: [['circle:*', 'reader']] } }
  expect(await who(token, { assertion })).toBe('nothing')
  expect(await who(behindAccess, { assertion })).toBe('token someone')
  expect(await who(behindAccess, { assertion: 'bad' })).toBe('invalid_token')
  expect(await who(behindAccess, { assertion, token: await aToken(now) })).toBe('token ada')
})

test('[A1] under open a name is a guest, and under token it is nobody', async () => {
  expect(await who(open, { name: 'ada' })).toBe('guest:ada')
  expect(await who(open, { name: 'agent:pickle' })).toBe('invalid_name')
  expect(await who(open, {})).toBe('nothing')
  expect(await who(token, { name: 'ada' })).toBe('nothing')
})

test('[A1] under open without a key a token says nothing; with one it is checked', async () => {
  const good = await aToken(now)
  expect(await who(open, { token: good, name: 'ada' })).toBe('guest:ada')
  expect(await who({ ...open, tokens }, { token: good, name: 'ada' })).toBe('token ada')
  expect(await who({ ...open, tokens }, { token: 'bad', name: 'ada' })).toBe('invalid_token')
})

test('[A1] under open without a key a ticket that anybody could sign makes nobody more than a guest', async () => {
  const guest = { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member', expires: null } as const
  const signed = (principal: Ticket['principal']) => writeTicket({ ...anyTicket, principal }, key)
  expect(await who(open, { ticket: await signed(guest) })).toBe('ticket t1')
  for (const more of [{ role: 'owner' }, { kind: 'person' }, { id: 'root' }, { name: 'agent:pickle' }] as const) {
    expect(await who(open, { ticket: await signed({ ...guest, ...more }) })).toBe('invalid_token')
    expect(await who({ ...open, tokens }, { ticket: await signed({ ...guest, ...more }) })).toBe('ticket t1')
  }
})
