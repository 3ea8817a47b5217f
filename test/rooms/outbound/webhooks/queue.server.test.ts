import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { verifyWebhook } from '../../../../src/protocol/webhook-signature.ts'
import { startServer } from '../../../support/server.ts'

type Request = { headers: IncomingHttpHeaders; body: string; json: { seq: number; data: { content: string } } }

/** A receiver; the test decides how it answers each delivery. */
async function startReceiver(answer: (count: number, response: ServerResponse) => void) {
  const requests: Request[] = []
  const elsewhere: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    if (request.url !== '/hook') elsewhere.push(request.url ?? '')
    else requests.push({ headers: request.headers, body, json: JSON.parse(body) })
    answer(requests.length, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return {
    url,
    requests,
    elsewhere,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('[W] a receiver that fails, redirects, hangs and comes back gets every event in order, signed', async () => {
  await using receiver = await startReceiver((count, response) => {
    if (count === 1) response.writeHead(503).end('busy')
    else if (count === 2) response.writeHead(302, { location: '/elsewhere' }).end()
    else if (count > 3) response.writeHead(204).end() // the third hangs
  })
  await using server = await startServer({ WEBHOOKS_LOOPBACK: 'allow' })
  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${server.url}/api/circles${path}?name=ada`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? null : JSON.parse(text) }
  }
  await call('POST', '', { name: 'hooked' })
  expect(await call('POST', '/hooked/webhooks', { url: 'https://169.254.169.254/' })).toMatchObject({ status: 400 })
  const created = await call('POST', '/hooked/webhooks', { url: receiver.url, events: ['message'] })
  expect(created).toMatchObject({
    status: 201,
    json: { active: true, secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) },
  })
  const { id, secret } = created.json
  const contents = ['one', 'two', 'three']
  for (const content of contents) await call('POST', '/hooked/messages', { content })

  // 503, after 5 s a redirect, after 10 s a request that hangs for 10 s, after 20 s a success.
  await expect.poll(() => receiver.requests.length, { timeout: 90_000 }).toBe(6)
  expect(receiver.requests.map(({ json }) => json.data.content)).toEqual(['one', 'one', 'one', 'one', 'two', 'three'])
  expect(receiver.elsewhere).toEqual([])
  const deliveries = receiver.requests.map(({ headers }) => headers['circles-delivery'])
  expect(new Set(deliveries).size).toBe(3)
  for (const { headers, body } of receiver.requests) {
    const signed = createHmac('sha256', secret).update(`${headers['circles-timestamp']}.${body}`).digest('hex')
    const sent = new Headers(headers as Record<string, string>)
    const now = Number(headers['webhook-timestamp']) * 1000
    expect(await verifyWebhook(secret, { headers: sent, body }, now)).toBe(true)
    expect(headers).toMatchObject({ 'circles-signature': `v1=${signed}`, 'circles-event': 'message' })
  }
  const [first] = receiver.requests
  expect(await call('POST', `/hooked/webhooks/${id}/redeliver`, { seq: first?.json.seq ?? 0 })).toMatchObject({
    status: 202,
  })
  await expect.poll(() => receiver.requests.length, { timeout: 30_000 }).toBe(7)
  expect(receiver.requests.at(-1)?.headers['circles-delivery']).toBe(deliveries[0])

  const shown = await call('GET', '/hooked/webhooks')
  expect(shown.json).toMatchObject({ webhooks: [{ id, active: true, failures: 0, failing_since: null }] })
  expect(JSON.stringify(shown.json)).not.toContain(secret)
  expect(await call('DELETE', `/hooked/webhooks/${id}`)).toMatchObject({ status: 204 })
  await call('POST', '/hooked/messages', { content: 'sent to nobody' })
  expect((await call('GET', '/hooked/webhooks')).json).toEqual({ webhooks: [] })
})
