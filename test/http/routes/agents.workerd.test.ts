import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { app } from '../../support/app.ts'
import { askAs } from '../../support/in-worker.ts'

test('[W] the agents of a deployment are listed with their descriptions', async () => {
  const pickle = { id: 'pickle', name: 'Pickle', description: expect.stringMatching(/\w/) }
  // One that does not say in time what it is, is listed without a description.
  const listed = expect.objectContaining({ agents: expect.arrayContaining([pickle]) })
  await expect.poll(() => askAs(null, 'GET', '/api/agents')).toMatchObject({ status: 200, json: listed })
  expect((await askAs(null, 'GET', '/api/agents/pickle')).json).toMatchObject({ name: 'Pickle' })
  expect(await askAs(null, 'GET', '/api/agents/nobody')).toMatchObject({ status: 404 })
})

test('[W] a Worker is ready when it is configured and its objects respond', async () => {
  expect(await askAs(null, 'GET', '/readyz')).toMatchObject({ status: 200, json: { ok: true } })
  const unconfigured = await app.fetch(new Request('https://circles.test/readyz'), { ...env, AUTH: 'maybe' })
  expect([unconfigured.status, await unconfigured.json()]).toMatchObject([503, { error: { code: 'unavailable' } }])
})
