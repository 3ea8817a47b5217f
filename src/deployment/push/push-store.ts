import { sha256 } from '../../lib/ids.ts'
import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { NotificationLevel } from '../../protocol/notifications.ts'
import type { PushIdentity } from '../../rpc/push.ts'

const maxSubscriptions = 20 // devices of one person

// Not among the tables of items: most people have no device here.
const tables = [
  // id: a hash of the endpoint; contact: of the deployment, for the push service; texts: 1 if it gets those of private
  // circles, too; at: ms.
  `CREATE TABLE IF NOT EXISTS circles_push_devices (
    id TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    contact TEXT NOT NULL,
    texts INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS circles_push_identity (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    public_key TEXT NOT NULL,
    private_key TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS circles_notification_levels (channel TEXT PRIMARY KEY, level TEXT NOT NULL) WITHOUT ROWID`,
]

/** A device of a person, as its browser has subscribed it. */
export type Subscription = {
  id: string
  endpoint: string
  p256dh: string
  auth: string
  contact: string
  texts: boolean
}

type Row = SqlRow & Omit<Subscription, 'texts'> & { texts: number }

/** The devices of one person, and of which circles they want to be told. It has no table before there is one of either. */
export class PushStore {
  readonly #sql: Sql
  #isMade: boolean

  constructor(sql: Sql) {
    this.#sql = sql
    this.#isMade = first(sql, `SELECT 1 FROM sqlite_master WHERE name = 'circles_push_devices'`) !== null
  }

  /** Keeps a device, or what is new about it; returns its id. Beyond 20, the one that came first is forgotten. */
  add({ endpoint, p256dh, auth, contact, texts }: Omit<Subscription, 'id'>, now: number): string {
    this.#make()
    const id = sha256(endpoint).slice(0, 32)
    this.#sql.all(
      `INSERT INTO circles_push_devices (id, endpoint, p256dh, auth, contact, texts, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, contact = excluded.contact,
        texts = excluded.texts, at = excluded.at`,
      ...[id, endpoint, p256dh, auth, contact, Number(texts), now],
    )
    this.#sql.all(
      `DELETE FROM circles_push_devices WHERE id IN (SELECT id FROM circles_push_devices ORDER BY at DESC LIMIT -1 OFFSET ?1)`,
      maxSubscriptions,
    )
    return id
  }

  /** Forgets a device. */
  remove(id: string): void {
    if (this.#isMade) this.#sql.all(`DELETE FROM circles_push_devices WHERE id = ?1`, id)
  }

  /** Forgets all devices. */
  clear(): void {
    if (this.#isMade) this.#sql.all(`DELETE FROM circles_push_devices`)
  }

  /** All devices. */
  subscriptions(): Subscription[] {
    if (!this.#isMade) return []
    return this.#sql.all<Row>(`SELECT * FROM circles_push_devices`).map(row => ({ ...row, texts: row.texts === 1 }))
  }

  /** Keeps of what the person wants to be told in a channel. */
  setLevel(channel: string, level: NotificationLevel): void {
    this.#make()
    this.#sql.all(
      `INSERT INTO circles_notification_levels (channel, level) VALUES (?1, ?2)
        ON CONFLICT (channel) DO UPDATE SET level = excluded.level`,
      ...[channel, level],
    )
  }

  /** The channels for which the person has chosen. */
  levels(): { channel: string; level: NotificationLevel }[] {
    if (!this.#isMade) return []
    return this.#sql.all(`SELECT channel, level FROM circles_notification_levels ORDER BY channel LIMIT 1000`)
  }

  /** Of what the person wants to be told in a channel. */
  levelIn(channel: string): NotificationLevel {
    if (!this.#isMade) return 'mentions'
    const found = first<{ level: NotificationLevel }>(
      this.#sql,
      `SELECT level FROM circles_notification_levels WHERE channel = ?1`,
      channel,
    )
    return found?.level ?? 'mentions'
  }

  /** The key pair that is kept here, or null. */
  identity(): PushIdentity | null {
    if (!this.#isMade) return null
    return first<PushIdentity>(
      this.#sql,
      `SELECT public_key AS publicKey, private_key AS privateKey FROM circles_push_identity`,
    )
  }

  /** Keeps a key pair, unless there is one; returns the one that counts. */
  keepIdentity(made: PushIdentity): PushIdentity {
    this.#make()
    this.#sql.all(
      `INSERT INTO circles_push_identity (only, public_key, private_key) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING`,
      ...[made.publicKey, made.privateKey],
    )
    return this.identity() ?? made
  }

  #make(): void {
    if (this.#isMade) return
    for (const table of tables) this.#sql.all(table)
    this.#isMade = true
  }
}
