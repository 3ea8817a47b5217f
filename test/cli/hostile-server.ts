import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { limits } from '../../src/protocol/limits.ts'
import { subprotocol } from '../../src/protocol/version.ts'

/** Text that drives a terminal: a title, the clipboard, colors, C1 controls, text that runs backwards, a forged line. */
export const hostileText =
  'a\u001b]0;title\u0007\u001b]52;c;Y3VybA==\u0007\u001b[2J\u009b31m\u009d0;x\u009c\u007f\u0000\b\r\u202eevil\u202c\u2066x\u2069\u200f\u061c\u2028\ud800\ncircles: done'

/** Everything in `text` that a terminal would obey. */
export function uncleanIn(text: string): string[] {
  return (
    text.match(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]|^circles-rooms: done/gm,
    ) ?? []
  )
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The value with its leaf number `index` replaced by hostile text; every leaf if it is null. */
function spoil(value: Json, index: number | null): Json {
  let next = 0
  const walk = (inner: Json): Json => {
    if (typeof inner !== 'object' || inner === null) return index === null || next++ === index ? hostileText : inner
    if (Array.isArray(inner)) return inner.map(walk)
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, walk(item)]))
  }
  return walk(value)
}

const timestamp = '2026-11-21T09:00:00.000Z'
const user = { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'owner' }

const welcome = (head: number): Json => ({
  type: 'welcome',
  timestamp,
  channel: 'circle:dev',
  data: {
    session: 's1',
    user,
    epoch: 'e1',
    head,
    earliest: 1,
    recovered: null,
    members: [{ ...user, sessions: 1 }],
    member_count: 1,
    agents: [{ id: 'pickle', name: 'Pickle', description: '', joined: true }],
    live: [],
    circle: { title: 'Dev', status: 'active', default_agent: 'pickle', visibility: 'public' },
    limits: { ...limits },
  },
})

/** An event of every type, each text of it as hostile as its schema lets it be, and beyond. */
const events: Json[] = [...builtinEvents.keys()].map((type, index) => ({
  type,
  timestamp,
  channel: 'circle:dev',
  seq: index + 1,
  id: `e${index}`,
  data: {
    ...Object.fromEntries(
      [
        'content',
        'user_id',
        'user_name',
        'agent_id',
        'agent_name',
        'turn',
        'emoji',
        'title',
        'code',
        'message',
        'note',
      ].map(key => [key, hostileText]),
    ),
    ...Object.fromEntries(
      ['description', 'path', 'branch', 'head', 'by', 'key', 'status', 'summary', 'upstream', 'role'].map(key => [
        key,
        hostileText,
      ]),
    ),
    target: 1,
    hop: 0,
    ahead: 1,
    behind: 1,
    removed: false,
    muted: true,
    banned: true,
    approved: true,
    staged: [hostileText],
    changed: [],
    untracked: [],
    conflicted: [],
    added: [hostileText],
  },
}))

const counts = {
  messages: 1,
  calls: 1,
  alarms: 1,
  wakes: 1,
  active_ms: 1,
  rows_read: 1,
  rows_written: 1,
  alarm_sets: 1,
}
const line = { quantity: 1, dollars: 1, beyond_included: 1 }
const bill = {
  requests: line,
  duration: line,
  rows_read: line,
  rows_written: line,
  storage: line,
  total: 5,
  beyond_included: 5,
}
const wakeful = { cause: 'timer', detail: 'a timer', seen_at: timestamp, dollars_a_month: 1 }
const cost: Json = {
  channel: 'circle:dev',
  now: timestamp,
  since: timestamp,
  counted: counts,
  month: { since: timestamp, counted: counts },
  storage_bytes: 1,
  extrapolated: { from: 'all', seconds: 1, counted: counts, bill },
  wakeful: [wakeful],
  prices_as_of: '2026-11-01',
}

/**
 * What the server does wrong: one field of every answer is hostile (null: each is), or it refuses everything with a status,
 * a frame, or a close code.
 */
export type Attack = { leaf: number | null; refusal?: number | 'error' | 'close' }

/** A server whose answers are legal in shape, but for the attack that its address names. */
export class HostileServer implements AsyncDisposable {
  readonly #http = createServer((request, response) => answer(request, response))
  readonly #sockets = new WebSocketServer({ server: this.#http, handleProtocols: () => subprotocol })

  static async start(): Promise<HostileServer> {
    const server = new HostileServer()
    server.#http.listen(0, '127.0.0.1')
    await once(server.#http, 'listening')
    server.#sockets.on('connection', (socket, request) => serveSocket(socket, attackIn(request)))
    return server
  }

  urlFor(attack: Attack): string {
    const address = this.#http.address()
    const port = typeof address === 'object' ? address?.port : ''
    return `http://127.0.0.1:${port}/${encodeURIComponent(JSON.stringify(attack))}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#http.closeAllConnections()
    this.#http.close()
    await once(this.#http, 'close')
  }
}

function attackIn({ url = '' }: IncomingMessage): Attack {
  return JSON.parse(decodeURIComponent(url.split('/')[1] ?? '')) as Attack
}

function serveSocket(socket: WebSocket, { leaf, refusal }: Attack): void {
  const send = (frame: Json) => socket.send(JSON.stringify(spoil(frame, leaf)))
  if (refusal === 'close') {
    socket.close(4403, 'no\u009b31m\u202e')
    return
  }
  send(welcome(refusal === 'error' ? 0 : events.length))
  socket.on('message', text => {
    const { type, id, data } = JSON.parse(String(text)) as { type: string; id: string; data: { after?: number } }
    const rest = events.slice(data.after ?? 0)
    if (refusal === 'error') send({ type: 'error', data: { id, code: 'forbidden', message: hostileText } })
    else if (type === 'history') socket.send(JSON.stringify({ type, data: { id, events: rest, more: false } }))
    else send({ type: 'ack', data: { id, seq: 1 } })
  })
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { leaf, refusal } = attackIn(request)
  const { pathname } = new URL(request.url ?? '', 'http://localhost')
  request.resume()
  request.on('end', () => {
    if (typeof refusal === 'number') {
      response.statusCode = refusal
      response.end(JSON.stringify({ error: { code: hostileText, message: hostileText } }))
    } else if (pathname.endsWith('/export'))
      response.end(`${JSON.stringify(events[0])}\n${hostileText.replace('\n', ' ')}\n`)
    else response.end(JSON.stringify(spoil(bodyOf(pathname), leaf)))
  })
}

function bodyOf(path: string): Json {
  if (path.endsWith('/healthz')) return { version: '1' }
  if (path.endsWith('/cost')) return cost
  if (path.endsWith('/tickets')) return { ticket: 'abc' }
  if (path.endsWith('/import')) return { events: 1, epoch: 'e2' }
  if (path.endsWith('/events')) return { results: [{ id: 'x', error: { code: 'invalid', message: 'no' } }] }
  return { ok: true }
}
