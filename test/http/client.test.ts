import { hc } from 'hono/client'
import { expect, test } from 'vitest'
import type { Api } from '../../src/http/routes.ts'
import { app } from '../support/app.ts'
import { ack, fakeChannels } from '../support/fake-channels.ts'

test('[W] Hono’s typed client knows the request and response of each path', async () => {
  const channels = fakeChannels()
  channels.answers.ask = command =>
    command.type === 'history'
      ? { answer: { type: 'history', data: { events: [], more: false }, at: 0 }, epoch: 'e1', head: 7, instance: 'i1' }
      : ack(8)
  const client = hc<Api>('https://circles.test', {
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => app.fetch(new Request(input, init), channels.env),
  })
  const posted = await client.api.circles[':name'].messages.$post({
    param: { name: 'dev' },
    json: { content: 'hello', to: 'pickle' },
  })
  if (!posted.ok) throw new Error((await posted.json()).error.message)
  const { seq }: { seq: number } = await posted.json()
  expect(seq).toBe(8)

  const page = await client.api.circles[':name'].events.$get({ param: { name: 'dev' }, query: { limit: '5' } })
  if (!page.ok) throw new Error((await page.json()).error.code)
  const { head, more }: { head: number; more: boolean } = await page.json()
  expect([head, more]).toEqual([7, false])

  const refused = await client.api.circles[':name'].messages.$post({
    param: { name: 'dev' },
    // @ts-expect-error a message has content
    json: {},
  })
  expect(refused.status).toBe(400)
})
