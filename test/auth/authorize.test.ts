import { expect, test } from 'vitest'
import { authorize, authorizeToken } from '../../src/auth/authorize.ts'
import { newGuest } from '../../src/auth/guests.ts'
import type { Configured } from '../../src/auth/policy.ts'
import type { Principal } from '../../src/auth/principal.ts'
import { directChannelName, pairChannelName, parseResource } from '../../src/auth/resource.ts'
import type { Ticket } from '../../src/auth/ticket.ts'
import { builtinKinds } from '../../src/protocol/channels/channel-kinds.ts'
import { aToken, secret, tokenCheck } from '../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const key = new TextEncoder().encode(secret)
const token: Configured = {
  kind: 'token',
  tokens: tokenCheck,
  access: null,
  ticketSecrets: [key],
  origins: [],
}
const open: Configured = { ...token, kind: 'open' }

const person = { id: 'ada', name: 'Ada', expires: now + 3_600_000, issued: now }
const callerWith = (...grants: [string, 'reader' | 'member' | 'owner'][]) =>
  ({ by: 'token', claims: { ...person, grants } }) as const

test('[A2] a token gives the role that it grants, until it expires', async () => {
  expect(await authorize(token, callerWith(['circle:dev-*', 'owner']), 'circle:dev-team')).toEqual({
    ...person,
    kind: 'person',
    role: 'owner',
  })
})

test('[A2] a token without a grant for the channel is forbidden', async () => {
  expect(await authorize(token, callerWith(['circle:dev-*', 'owner']), 'circle:ops')).toMatchObject({
    denied: 'forbidden',
  })
  expect(await authorize(token, callerWith(), 'circle:ops')).toMatchObject({ denied: 'forbidden' })
})

test('[A1] under `open` a token gives at least the role of a guest', async () => {
  expect(await authorize(open, callerWith(), 'circle:ops')).toMatchObject({ id: 'ada', kind: 'person', role: 'member' })
  expect(await authorize(open, callerWith(['circle:*', 'owner']), 'circle:ops')).toMatchObject({ role: 'owner' })
})

test('[A1] a guest is authorized as the same guest', async () => {
  const principal = newGuest('00000000')
  expect(await authorize(open, { by: 'name', principal }, 'circle:ops')).toEqual(principal)
})

test('[A3] a ticket is valid for its own resource only', async () => {
  const principal = { ...person, kind: 'person', role: 'member' } as const
  const ticket: Ticket = { id: 't1', resource: 'circle:dev', principal, expires: now + 30_000 }
  expect(await authorize(token, { by: 'ticket', ticket }, 'circle:dev')).toEqual(principal)
  for (const resource of ['circle:dev2', 'workspace:dev', 'chat:dev'] as const) {
    expect(await authorize(token, { by: 'ticket', ticket }, resource)).toMatchObject({ denied: 'forbidden' })
  }
})

test.each<[string, [string, 'reader' | 'member' | 'owner'], 'member' | undefined]>([
  ['a grant for all circles', ['circle:*', 'owner'], 'member'],
  ['a grant for all chats', ['circle:chat~*', 'reader'], 'member'],
  ['a grant for the agent', ['agent:pickle', 'reader'], 'member'],
  ['a grant for all agents', ['agent:*', 'reader'], 'member'],
  ['a grant for another agent', ['agent:owl', 'owner'], undefined],
  ['a grant for some circles', ['circle:dev-*', 'owner'], undefined],
])('[C4] %s: a chat with the agent as %3$s', async (_, grant, role) => {
  const principal = await authorize(token, callerWith(grant), 'chat:pickle')
  expect('role' in principal ? principal.role : undefined).toBe(role)
})

test('[C4] each pair of user and agent has one private circle', async () => {
  expect(await directChannelName('pickle', 'ada')).toBe(await directChannelName('pickle', 'ada'))
  const names = await Promise.all([
    directChannelName('pickle', 'ada'),
    directChannelName('pickle', 'bob'),
    directChannelName('owl', 'ada'),
  ])
  expect(new Set(names).size).toBe(3)
  expect(names[0]).toMatch(/^chat~pickle~[0-9a-f]{32}$/)
})

test.each([open, token])(
  '[C5] the private chat with an agent is its owner’s alone, whoever asks for it: %#',
  async policy => {
    const resource = `circle:${await directChannelName('pickle', 'ada')}` as const
    const others = `circle:${await directChannelName('pickle', 'bob')}` as const
    expect(parseResource(resource, builtinKinds)).toBe(resource)
    const root = callerWith(['*', 'owner'])
    expect(await authorize(policy, root, resource)).toMatchObject({ id: 'ada', role: 'member' })
    expect(await authorize(policy, root, others)).toMatchObject({ denied: 'forbidden' })
    const guest: Principal = { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member', expires: null }
    expect(await authorize(policy, { by: 'name', principal: guest }, resource)).toMatchObject({ denied: 'forbidden' })
    expect(await authorizeToken(policy, await aToken(now, { channels: { '*': 'owner' } }), others, now)).toMatchObject({
      denied: 'forbidden',
    })
  },
)

test.each<[string, [string, 'reader' | 'member' | 'owner'], 'member' | 'reader']>([
  ['no grant for it', ['circle:dev', 'member'], 'member'],
  ['a grant for all circles', ['circle:*', 'owner'], 'member'],
  ['a grant for everything to read', ['*', 'reader'], 'reader'],
])('[C5] %s: in a private chat of two people %3$s, never its owner', async (_, grant, role) => {
  const pair = `circle:${await pairChannelName('ada', 'bob')}` as const
  expect(pair).toBe(`circle:${await pairChannelName('bob', 'ada')}`)
  expect(await authorize(token, callerWith(grant), pair)).toMatchObject({ role })
})

test.each([
  ['circle:Dev-Team', 'circle:dev-team'],
  ['workspace:a', 'workspace:a'],
  ['agent:pickle', 'agent:pickle'],
  ['chat:Pickle', 'chat:pickle'],
  ['chat:', null],
  ['chat:a b', null],
  ['circle:', null],
  ['circle', null],
  ['room:a', null],
  ['__proto__:a', null],
  ['', null],
])('[C2] the resource %j is read as %j', (text, resource) => {
  expect(parseResource(text, builtinKinds)).toBe(resource)
})

test('[A4] a token sent over a socket gives the same role as one sent with the upgrade', async () => {
  expect(await authorizeToken(token, await aToken(now), 'circle:dev', now)).toMatchObject({ id: 'ada', role: 'member' })
  expect(await authorizeToken(token, 'bad', 'circle:dev', now)).toMatchObject({ denied: 'invalid_token' })
  expect(await authorizeToken(token, await aToken(now), 'agent:dev', now)).toMatchObject({ denied: 'forbidden' })
  expect(await authorizeToken({ ...open, tokens: null }, 'any', 'circle:dev', now)).toMatchObject({
    denied: 'invalid_token',
  })
})
