import { expect, test } from 'vitest'
import { exampleConfigs } from '../../scripts/example-agent.mjs'
import { parseMetrics } from '../support/metrics.ts'
import { startServer } from '../support/server.ts'
import { openSocket, refusalOf } from '../support/socket.ts'
import { aToken } from '../support/tokens.ts'

type LogRecord = Record<string, unknown> & { event: string }

/** The log records among everything that was printed. */
function recordsIn(output: string): LogRecord[] {
  return [...output.matchAll(/\{"time":.*\}/g)].map(([record]) => JSON.parse(record))
}

test('[W] one id from the request to the agent, a record of each thing that happened, metrics for Prometheus, no secret', async () => {
  const metricsToken = 'only-Prometheus-knows-this'
  const configs = exampleConfigs('Failing', 'test/http/failing-agent/wrangler.toml')
  await using server = await startServer({ AUTH: 'token', METRICS_TOKEN: metricsToken }, { configs })
  const token = await aToken(Date.now(), { channels: { '*': 'owner' } })
  const authorization = `Bearer ${token}`
  const api = async (path: string, body: object, id: string) => {
    const headers = { authorization, 'content-type': 'application/json', 'x-request-id': id }
    const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const json = (await response.json()) as Record<string, unknown>
    return { status: response.status, id: response.headers.get('x-request-id'), json }
  }

  // A refused upgrade, and a message over HTTP.
  const bad = await aToken(Date.now(), {}, 'signed with another secret, alas')
  expect((await refusalOf(server.ws(`/ws/circles/ops?token=${bad}`), [], { 'x-request-id': 'r-bad' })).status).toBe(401)
  expect(await api('/api/circles/ops/messages', { content: 'this is confidential' }, 'r-http')).toMatchObject({
    status: 201,
    id: 'r-http',
  })

  // A ticket, a socket with a few refused frames, an invitation.
  const { json: ticket } = await api('/api/tickets', { channel: 'circle:ops' }, 'r-ticket')
  const socket = await openSocket(server.ws('/ws/circles/ops'), ['circles.v1', `ticket.${ticket.ticket}`], {
    'x-request-id': 'r-socket',
  })
  for (let frame = 0; frame < 5; frame++) socket.send('{nope')
  socket.send({ type: 'message', id: 'm1', data: { content: '@failing, whispered' } })
  await socket.next(({ type, data }) => type === 'ack' && (data as { id: string }).id === 'm1')
  await api('/api/circles', { name: 'quiet', visibility: 'private' }, 'r-make')
  const { json: invited } = await api('/api/circles/quiet/invitations', {}, 'r-invite')
  await api('/api/circles/quiet/join', { invitation: invited.invitation }, 'r-join')

  const scrape = async () => {
    const headers = { authorization: `Bearer ${metricsToken}` }
    return parseMetrics(await (await fetch(`${server.url}/metrics`, { headers })).text())
  }
  const metric = async (name: string, label?: string) =>
    (await scrape()).find(
      one => one.name === name && (label === undefined || Object.values(one.labels).includes(label)),
    )?.value
  await expect.poll(() => metric('circles_sessions')).toBe(1)
  await socket.close()
  await expect.poll(() => metric('circles_sessions')).toBe(0)
  await expect.poll(() => metric('circles_turns_ended_total', 'failed')).toBe(1)
  expect(await metric('circles_channel_messages_total', 'circle:ops')).toBe(2)
  expect(await metric('circles_refusals_total', 'bad_frame')).toBe(5)
  expect(await metric('circles_closes_total', '1000')).toBe(1)

  // What the server prints comes by another way than what it answers.
  const of = (event: string, request: string) => () =>
    recordsIn(server.output()).filter(one => one.event === event && one.request === request)
  const logged = (event: string, request: string) => expect.poll(of(event, request))
  await logged('refused', 'r-bad').toMatchObject([{ code: 'invalid_token', status: 401, channel: 'circle:ops' }])
  const who = { channel: 'circle:ops', user: 'ada' }
  await logged('opened', 'r-socket').toMatchObject([{ ...who, dialect: 'native' }])
  await logged('refused', 'r-socket').toMatchObject([{ ...who, code: 'bad_frame' }])
  await logged('closed', 'r-socket').toMatchObject([{ ...who, code: 1000, frames: 6, refused: { bad_frame: 5 } }])
  await logged('turn', 'r-socket').toMatchObject([
    { agent: 'failing', attempts: 3, outcome: 'failed', code: 'agent_failed' },
  ])
  const calls = Array.from({ length: 3 }, () => ({ at: 'agent', channel: 'circle:ops', level: 'error' }))
  await logged('fault', 'r-socket').toMatchObject(calls)

  const secrets = [token, bad, `${ticket.ticket}`].map(text => text.slice(text.lastIndexOf('.') + 1))
  const texts = [`${invited.invitation}`, metricsToken, 'confidential', 'whispered', 'nope']
  expect([...secrets, ...texts].filter(text => server.output().includes(text))).toEqual([])
})
