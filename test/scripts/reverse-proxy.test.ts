import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startReverseProxy } from '../../scripts/reverse-proxy.mjs'
import { freePort } from '../support/server.ts'

const secret = 'the secret of this test'

/** A server behind a proxy, and what it was asked. */
async function proxied() {
  const seen: IncomingMessage[] = []
  const server = createServer(async (asked, response) => {
    seen.push(asked)
    if (asked.url === '/silent') return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    let body = ''
    for await (const chunk of asked) body += chunk
    response.setHeader('set-cookie', ['one=1', 'two=2'])
    response.end(body)
  })
  server.on('upgrade', (asked, socket) => {
    seen.push(asked)
    if (asked.url === '/refused') return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ')
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = await freePort()
  await startReverseProxy({ host: '127.0.0.1', port }, { target: (server.address() as AddressInfo).port, secret })
  onTestFinished(() => void server.close().closeAllConnections())
  return { port, seen }
}

/** Sends a request with exactly these headers. */
function send(port: number, path: string, headers: string[], { method = 'GET', body = '' } = {}) {
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
  sent.end(body)
  return sent
}

async function answer(sent: ReturnType<typeof send>) {
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

const host = (port: number) => ['Host', `localhost:${port}`]

test('the proxy of npm start passes requests on, without what only it may say', async () => {
  const { port, seen } = await proxied()
  const forged = ['MF-Original-URL', 'http://localhost/', 'mf-cf-blob', '{}', 'CF-Connecting-IP', '192.0.2.1']
  const all = [...host(port), ...forged, 'x-circles-proxy-secret', 'guess', 'Cookie', 'a=1', 'Content-Length', '4']
  const echoed = await answer(send(port, '/a%2Fb?c=%20', all, { method: 'POST', body: 'text' }))
  expect(echoed).toMatchObject({ status: 200, text: 'text', headers: { 'set-cookie': ['one=1', 'two=2'] } })
  expect([seen[0]?.method, seen[0]?.url, seen[0]?.headers]).toEqual([
    'POST',
    '/a%2Fb?c=%20',
    {
      host: `localhost:${port}`,
      cookie: 'a=1',
      'content-length': '4',
      'x-circles-proxy-secret': secret,
      'cf-connecting-ip': '127.0.0.1',
      connection: 'close',
    },
  ])
})

test('the proxy of npm start refuses requests whose host is unclear', async () => {
  const { port, seen } = await proxied()
  for (const [path, headers] of [
    ['/', [...host(port), 'Host', 'evil.example']],
    ['/', ['Host', 'localhost,evil.example']],
    ['/', ['Host', '']],
    ['http://localhost/', ['Host', 'evil.example']],
  ] as const) {
    expect(await answer(send(port, path, [...headers]))).toMatchObject({ status: 400 })
    const upgrade = [...headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket']
    expect(await answer(send(port, path, upgrade))).toMatchObject({ status: 400 })
  }
  expect(seen).toEqual([])
})

test('the proxy of npm start passes sockets untouched, and refusals of them', async () => {
  const { port, seen } = await proxied()
  const upgrade = [...host(port), 'Connection', 'keep-alive, Upgrade', 'Upgrade', 'websocket', 'MF-Original-URL', 'x']
  const [, socket, head] = await once(send(port, '/ws', upgrade), 'upgrade')
  socket.write('frames')
  let text = String(head)
  while (text !== 'hello frames') text += (await once(socket, 'data'))[0]
  socket.destroy()
  expect(await answer(send(port, '/refused', upgrade))).toMatchObject({ status: 403, text: 'no' })
  for (const { headers } of seen) {
    expect(headers).toMatchObject({ upgrade: 'websocket', 'x-circles-proxy-secret': secret })
    expect(headers['mf-original-url']).toBeUndefined()
  }
})

test('the proxy of npm start passes upgrades to other protocols, and headers that were sent twice', async () => {
  const { port, seen } = await proxied()
  const headers = ['Connection', 'Upgrade', 'Upgrade', 'h2c', 'X-Twice', 'a', 'X-Twice', 'b']
  const [, socket] = await once(send(port, '/', [...host(port), ...headers]), 'upgrade')
  socket.destroy()
  expect([seen[0]?.headers.upgrade, seen[0]?.headersDistinct['x-twice']]).toEqual(['h2c', ['a', 'b']])
})

test('the proxy of npm start passes the beginning of a stream at once, and its end by the client', async () => {
  const { port, seen } = await proxied()
  const sent = send(port, '/silent', host(port))
  const [response] = await once(sent, 'response')
  expect(response.headers['content-type']).toBe('text/event-stream')
  const closed = once((seen[0] as IncomingMessage).socket, 'close')
  response.on('error', () => {}) // it is cut off here
  sent.destroy()
  await closed
})

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
const upgrade = get.replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
const stages = {
  'before the head of a response': [get, ''],
  'within a response': [get, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  'before a socket is open': [upgrade, ''],
  'within a refusal of a socket': [upgrade, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\nhello'],
  'after a socket was opened': [
    upgrade,
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello',
  ],
} as const

/** A connection through the proxy on which this was asked and answered: both of its ends. */
async function connected([question, answer]: readonly [string, string]): Promise<Record<'client' | 'server', Socket>> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const port = await freePort()
  await startReverseProxy({ host: '127.0.0.1', port }, { target: (server.address() as AddressInfo).port, secret })
  const client = connect(port, '127.0.0.1')
  client.write(question)
  const [far] = (await once(server, 'connection')) as [Socket]
  await once(far, 'data')
  far.write(answer)
  for (let text = ''; answer !== '' && !text.includes('hello'); ) text += (await once(client, 'data'))[0]
  for (const end of [client, far]) end.on('error', () => {}).resume() // it is cut off here
  return { client, server: far }
}

test.each(
  Object.keys(stages).flatMap(stage =>
    (['client', 'server'] as const).flatMap(lost => (['end', 'reset'] as const).map(how => ({ stage, lost, how }))),
  ),
)(
  'the proxy of npm start lets go of the other end when the $lost is lost ($how) $stage',
  async ({ stage, lost, how }) => {
    const ends = await connected(stages[stage as keyof typeof stages])
    const other = ends[lost === 'client' ? 'server' : 'client']
    const isAnswered = lost === 'server' && stage === 'before the head of a response'
    const noticed = once(other, isAnswered ? 'data' : 'close')
    if (how === 'end') ends[lost].destroy()
    else ends[lost].resetAndDestroy()
    const [data] = await noticed
    if (isAnswered) expect(String(data)).toMatch(/^HTTP\/1.1 502 /)
  },
)
