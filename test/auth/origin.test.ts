import { expect, test } from 'vitest'
import { isOriginAllowed } from '../../src/auth/origin.ts'
import type { Configured } from '../../src/auth/policy.ts'

const own = 'https://circles.test'
const policy: Configured = {
  kind: 'token',
  tokens: null,
  access: null,
  ticketSecrets: [new Uint8Array()],
  origins: ['https://app.test'],
}

test.each<[string | null, boolean, boolean]>([
  // origin, under token, under open
  [null, true, true],
  [own, true, true],
  ['https://app.test', true, true],
  ['http://circles.test', false, false],
  ['https://circles.test:8443', false, false],
  ['https://circles.test.evil.test', false, false],
  ['https://evil.test/https://circles.test', false, false],
  ['https://sub.app.test', false, false],
  ['null', false, false],
  ['', false, false],
  ['file://', false, false],
  ['*', false, false],
  ['http://localhost:5173', false, true],
  ['http://app.localhost', false, true],
  ['http://127.0.0.1:8000', false, true],
  ['http://127.1.2.3', false, true],
  ['http://[::1]:8000', false, true],
  ['http://localhost.evil.test', false, false],
  ['http://127.0.0.1.evil.test', false, false],
  ['http://192.168.0.1', false, false],
])('[A7] the origin %s is allowed: %s, under `open`: %s', (origin, token, open) => {
  expect([isOriginAllowed(policy, origin, own), isOriginAllowed({ ...policy, kind: 'open' }, origin, own)]).toEqual([
    token,
    open,
  ])
})
