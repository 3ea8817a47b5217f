import { DurableObject } from '#workers'
import { consumeTicket } from '../../auth/ticket.ts'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger } from '../../lib/logger.ts'
import type { Sql } from '../../lib/sql.ts'
import { type InboxFrame, type InboxItem, type InboxMark, inboxSchemas } from '../../protocol/inbox.ts'
import type { NotificationLevel } from '../../protocol/notifications.ts'
import type { InboxNews, InboxRpc, InboxVisit, WaitingInChannel } from '../../rpc/inbox.ts'
import type { ChosenLevel, NewSubscription, PushIdentity } from '../../rpc/push.ts'
import { pushIdentityOf } from '../push/push-identity.ts'
import { PushStore } from '../push/push-store.ts'
import { Pushes } from '../push/pushes.ts'
import { DeploymentSockets, refuseSocket } from '../sockets/deployment-sockets.ts'
import { readSocketCaller } from '../sockets/socket-caller.ts'
import { InboxStore } from './inbox-store.ts'

const shownItems = 200 // unread ones that a new socket is sent
const maxFrame = 4_096 // characters

// Not among the tables of items: most inboxes are opened without ever having one.
const ticketTable = `CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID`

/** The Durable Object that keeps the inbox of one person, and tells their devices; guests have none. */
export class Inbox extends DurableObject<Env> implements InboxRpc {
  readonly #sql: Sql
  readonly #store: InboxStore
  readonly #sockets: DeploymentSockets
  readonly #devices: PushStore
  readonly #pushes: Pushes
  readonly #markSchema = inboxSchemas().mark

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#sql = durableSql(context.storage)
    this.#store = new InboxStore(this.#sql)
    this.#sockets = new DeploymentSockets(context, createLogger(env.LOG, console), 'deployment:inbox')
    this.#devices = new PushStore(this.#sql)
    this.#pushes = new Pushes(this.#devices, {
      owner: context.id.name ?? '',
      allowLoopback: env.WEBHOOKS_LOOPBACK === 'allow',
      identity: () => pushIdentityOf(env),
    })
  }

  deliver(news: InboxNews | InboxVisit): void {
    if ('visited' in news) this.#store.setVisited(news.channel, news.visited, Date.now())
    else if ('closed' in news) {
      const { channel, closed: approval } = news
      if (this.#store.close(channel, approval)) this.#send({ type: 'inbox_closed', data: { channel, approval } })
    } else {
      const item = this.#store.add(news)
      if (item === null) return
      if (this.#sockets.isEmpty) this.ctx.waitUntil(this.#pushes.send(item, news, Date.now()))
      else this.#send({ type: 'inbox_item', data: item })
    }
  }

  items(limit: number, unread: boolean): InboxItem[] {
    return this.#store.items(limit, unread)
  }

  unread(): WaitingInChannel[] {
    return this.#store.unread()
  }

  visits(limit: number): string[] {
    return this.#store.visits(limit)
  }

  markRead(mark: InboxMark): void {
    if (this.#store.markRead(mark)) this.#send({ type: 'inbox_read', data: mark })
  }

  subscribe(subscription: NewSubscription): string {
    return this.#devices.add(subscription, Date.now())
  }

  unsubscribe(id: string): void {
    this.#devices.remove(id)
  }

  setLevel(channel: string, level: NotificationLevel): void {
    this.#devices.setLevel(channel, level)
  }

  levels(): ChosenLevel[] {
    return this.#devices.levels()
  }

  pushIdentity(): PushIdentity | null {
    return this.#devices.identity()
  }

  keepPushIdentity(made: PushIdentity): PushIdentity {
    return this.#devices.keepIdentity(made)
  }

  /** Closes the sockets whose token was issued to this user until `before` (ms); returns whether others are left. */
  revoke(user: string, before: number): boolean {
    this.#devices.clear() // whoever has one of these devices signs in again
    this.#sockets.revoke(user, before, Date.now())
    return this.#sockets.has(user)
  }

  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const caller = readSocketCaller(request)
    const now = Date.now()
    if (this.#sockets.isFull) return refuseSocket(503, 'full', 'There are too many sockets.')
    if (caller.ticket !== null && !this.#consume(caller.ticket, now)) {
      return refuseSocket(401, 'ticket_used', 'This ticket was used before.')
    }
    const frame: InboxFrame = { type: 'inbox', data: { items: this.#store.items(shownItems, true) } }
    const response = this.#sockets.accept(caller, JSON.stringify(frame), now)
    await this.#setAlarm()
    return response
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
