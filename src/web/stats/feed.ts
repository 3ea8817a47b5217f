import type { DeploymentStats, StatsFrame } from '../../protocol/stats.ts'
import { subprotocol, ticketPrefix } from '../../protocol/version.ts'
import { request } from '../lib/api.ts'
import type { Identity } from '../nav/identity.ts'

/** How the page stands with the feed. */
export type FeedState =
  | { is: 'connecting' }
  | { is: 'live' }
  | { is: 'offline'; since: number } // comes back by itself
  | { is: 'refused'; why: string }

type Listener = { heard(stats: DeploymentStats): void; changed(state: FeedState): void }

const pingMs = 25_000
const patienceMs = 10_000 // for a pong
const longestPauseMs = 30_000

/** Opens the feed of `/ws/stats` and keeps it open, until the function it returns is called. */
export function openFeed(who: Identity | null, { heard, changed }: Listener): () => void {
  let isOver = false
  let failures = 0
  let offlineSince: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let socket: WebSocket | null = null

  const start = async (): Promise<void> => {
    const asked = await ask(who)
    if (isOver) return
    if ('refused' in asked) return changed({ is: 'refused', why: asked.refused })
    if ('unreachable' in asked) return again()
    listen(new WebSocket(addressOf(who), asked.protocols))
  }

  const listen = (next: WebSocket): void => {
    socket = next
    next.onmessage = ({ data }) => {
      wait(next)
      const frame: StatsFrame | { type: 'pong' } = JSON.parse(String(data))
      if (frame.type !== 'stats') return
      failures = 0
      offlineSince = null
      changed({ is: 'live' })
      heard(frame.data)
    }
    next.onclose = () => {
      if (socket === next) again()
    }
    wait(next)
  }

  /** Asks whether the server is still there once it has been silent for a while, and begins anew if it is not. */
  const wait = (open: WebSocket): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (open.readyState === WebSocket.OPEN) open.send('{"type":"ping"}')
      timer = setTimeout(again, patienceMs)
    }, pingMs)
  }

  const again = (): void => {
    clearTimeout(timer)
    const lost = socket
    socket = null
    lost?.close()
    if (isOver) return
    offlineSince ??= Date.now()
    changed({ is: 'offline', since: offlineSince })
    const pause = Math.min(longestPauseMs, 1_000 * 2 ** failures++)
    timer = setTimeout(start, pause * (0.5 + Math.random() / 2)) // not all at once after a deploy
  }

  void start()
  return () => {
    isOver = true
    again()
  }
}

type Asked = { protocols: string[] } | { refused: string } | { unreachable: true }

/** Asks for the figures by HTTP first: a browser tells nobody why an upgrade was refused. */
async function ask(who: Identity | null): Promise<Asked> {
  try {
    await request(who, '/api/stats')
    if (who?.by !== 'token') return { protocols: [subprotocol] }
    const options = { method: 'POST', body: { channel: 'deployment:stats' } } as const
    const { ticket } = await request<{ ticket: string }>(who, '/api/tickets', options)
    return { protocols: [subprotocol, ticketPrefix + ticket] }
  } catch (error) {
    if (error instanceof TypeError) return { unreachable: true } // what `fetch` throws without a network
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}

function addressOf(who: Identity | null): string {
  const url = new URL('/ws/stats', location.origin)
  url.protocol = url.protocol.replace('http', 'ws')
  if (who?.by === 'name') url.searchParams.set('name', who.name)
  return url.href
}
