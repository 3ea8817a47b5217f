import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'

test('[W] a running Worker says so', async () => {
  const response = await exports.default.fetch('https://circles.test/healthz')
  expect([response.status, await response.json()]).toEqual([200, { ok: true }])
})
