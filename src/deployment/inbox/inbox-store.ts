import { migrate } from '../../lib/migrations.ts'
import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { InboxItem, InboxKind, InboxMark } from '../../protocol/inbox.ts'
import type { InboxEvent, WaitingInChannel } from '../../rpc/inbox.ts'

const schema = [
  [
    // epoch: of the channel's log; at: ms; author: user or agent id; root: seq of the first message of its thread, or null;
    // approval: or null.
    `CREATE TABLE items (
      channel TEXT NOT NULL,
      seq INTEGER NOT NULL,
      epoch TEXT NOT NULL,
      kind TEXT NOT NULL,
      at INTEGER NOT NULL,
      author TEXT NOT NULL,
      name TEXT NOT NULL,
      root INTEGER,
      approval TEXT,
      read INTEGER NOT NULL,
      PRIMARY KEY (channel, seq)
    ) WITHOUT ROWID`,
  ],
  [
    `CREATE TABLE visits (channel TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID`, // ms: when the person first was there
    `ALTER TABLE items ADD COLUMN message INTEGER`, // seq of the message that was edited, or null
  ],
]

const maxItems = 1_000 // with more, the oldest are dropped, those that are read first
const cleanAfter = 100 // items more

type Row = SqlRow & {
  channel: string
  seq: number
  epoch: string
  kind: InboxKind
  at: number
  author: string
  name: string
  root: number | null
  approval: string | null
  message: number | null
  read: number
}

/** One inbox: its items, and where its owner has been. It has no table before there is one of either. */
export class InboxStore {
  readonly #sql: Sql
  #isMade: boolean
  #addedSinceDrop = 0 // items added since the oldest were dropped

  constructor(sql: Sql) {
    this.#sql = sql
    this.#isMade = false
    if (first(sql, `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'items'`) !== null) this.#make()
  }

  /** Adds an item; null if it is there already, however often its circle sends it. */
  add(event: InboxEvent): InboxItem | null {
    this.#make()
    const { channel, epoch, seq, kind, at, from, root, approval = null, message = null } = event
    // A log that was replaced counts its events anew.
    this.#sql.all(`DELETE FROM items WHERE channel = ?1 AND epoch <> ?2`, channel, epoch)
    const added = this.#sql.all<Row>(
      `INSERT INTO items (channel, seq, epoch, kind, at, author, name, root, approval, message, read)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0) ON CONFLICT DO NOTHING RETURNING *`,
      ...[channel, seq, epoch, kind, at, from.id, from.name, root, approval, message],
    )
    this.#drop(added.length)
    return added[0] === undefined ? null : itemOf(added[0])
  }

  /** Removes what waited for an approval; returns whether there was anything. */
  close(channel: string, approval: string): boolean {
    if (!this.#isMade) return false
    const where = `channel = ?1 AND approval = ?2`
    return this.#sql.all(`DELETE FROM items WHERE ${where} RETURNING seq`, channel, approval).length > 0
  }

  /** Marks items as read; returns whether one was not. What waits for an approval goes on waiting. */
  markRead({ channel, seq, root, only }: InboxMark): boolean {
    if (!this.#isMade) return false
    const which = only ? `seq = ?2` : `seq <= ?2 AND root IS ?3`
    const where = `channel = ?1 AND ${which} AND kind <> 'approval' AND read = 0`
    const values = only ? [channel, seq] : [channel, seq, root]
    return this.#sql.all(`UPDATE items SET read = 1 WHERE ${where} RETURNING seq`, ...values).length > 0
  }

  /** Items, newest first. */
  items(limit: number, unread: boolean): InboxItem[] {
    if (!this.#isMade) return []
    const where = unread ? 'WHERE read = 0' : ''
    return this.#sql
      .all<Row>(`SELECT * FROM items ${where} ORDER BY at DESC, channel, seq DESC LIMIT ?1`, limit)
      .map(itemOf)
  }

  /** The circles with unread items, by name. */
  unread(): WaitingInChannel[] {
    if (!this.#isMade) return []
    const count = (kind: InboxKind): string => `count(*) FILTER (WHERE kind = '${kind}')`
    return this.#sql.all<SqlRow & WaitingInChannel>(
      `SELECT channel, ${count('mention')} AS mentions, ${count('reply')} AS replies, ${count('direct')} AS direct,
        ${count('approval')} AS approvals, ${count('failure')} AS failures, min(seq) AS first FROM items WHERE read = 0 GROUP BY channel ORDER BY channel`,
    )
  }

  /** Keeps that the owner has been in a channel, or forgets it. */
  setVisited(channel: string, visited: boolean, now: number): void {
    if (visited) {
      this.#make()
      this.#sql.all(`INSERT INTO visits (channel, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING`, channel, now)
    } else if (this.#isMade) this.#sql.all(`DELETE FROM visits WHERE channel = ?1`, channel)
  }

  /** The channels in which the owner has been, the latest first. */
  visits(limit: number): string[] {
    if (!this.#isMade) return []
    const rows = this.#sql.all<{ channel: string }>(
      `SELECT channel FROM visits ORDER BY at DESC, channel LIMIT ?1`,
      limit,
    )
    return rows.map(({ channel }) => channel)
  }

  #make(): void {
    if (this.#isMade) return
    migrate(this.#sql, schema)
    this.#isMade = true
  }

  #drop(added: number): void {
    this.#addedSinceDrop += added
    if (this.#addedSinceDrop < cleanAfter) return
    this.#addedSinceDrop = 0
    this.#sql.all(
      `DELETE FROM items WHERE (channel, seq) IN
        (SELECT channel, seq FROM items ORDER BY read, at DESC LIMIT -1 OFFSET ?1)`,
      maxItems,
    )
  }
}

function itemOf({ channel, epoch, seq, kind, at, author, name, root, approval, message, read }: Row): InboxItem {
  const from = { id: author, name }
  const item = { channel, epoch, seq, kind, at: timestamp(at), from, root, read: read === 1 }
  return { ...item, ...(approval !== null && { approval }), ...(message !== null && { message }) }
}
