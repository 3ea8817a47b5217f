import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { readTicket, type Ticket, writeTicket } from '../../src/auth/ticket.ts'
import { verifyJwt } from '../../src/auth/verify-jwt.ts'
import { aToken, secret, tokenCheck } from '../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const key = new TextEncoder().encode(secret)

const ticket: Ticket = {
  id: 't1',
  resource: 'circle:dev-team',
  principal: { id: 'ada', name: 'Ada', kind: 'person', role: 'moderator', expires: now + 3_600_000 },
  expires: now + 30_000,
}
const invalid = { denied: 'invalid_token', message: 'The ticket is not valid.' }

test('[A3] a ticket contains its principal, one resource and its own expiry', async () => {
  expect(await readTicket(await writeTicket(ticket, [key]), [key], now)).toEqual(ticket)
})

test('[A3] a ticket for a guest has only its own expiry', async () => {
  const guest: Ticket = { ...ticket, principal: { ...ticket.principal, kind: 'guest', expires: null } }
  expect(await readTicket(await writeTicket(guest, [key]), [key], now)).toEqual(guest)
})

test('[A3] a ticket is valid for its 30 seconds and no longer', async () => {
  const text = await writeTicket(ticket, [key])
  expect(await readTicket(text, [key], now + 29_999)).toEqual(ticket)
  expect(await readTicket(text, [key], now + 30_000)).toEqual({
    denied: 'token_expired',
    message: 'The ticket has expired.',
  })
})

test('[A3] a ticket is not accepted as a token', async () => {
  expect(await verifyJwt(await writeTicket(ticket, [key]), tokenCheck, now)).toMatchObject({ denied: 'invalid_token' })
})

test('[A3] a token is not accepted as a ticket, even if it looks like one', async () => {
  const claims = { jti: 't1', aud: 'circle:dev-team', name: 'Ada', kind: 'person', role: 'owner', end: null }
  expect(await readTicket(await aToken(now, claims), [key], now)).toEqual(invalid)
  const header = { alg: 'HS256', typ: 'ticket+jwt' }
  const disguised = await new SignJWT({ ...claims, sub: 'ada', exp: now / 1000 + 30 })
    .setProtectedHeader(header)
    .sign(key)
  expect(await readTicket(disguised, [key], now)).toEqual(invalid)
})

test.each<[string, () => Promise<string>]>([
  ['nothing', async () => ''],
  ['garbage', async () => 'a.b.c'],
  ['100 KB', async () => 'x'.repeat(100_000)],
  ['a truncated ticket', async () => (await writeTicket(ticket, [key])).slice(0, -3)],
  [
    'a ticket of another server',
    () => writeTicket(ticket, [new TextEncoder().encode('another secret of 32 bytes or so')]),
  ],
])('[A3] %s is not a ticket', async (_, text) => {
  expect(await readTicket(await text(), [key], now)).toEqual(invalid)
})

test('[A3] the longest possible ticket fits into a subprotocol header of 1 KB', async () => {
  const longest: Ticket = {
    id: crypto.randomUUID(),
    resource: `workspace:${'w'.repeat(64)}`,
    principal: {
      id: 'x'.repeat(128),
      name: '😀'.repeat(64),
      kind: 'person',
      role: 'moderator',
      expires: now + 86_400_000,
    },
    expires: now + 30_000,
  }
  const text = await writeTicket(longest, [key])
  expect(`circles.v1, ticket.${text}`.length).toBeLessThanOrEqual(1_024)
  expect(await readTicket(text, [key], now)).toEqual(longest)
})

test('[A3] a ticket that the secret before signed is accepted, and new ones are signed with the present secret', async () => {
  const next = new TextEncoder().encode('the secret that replaces the other one')
  expect(await readTicket(await writeTicket(ticket, [key]), [next, key], now)).toEqual(ticket)
  expect(await readTicket(await writeTicket(ticket, [next, key]), [next], now)).toEqual(ticket)
  expect(await readTicket(await writeTicket(ticket, [key]), [next], now)).toEqual(invalid)
})
