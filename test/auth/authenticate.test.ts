import { expect, test } from 'vitest'
import { authenticate, type Credentials } from '../../src/auth/authenticate.ts'
import type { Configured } from '../../src/auth/policy.ts'
import { type Ticket, writeTicket } from '../../src/auth/ticket.ts'
import { aToken, secret, tokenCheck } from '../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const key = new TextEncoder().encode(secret)
const token: Configured = { kind: 'token', tokens: tokenCheck, access: null, ticketSecrets: [key], origins: [] }
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

/** The authenticated caller as text: `token ada`, `ticket t1`, `guest:ada`, `nothing` or the code of the error. */
async function authenticated(policy: Configured, credentials: Partial<Credentials>) {
  const caller = await authenticate(policy, { ...none, ...credentials }, now)
  if ('denied' in caller) return caller.denied
  if (caller.by === 'token') return `token ${caller.claims.id}`
  if (caller.by === 'ticket') return `ticket ${caller.ticket.id}`
  return caller.by === 'name' ? caller.principal.id : caller.by
}

test('[A3] bearer, offered ticket, ?ticket=, ?token=: the first one present decides', async () => {
  const [bearer, inQuery, offered, ticket] = await Promise.all([
    aToken(now, { sub: 'bearer' }),
    aToken(now, { sub: 'query' }),
    writeTicket({ ...anyTicket, id: 'offered' }, [key]),
    writeTicket({ ...anyTicket, id: 'query' }, [key]),
  ])
  const all = { authorization: `Bearer ${bearer}`, offeredTicket: offered, ticket, token: inQuery }
  expect(await authenticated(token, all)).toBe('token bearer')
  expect(await authenticated(token, { ...all, authorization: null })).toBe('ticket offered')
  expect(await authenticated(token, { ...all, authorization: null, offeredTicket: null })).toBe('ticket query')
  expect(await authenticated(token, { token: inQuery })).toBe('token query')
  expect(await authenticated(token, {})).toBe('nothing')
})

test('[A3] a valid credential after an invalid one does not help', async () => {
  const good = await aToken(now)
  expect(await authenticated(token, { authorization: 'Bearer bad', token: good })).toBe('invalid_token')
  expect(await authenticated(token, { authorization: 'Bearer', token: good })).toBe('invalid_token')
  expect(await authenticated(token, { offeredTicket: '', token: good })).toBe('invalid_token')
  expect(await authenticated(token, { ticket: 'bad', token: good })).toBe('invalid_token')
  expect(await authenticated(token, { token: '' })).toBe('invalid_token')
})

test('[A3] the scheme is case-insensitive, and other schemes are ignored', async () => {
  expect(await authenticated(token, { authorization: `bEARER   ${await aToken(now)} ` })).toBe('token ada')
  expect(await authenticated(token, { authorization: 'Basic YWRhOmFkYQ==' })).toBe('nothing')
})

test('[A2] an assertion of Cloudflare Access counts only where it is configured, and last', async () => {
  const assertion = await aToken(now, { sub: 'someone' })
  const behindAccess: Configured = { ...token, access: { ...tokenCheck, grants: [['circle:*', 'reader']] } }
  expect(await authenticated(token, { assertion })).toBe('nothing')
  expect(await authenticated(behindAccess, { assertion })).toBe('token someone')
  expect(await authenticated(behindAccess, { assertion: 'bad' })).toBe('invalid_token')
  expect(await authenticated(behindAccess, { assertion, token: await aToken(now) })).toBe('token ada')
})

test('[A1] a name makes a guest under `open`, and nothing under `token`', async () => {
  expect(await authenticated(open, { name: 'ada' })).toBe('guest:ada')
  expect(await authenticated(open, { name: 'agent:pickle' })).toBe('invalid_name')
  expect(await authenticated(open, {})).toBe('nothing')
  expect(await authenticated(token, { name: 'ada' })).toBe('nothing')
})

test('[A1] under `open` without a key a token is ignored; with a key it is verified', async () => {
  const good = await aToken(now)
  expect(await authenticated(open, { token: good, name: 'ada' })).toBe('guest:ada')
  expect(await authenticated({ ...open, tokens: tokenCheck }, { token: good, name: 'ada' })).toBe('token ada')
  expect(await authenticated({ ...open, tokens: tokenCheck }, { token: 'bad', name: 'ada' })).toBe('invalid_token')
})

test('[A1] under `open` without a key anyone can sign a ticket, so it proves no more than a guest', async () => {
  const guest = { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member', expires: null } as const
  const signed = (principal: Ticket['principal']) => writeTicket({ ...anyTicket, principal }, [key])
  expect(await authenticated(open, { ticket: await signed(guest) })).toBe('ticket t1')
  for (const more of [{ role: 'owner' }, { kind: 'person' }, { id: 'root' }, { name: 'agent:pickle' }] as const) {
    expect(await authenticated(open, { ticket: await signed({ ...guest, ...more }) })).toBe('invalid_token')
    expect(await authenticated({ ...open, tokens: tokenCheck }, { ticket: await signed({ ...guest, ...more }) })).toBe(
      'ticket t1',
    )
  }
})
