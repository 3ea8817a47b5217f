import { DurableObject } from '#workers'
import { consumeTicket } from '../../auth/ticket.ts'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger } from '../../lib/logger.ts'
import type { Sql } from '../../lib/sql.ts'
import {
  type InboxFrame,
  type InboxItem,
  type InboxMark,
  inboxSchemas,
  type UnreadChannel,
} from '../../protocol/inbox.ts'
import { subprotocol } from '../../protocol/version.ts'
import type { InboxNews, InboxRpc } from '../../rpc/inbox.ts'
import { readStatsSubscriber, statsSubscriberHeader } from '../stats/subscriber.ts'
import { StatsSubscribers } from '../stats/subscribers.ts'
import { InboxStore } from './inbox-store.ts'

const shownItems = 200 // unread ones that a new socket is sent
const maxFrame = 4_096 // characters

// Not among the tables of items: most inboxes are opened without ever having one.
const ticketTable = `CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID`

/** The Durable Object that keeps the inbox of one person, and tells their devices; guests have none. */
export class Inbox extends DurableObject<Env> implements InboxRpc {
  readonly #sql: Sql
  readonly #store: InboxStore
  readonly #sockets: StatsSubscribers
  readonly #markSchema = inboxSchemas().mark

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#sql = durableSql(context.storage)
    this.#store = new InboxStore(this.#sql)
    this.#sockets = new StatsSubscribers(context, createLogger(env.LOG, console), 'deployment:inbox')
  }

  deliver(news: InboxNews): void {
    if ('closed' in news) {
      const { channel, closed: approval } = news
      if (this.#store.close(channel, approval)) this.#send({ type: 'inbox_closed', data: { channel, approval } })
      return
    }
    const item = this.#store.add(news)
    if (item !== null) this.#send({ type: 'inbox_item', data: item })
  }

  items(limit: number, unread: boolean): InboxItem[] {
    return this.#store.items(limit, unread)
  }

  unread(): UnreadChannel[] {
    return this.#store.unread()
  }

  markRead(mark: InboxMark): void {
    if (this.#store.markRead(mark)) this.#send({ type: 'inbox_read', data: mark })
  }

  /** Closes the sockets whose token was issued to this user until `before` (ms); returns whether others are left. */
  revoke(user: string, before: number): boolean {
    this.#sockets.revoke(user, before, Date.now())
    return this.#sockets.has(user)
  }

  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const subscriber = readStatsSubscriber(request.headers.get(statsSubscriberHeader))
    const now = Date.now()
    if (this.#sockets.isFull) return refuse(503, 'full', 'There are too many sockets.')
    if (subscriber.ticket !== null && !this.#consume(subscriber.ticket, now)) {
      return refuse(401, 'ticket_used', 'This ticket was used before.')
    }
    const { 0: client, 1: server } = new WebSocketPair()
    this.#sockets.add(server, subscriber, crypto.randomUUID(), now)
    const frame: InboxFrame = { type: 'inbox', data: { items: this.#store.items(shownItems, true) } }
    server.send(JSON.stringify(frame))
    await this.#setAlarm()
    const offered: HeadersInit = subscriber.native ? { 'Sec-WebSocket-Protocol': subprotocol } : {}
    const headers = { 'x-request-id': subscriber.request, ...offered }
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  /** The one command is `{"type":"read","data":{…}}`; anything else is ignored. */
  override webSocketMessage(_: WebSocket, frame: string | ArrayBuffer): void {
    if (typeof frame !== 'string' || frame.length > maxFrame) return
    const mark = this.#markSchema.safeParse(readCommand(frame))
    if (mark.success) this.markRead(mark.data)
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

  #consume(ticket: { id: string; expires: number }, now: number): boolean {
    this.#sql.all(ticketTable)
    return consumeTicket(this.#sql, ticket, now)
  }

  async #setAlarm(): Promise<void> {
    const expiry = this.#sockets.firstExpiry
    const stored = expiry === null ? null : await this.ctx.storage.getAlarm()
    if (expiry !== null && (stored === null || stored > expiry)) await this.ctx.storage.setAlarm(Math.max(expiry, 1))
  }

  #send(frame: InboxFrame): void {
    if (!this.#sockets.isEmpty) this.#sockets.send(JSON.stringify(frame), Date.now())
  }
}

/** The data of a `read` command; null if it is none. */
function readCommand(frame: string): unknown {
  try {
    const { type, data } = JSON.parse(frame)
    return type === 'read' ? data : null
  } catch {
    return null // no JSON
  }
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status })
}
