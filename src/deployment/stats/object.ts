import { DurableObject } from 'cloudflare:workers'
import { consumeTicket } from '../../auth/redeem.ts'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger } from '../../lib/logger.ts'
import type { Sql } from '../../lib/sql.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { DeploymentStats, StatsFrame } from '../../protocol/stats.ts'
import { subprotocol } from '../../protocol/version.ts'
import type { ChannelReport, StatsRpc } from '../../rpc/stats.ts'
import { StatsStore } from './stats-store.ts'
import { readStatsSubscriber, statsSubscriberHeader } from './subscriber.ts'
import { StatsSubscribers } from './subscribers.ts'

const mostShown = 50 // channels that are shown one by one
const updateMs = 1_000

/** The one object that knows what all channels counted, and shows it to those who own the deployment. */
export class StatsObject extends DurableObject<Env> implements StatsRpc {
  readonly #sql: Sql
  readonly #stats: StatsStore
  readonly #watchers: StatsSubscribers
  #sentAt = 0 // ms
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#sql = durableSql(context.storage)
    this.#stats = new StatsStore(this.#sql, Date.now())
    this.#watchers = new StatsSubscribers(context, createLogger(env.LOG, console))
  }

  report(report: ChannelReport): void {
    this.#stats.report(report, Date.now())
    this.#stir()
  }

  forget(channel: string): void {
    this.#stats.forget(channel)
    this.#stir()
  }

  snapshot(): DeploymentStats {
    return this.#stats.snapshot(mostShown, Date.now())
  }

  /** A user's tokens that were issued until `before` (ms) count no more. */
  revoke(user: string, before: number): void {
    this.#watchers.revoke(user, before, Date.now())
  }

  /** An upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const watcher = readStatsSubscriber(request.headers.get(statsSubscriberHeader))
    const now = Date.now()
    if (this.#watchers.isFull) return refused(503, 'full', 'too many watch already')
    if (watcher.ticket !== null && !consumeTicket(this.#sql, watcher.ticket, now)) {
      return refused(401, 'ticket_used', 'this ticket was used before')
    }
    const { 0: client, 1: server } = new WebSocketPair()
    this.#watchers.add(server, watcher, crypto.randomUUID(), now)
    server.send(this.#frame(now))
    await this.#setAlarm()
    const offered: HeadersInit = watcher.native ? { 'Sec-WebSocket-Protocol': subprotocol } : {}
    const headers = { 'x-request-id': watcher.request, ...offered }
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  override webSocketMessage(): void {
    // There is nothing to ask here; pings are answered by the runtime.
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#watchers.gone(socket, code, Date.now())
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006)
  }

  override async alarm(): Promise<void> {
    this.#watchers.end(Date.now())
    await this.#setAlarm()
  }

  async #setAlarm(): Promise<void> {
    const end = this.#watchers.firstEnd
    if (end !== null) await this.ctx.storage.setAlarm(Math.max(end, 1))
  }

  /** Something changed: whoever watches is told, once a second at most. Nobody watching costs nothing. */
  #stir(): void {
    if (this.#timer !== null || this.#watchers.isEmpty) return
    const waitMs = this.#sentAt + updateMs - Date.now()
    if (waitMs <= 0) this.#tell()
    else this.#timer = setTimeout(() => this.#tell(), waitMs)
  }

  #tell(): void {
    this.#timer = null
    const now = Date.now()
    this.#sentAt = now
    this.#watchers.send(this.#frame(now), now)
  }

  #frame(now: number): string {
    const data = this.#stats.snapshot(mostShown, now)
    return JSON.stringify({ type: 'stats', data, timestamp: timestamp(now) } satisfies StatsFrame)
  }
}

function refused(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status })
}
