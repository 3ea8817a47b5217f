import { DurableObject } from '#workers'
import { consumeTicket } from '../../auth/ticket.ts'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger } from '../../lib/logger.ts'
import type { Sql } from '../../lib/sql.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { DeploymentStats, StatsFrame } from '../../protocol/stats.ts'
import type { ChannelReport, StatsRpc } from '../../rpc/stats.ts'
import { DeploymentSockets, refuseSocket } from '../sockets/deployment-sockets.ts'
import { readSocketCaller } from '../sockets/socket-caller.ts'
import { StatsStore } from './stats-store.ts'

const topChannels = 50 // with their own figures in a snapshot
const updateMs = 1_000

/** The Durable Object that adds up the figures of all channels and sends them to the deployment's owners; there is one. */
export class Statistics extends DurableObject<Env> implements StatsRpc {
  readonly #sql: Sql
  readonly #store: StatsStore
  readonly #sockets: DeploymentSockets
  #sentAt = 0 // ms
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#sql = durableSql(context.storage)
    this.#store = new StatsStore(this.#sql, Date.now())
    this.#sockets = new DeploymentSockets(context, createLogger(env.LOG, console), 'deployment:stats')
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
    this.#sockets.revoke(user, before, Date.now())
    return this.#sockets.has(user)
  }

  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const caller = readSocketCaller(request)
    const now = Date.now()
    if (this.#sockets.isFull) return refuseSocket(503, 'full', 'there are too many subscribers')
    if (caller.ticket !== null && !consumeTicket(this.#sql, caller.ticket, now)) {
      return refuseSocket(401, 'ticket_used', 'This ticket was used before.')
    }
    const response = this.#sockets.accept(caller, this.#frame(now), now)
    await this.#setAlarm()
    return response
  }

  override webSocketMessage(): void {
    // This socket has no commands; the runtime answers pings.
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#sockets.socketClosed(socket, code, Date.now())
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006)
  }

  override async alarm(): Promise<void> {
    this.#sockets.closeExpired(Date.now())
    await this.#setAlarm()
  }

  async #setAlarm(): Promise<void> {
    const expiry = this.#sockets.firstExpiry
    if (expiry !== null) await this.ctx.storage.setAlarm(Math.max(expiry, 1))
  }

  /** Sends the changed figures to the subscribers, at most once a second. Without subscribers this costs nothing. */
  #scheduleUpdate(): void {
    if (this.#timer !== null || this.#sockets.isEmpty) return
    const waitMs = this.#sentAt + updateMs - Date.now()
    if (waitMs <= 0) this.#sendUpdate()
    else this.#timer = setTimeout(() => this.#sendUpdate(), waitMs)
  }

  #sendUpdate(): void {
    this.#timer = null
    const now = Date.now()
    this.#sentAt = now
    this.#sockets.send(this.#frame(now), now)
  }

  #frame(now: number): string {
    const data = this.#store.snapshot(topChannels, now)
    return JSON.stringify({ type: 'stats', data, timestamp: timestamp(now) } satisfies StatsFrame)
  }
}
