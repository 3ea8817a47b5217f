import { subprotocol, ticketPrefix } from '../../protocol/version.ts'
import { problemText } from '../words/problem-text.ts'
import { request } from './api.ts'
import { addressFor, type Caller } from './caller.ts'

/** A socket without commands of a channel: its path, its name in tickets, and what to ask over HTTP before. */
export type FeedSource = { path: string; resource: string; probe: string }

/** The state of the connection of a feed. */
export type FeedState =
  | { phase: 'connecting' }
  | { phase: 'live' }
  | { phase: 'offline'; since: number } // ms since the Unix epoch; reconnects by itself
  | { phase: 'refused'; reason: string }

type Listener<Frame> = { onFrame(frame: Frame): void; onState(state: FeedState): void }

/** An open feed. */
export type Feed = { send(frame: object): void; close(): void }

const pingMs = 25_000 // of silence
const pongTimeoutMs = 10_000
const maxBackoffMs = 30_000

/** Subscribes to a feed, with reconnects, until it is closed. */
export function openFeed<Frame extends { type: string }>(
  caller: Caller | null,
  source: FeedSource,
  { onFrame, onState }: Listener<Frame>,
): Feed {
  let isClosed = false
  let failures = 0
  let offlineSince: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let socket: WebSocket | null = null

  const start = async (): Promise<void> => {
    const access = await requestAccess(caller, source)
    if (isClosed) return
    if ('refused' in access) return onState({ phase: 'refused', reason: access.refused })
    if ('unreachable' in access) return reconnect()
    subscribe(new WebSocket(socketUrl(caller, source), access.protocols))
  }

  const subscribe = (next: WebSocket): void => {
    socket = next
    next.onmessage = ({ data }) => {
      watchForSilence(next)
      const frame: Frame = JSON.parse(String(data))
      if (frame.type === 'pong') return
      failures = 0
      offlineSince = null
      onState({ phase: 'live' })
      onFrame(frame)
    }
    next.onclose = () => {
      if (socket === next) reconnect()
    }
    watchForSilence(next)
  }

  /** Pings the server once it has been silent for a while, and reconnects if no answer comes. */
  const watchForSilence = (current: WebSocket): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (current.readyState === WebSocket.OPEN) current.send('{"type":"ping"}')
      timer = setTimeout(reconnect, pongTimeoutMs)
    }, pingMs)
  }

  /** Closes the socket and, unless the feed was closed, opens another after a back-off. */
  const reconnect = (): void => {
    clearTimeout(timer)
    const lost = socket
    socket = null
    lost?.close()
    if (isClosed) return
    offlineSince ??= Date.now()
    onState({ phase: 'offline', since: offlineSince })
    const backoff = Math.min(maxBackoffMs, 1_000 * 2 ** failures++)
    timer = setTimeout(start, backoff * (0.5 + Math.random() / 2)) // jitter: not all pages at once after a deploy
  }

  void start()
  return {
    send(frame) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
    },
    close() {
      isClosed = true
      reconnect()
    },
  }
}

type Access = { protocols: string[] } | { refused: string } | { unreachable: true }

/** Returns the subprotocols to connect with. It tries HTTP first: a browser does not show why an upgrade was refused. */
async function requestAccess(caller: Caller | null, { probe, resource }: FeedSource): Promise<Access> {
  try {
    await request(caller, probe)
    if (caller?.by !== 'token') return { protocols: [subprotocol] }
    const options = { method: 'POST', body: { channel: resource } } as const
    const { ticket } = await request<{ ticket: string }>(caller, '/api/tickets', options)
    return { protocols: [subprotocol, ticketPrefix + ticket] }
  } catch (error) {
    if (error instanceof TypeError) return { unreachable: true } // `fetch` throws it when there is no network
    return { refused: problemText(error, String(error)) }
  }
}

function socketUrl(caller: Caller | null, { path }: FeedSource): string {
  const url = addressFor(caller, path)
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}
