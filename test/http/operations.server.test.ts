import { expect, test } from 'vitest'
import { exampleConfigs } from '../../scripts/example-agent.mjs'
import { parseMetrics } from '../support/metrics.ts'
import { startServer } from '../support/server.ts'
import { openSocket, refusalOf } from '../support/socket.ts'
import { aToken } from '../support/tokens.ts'

type Line = Record<string, unknown> & { event: string }

/** The lines of the log among everything that was printed. */
function linesIn(output: string): Line[] {
  return [...output.matchAll(/\{"time":.*\}/g)].map(([line]) => JSON.parse(line))
}

test('[W] one id from the request to the agent, a line for each thing that happened, figures for Prometheus, no secret', async () => {
  const metricsToken = 'only-Prometheus-knows-this'
  const configs = exampleConfigs('Clumsy', 'test/http/clumsy/wrangler.toml')
  await using server = await startServer({ AUTH: 'token', METRICS_TOKEN: metricsToken }, { configs })
  const token = await aToken(Date.now(), { channels: { '*': 'owner' } })
  const authorization = `Bearer ${token}`
  const api = async (path: string, body: object, id: string) => {
    const headers = { authorization, 'content-type': 'application/json', 'x-request-id': id }
    const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const json = (await response.json()) as Record<string, unknown>
    return { status: response.status, id: response.headers.get('x-request-id'), json }
  }

  // Refused, and spoken over HTTP.
  const bad = await aToken(Date.now(), {}, 'signed with another secret, alas')
  expect((await refusalOf(server.ws(`/ws/circles/ops?token=${bad}`), [], { 'x-request-id': 'r-bad' })).status).toBe(401)
  expect(await api('/api/circles/ops/messages', { content: 'this is confidential' }, 'r-http')).toMatchObject({
    status: 201,
    id: 'r-http',
  })

  // A ticket, a socket that is refused something a few times, an invitation.
  const { json: ticket } = await api('/api/tickets', { channel: 'circle:ops' }, 'r-ticket')
  const socket = await openSocket(server.ws('/ws/circles/ops'), ['circles.v1', `ticket.${ticket.ticket}`], {
    'x-request-id': 'r-socket',
  })
  for (let frame = 0; frame < 5; frame++) socket.send('{nope')
  socket.send({ type: 'message', id: 'm1', data: { content: '@clumsy, whispered' } })
  await socket.next(({ type, data }) => type === 'ack' && (data as { id: string }).id === 'm1')
  await api('/api/circles', { name: 'quiet', visibility: 'private' }, 'r-make')
  const { json: invited } = await api('/api/circles/quiet/invitations', {}, 'r-invite')
  await api('/api/circles/quiet/join', { invitation: invited.invitation }, 'r-join')

  const scrape = async () => {
    const headers = { authorization: `Bearer ${metricsToken}` }
    return parseMetrics(await (await fetch(`${server.url}/metrics`, { headers })).text())
  }
  const figure = async (name: string, label?: string) =>
    (await scrape()).find(
      one => one.name === name && (label === undefined || Object.values(one.labels).includes(label)),
    )?.value
  await expect.poll(() => figure('circles_sessions')).toBe(1)
  await socket.close()
  await expect.poll(() => figure('circles_sessions')).toBe(0)
  await expect.poll(() => figure('circles_turns_ended_total', 'failed')).toBe(1)
  expect(await figure('circles_channel_messages_total', 'circle:ops')).toBe(2)
  expect(await figure('circles_refusals_total', 'bad_frame')).toBe(5)
  expect(await figure('circles_closes_total', '1000')).toBe(1)

  const lines = linesIn(server.output())
  const of = (event: string, request: string) => lines.filter(one => one.event === event && one.request === request)
  expect(of('refused', 'r-bad')).toMatchObject([{ code: 'invalid_token', status: 401, channel: 'circle:ops' }])
  const around = { channel: 'circle:ops', user: 'ada' }
  expect(of('opened', 'r-socket')).toMatchObject([{ ...around, dialect: 'native' }])
  expect(of('refused', 'r-socket')).toMatchObject([{ ...around, code: 'bad_frame' }])
  expect(of('closed', 'r-socket')).toMatchObject([{ ...around, code: 1000, frames: 6, refused: { bad_frame: 5 } }])
  expect(of('turn', 'r-socket')).toMatchObject([
    { agent: 'clumsy', attempts: 3, outcome: 'failed', code: 'agent_failed' },
  ])
  const calls = Array.from({ length: 3 }, () => ({ at: 'agent', channel: 'circle:ops', level: 'error' }))
  expect(of('fault', 'r-socket')).toMatchObject(calls)

  const secrets = [token, bad, `${ticket.ticket}`].map(text => text.slice(text.lastIndexOf('.') + 1))
  const said = [`${invited.invitation}`, metricsToken, 'confidential', 'whispered', 'nope']
  expect([...secrets, ...said].filter(text => server.output().includes(text))).toEqual([])
})
