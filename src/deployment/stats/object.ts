import { DurableObject } from '#workers'
import { consumeTicket } from '../../auth/ticket.ts'
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

const topChannels = 50 // with their own figures in a snapshot
const updateMs = 1_000

/** The Durable Object that adds up the figures of all channels and sends them to the deployment's owners; there is one. */
export class Statistics extends DurableObject<Env> implements StatsRpc {
  readonly #sql: Sql
  readonly #store: StatsStore
  readonly #subscribers: StatsSubscribers
  #sentAt = 0 // ms
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#sql = durableSql(context.storage)
    this.#store = new StatsStore(this.#sql, Date.now())
    this.#subscribers = new StatsSubscribers(context, createLogger(env.LOG, console))
  }

  report(report: ChannelReport): void {
    this.#store.report(report, Date.now())
    this.#scheduleUpdate()
  }

  forget(channel: string): void {
    this.#store.forget(channel)
    this.#scheduleUpdate()
  }

  snapshot(): DeploymentStats {
    return this.#store.snapshot(topChannels, Date.now())
  }

  /** Closes the sockets whose token was issued to this user until `before` (ms); returns whether others are left. */
  revoke(user: string, before: number): boolean {
    this.#subscribers.revoke(user, before, Date.now())
    return this.#subscribers.has(user)
  }

  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const subscriber = readStatsSubscriber(request.headers.get(statsSubscriberHeader))
    const now = Date.now()
    if (this.#subscribers.isFull) return refuse(503, 'full', 'there are too many subscribers')
    if (subscriber.ticket !== null && !consumeTicket(this.#sql, subscriber.ticket, now)) {
      return refuse(401, 'ticket_used', 'This ticket was used before.')
    }
    const { 0: client, 1: server } = new WebSocketPair()
    this.#subscribers.add(server, subscriber, crypto.randomUUID(), now)
    server.send(this.#frame(now))
    await this.#setAlarm()
    const offered: HeadersInit = subscriber.native ? { 'Sec-WebSocket-Protocol': subprotocol } : {}
    const headers = { 'x-request-id': subscriber.request, ...offered }
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  override webSocketMessage(): void {
    // This socket has no commands; the runtime answers pings.
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#subscribers.socketClosed(socket, code, Date.now())
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006)
  }

  override async alarm(): Promise<void> {
    this.#subscribers.closeExpired(Date.now())
    await this.#setAlarm()
  }

  async #setAlarm(): Promise<void> {
    const expiry = this.#subscribers.firstExpiry
    if (expiry !== null) await this.ctx.storage.setAlarm(Math.max(expiry, 1))
  }

  /** Sends the changed figures to the subscribers, at most once a second. Without subscribers this costs nothing. */
  #scheduleUpdate(): void {
    if (this.#timer !== null || this.#subscribers.isEmpty) return
    const waitMs = this.#sentAt + updateMs - Date.now()
    if (waitMs <= 0) this.#sendUpdate()
    else this.#timer = setTimeout(() => this.#sendUpdate(), waitMs)
  }

  #sendUpdate(): void {
    this.#timer = null
    const now = Date.now()
    this.#sentAt = now
    this.#subscribers.send(this.#frame(now), now)
  }

  #frame(now: number): string {
    const data = this.#store.snapshot(topChannels, now)
    return JSON.stringify({ type: 'stats', data, timestamp: timestamp(now) } satisfies StatsFrame)
  }
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status })
}
