// The reverse proxy in front of the wrangler of `npm start`. wrangler takes the address of a request from headers that every
// client can send (MF-Original-URL): a page that points its own name at this machine could pass for this machine's own.
import { once } from 'node:events'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { PassThrough, pipeline } from 'node:stream'

/** The header by which the Worker recognizes requests that came through here. */
export const secretHeader = 'x-circles-proxy-secret'

// What only this proxy may say to wrangler and the Worker, and what belongs to one connection.
const dropped =
  /^(?:mf-.*|cf-connecting-ip|x-circles-proxy-secret|connection|keep-alive|proxy-connection|expect|upgrade)$/i
const droppedFromResponse = /^(?:connection|keep-alive|transfer-encoding)$/i
const validHost = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i

/** Serves what wrangler serves on `target` (a port of this machine) at `host`; resolves with false if there is no such address. */
export async function startReverseProxy({ host, port }, { target, secret }) {
  const server = secret === null ? createTunnel(target) : createProxy(target, secret)
  server.unref()
  try {
    server.listen({ port, host, ipv6Only: host === '::1' })
    await once(server, 'listening')
    return true
  } catch (error) {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return false
    throw error
  }
}

/** Forwards connections as they are: what is in them is encrypted. */
function createTunnel(target) {
  return createTcpServer({ noDelay: true }, near =>
    join(near, connect({ port: target, host: '127.0.0.1', noDelay: true })),
  )
}

function createProxy(target, secret) {
  const server = createHttpServer({ requestTimeout: 0 }, (request, response) => {
    if (isInvalid(request)) return response.writeHead(400, invalidHeaders).end(invalidBody)
    const forwarded = forward(request, { target, secret })
    response.on('close', () => forwarded.destroy())
    forwarded.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
    forwarded.on('response', answer => respond(response, answer))
    pipeline(request, forwarded, () => {})
  })
  return server.on('upgrade', (request, near, head) => upgrade(request, near, { head, target, secret }))
}

function respond(response, answer) {
  response.sendDate = false
  response.writeHead(answer.statusCode, answer.statusMessage, without(droppedFromResponse, answer.rawHeaders))
  response.flushHeaders() // a stream of events may be silent at first
  pipeline(answer, response, () => {})
}

/** Forwards a request for a socket; once it is open, its bytes pass untouched. */
function upgrade(request, near, { head, target, secret }) {
  near.on('error', () => near.destroy())
  if (isInvalid(request)) return near.end(headOf({ statusCode: 400, statusMessage: 'Bad Request', rawHeaders: [] }))
  const forwarded = forward(request, { target, secret, upgrade: request.headers.upgrade })
  const hangUp = () => near.destroy()
  // It is read from the beginning: only then is its end noticed.
  const sent = near.on('end', hangUp).pipe(new PassThrough())
  near.on('close', () => forwarded.destroy())
  forwarded.on('error', hangUp)
  forwarded.on('response', answer => {
    near.write(headOf(answer))
    pipeline(answer, near, () => {})
  })
  forwarded.on('upgrade', (answer, far, farHead) => {
    near.off('end', hangUp)
    near.write(headOf(answer, 'Upgrade'))
    near.write(farHead)
    far.write(head)
    join(near, far, sent)
  })
  forwarded.end()
}

function forward(request, { target, secret, upgrade = null }) {
  const headers = [...without(dropped, request.rawHeaders), secretHeader, secret]
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '')
  if (address !== undefined) headers.push('CF-Connecting-IP', address)
  if (upgrade !== null) headers.push('Connection', 'Upgrade', 'Upgrade', upgrade)
  const { method, url: path } = request
  return httpRequest({ host: '127.0.0.1', port: target, method, path, headers, agent: false, noDelay: true })
}

/** Returns whether it is unclear which host a request is for: the Worker is shown one, and wrangler fails on others. */
function isInvalid({ rawHeaders, headers, url }) {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return hosts.length !== 1 || !validHost.test(headers.host) || !url.startsWith('/')
}

const invalidHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' }
const invalidBody = '{"error":{"code":"invalid","message":"A request has one Host header, and a path."}}'

/** The first lines of a response, as they are sent on a connection that is no longer Node's. */
function headOf({ statusCode, statusMessage, rawHeaders }, connection = 'close') {
  const kept = [...without(droppedFromResponse, rawHeaders), 'Connection', connection]
  const lines = kept.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${kept[index + 1]}`] : []))
  return `${[`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines].join('\r\n')}\r\n\r\n`
}

/** Names and values in turn, without the headers of these names. */
function without(names, rawHeaders) {
  return rawHeaders.filter((_, index) => !names.test(rawHeaders[index - (index % 2)]))
}

/** Connects two ends. `sent`: what the near one sends. */
function join(near, far, sent = near) {
  // An error on one end closes both; nothing else can be done about it here.
  near.on('error', () => near.destroy()).on('close', () => far.destroy())
  far.on('error', () => far.destroy()).on('close', () => near.destroy())
  sent.pipe(far).pipe(near)
}
