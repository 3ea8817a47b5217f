import { beforeEach, expect, test, vi } from 'vitest'
import { readPolicy } from '../../../src/auth/policy.ts'
import { verifyJwt } from '../../../src/auth/verify-jwt.ts'
import { TokenStore } from '../../../src/deployment/tokens/token-store.ts'
import type { Env } from '../../../src/env.ts'
import { sha256 } from '../../../src/lib/ids.ts'
import { ownerLinkMs, writeOwnerLink } from '../../../src/protocol/owner-link.ts'
import { app } from '../../support/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { secret } from '../../support/tokens.ts'

const now = Date.UTC(2026, 10, 21, 12)
const code = 'Vd8yq0nN2mXr5Jw1bT7cGA'

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})

/** A deployment whose registries are one store. */
function deployment(settings: Record<string, string> = {}): Env {
  const store = new TokenStore(nodeSql())
  const registry = { redeem: async (id: string, expires: number) => store.redeem(id, expires, Date.now()) }
  const link = {
    AUTH: 'token',
    AUTH_SECRET: secret,
    OWNER_LINK: writeOwnerLink({ hash: sha256(code), expires: now + ownerLinkMs }),
    LOG: 'off',
  }
  return { ...fakeChannels().env, ...link, ...settings, PASSES: { getByName: () => registry } } as unknown as Env
}

async function redeem(env: Env, body: unknown) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await app.fetch(new Request('https://circles.test/api/owner', init), env)
  return { status: response.status, json: await response.json<Record<string, unknown>>() }
}

const refusal = (status: number, errorCode: string) => ({ status, json: { error: { code: errorCode } } })

test('[A9] the owner’s link gives one token of a day that owns the deployment', async () => {
  const env = deployment()
  const { status, json } = await redeem(env, { code, name: 'Ada' })
  expect([status, json]).toEqual([
    201,
    { token: expect.any(String), expires_in: 86_400, user: { id: 'owner-99a563ab2f6e', name: 'Ada' } },
  ])
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured' || policy.tokens === null) throw new Error('expected a policy with tokens')
  expect(await verifyJwt(String(json.token), policy.tokens, now)).toEqual({
    id: 'owner-99a563ab2f6e',
    name: 'Ada',
    grants: [['*', 'owner']],
    issued: now,
    expires: now + 86_400_000,
  })
  expect(await redeem(env, { code, name: 'Eve' })).toMatchObject(refusal(410, 'gone'))
})

test('[A9] the token has the issuer, the audience and the lifetime that the server accepts', async () => {
  const env = deployment({ AUTH_ISSUER: 'me', AUTH_AUDIENCE: 'us', AUTH_MAX_TTL: '600' })
  const { json } = await redeem(env, { code, name: 'Ada' })
  const policy = readPolicy(env)
  if (policy.kind === 'unconfigured' || policy.tokens === null) throw new Error('expected a policy with tokens')
  expect(await verifyJwt(String(json.token), policy.tokens, now)).toMatchObject({ expires: now + 600_000 })
})

test('[A9] a link is good for 24 hours, and a wrong code never uses it up', async () => {
  const env = deployment()
  expect(await redeem(env, { code: 'Vd8yq0nN2mXr5Jw1bT7cGB', name: 'Eve' })).toMatchObject(
    refusal(401, 'invalid_token'),
  )
  vi.setSystemTime(now + 86_400_000)
  expect(await redeem(env, { code, name: 'Ada' })).toMatchObject(refusal(410, 'gone'))
  vi.setSystemTime(now + 86_399_999)
  expect(await redeem(env, { code, name: 'Ada' })).toMatchObject({ status: 201 })
})

test.each([
  ['no link', { OWNER_LINK: '' }, refusal(401, 'invalid_token')],
  ['a link that cannot be read', { OWNER_LINK: code }, refusal(401, 'invalid_token')],
  [
    'guests only',
    { AUTH: 'open', AUTH_SECRET: '', ALLOWED_ORIGINS: 'https://circles.test' },
    refusal(401, 'invalid_token'),
  ],
  [
    'an identity provider',
    { AUTH_SECRET: '', AUTH_JWKS_URL: 'https://issuer.test/keys', TICKET_SECRET: secret },
    refusal(501, 'not_implemented'),
  ],
])('[A9] a deployment with %s gives no owner’s token', async (_, settings, expected) => {
  expect(await redeem(deployment(settings), { code, name: 'Ada' })).toMatchObject(expected)
})

test('[A9] a name that cannot be shown is refused, and uses nothing up', async () => {
  const env = deployment()
  for (const name of ['\u3164', 'agent:pickle', 'a'.repeat(65)]) {
    expect(await redeem(env, { code, name })).toMatchObject(refusal(400, 'invalid'))
  }
  expect(await redeem(env, { code, name: 'Ada' })).toMatchObject({ status: 201 })
})
