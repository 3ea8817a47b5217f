import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { EventOf } from '../../protocol/events.ts'
import { defaultEventId } from './event-log.ts'

/** Something said by a person or an agent. */
export type StoredMessage = EventOf<'message'> | EventOf<'agent_message'>

type LineRow = SqlRow & {
  seq: number
  at: number
  type: string
  id: string | null
  data: string
  origin: string | null
  edited: string | null
}

// The last edit's text, looked up only where there is one.
const columns = `seq, at, type, id, data, origin, CASE WHEN edits IS NOT NULL THEN
  (SELECT json_extract(edit.data, '$.content') FROM events AS edit WHERE edit.seq = json_extract(line.edits, '$[#-1]'))
  END AS edited`
const spoken = `type IN ('message', 'agent_message') AND json_extract(data, '$.deleted') IS NULL`

/** The lines of a log as they read now: an edit counts, a line that was taken back is none. */
export class MessageView {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  at(seq: number): StoredMessage | null {
    const row = first<LineRow>(this.#sql, `SELECT ${columns} FROM events AS line WHERE seq = ?1 AND ${spoken}`, seq)
    return row === null ? null : read(row)
  }

  /** The lines just before `seq`, newest first. */
  before(seq: number, limit: number): StoredMessage[] {
    return this.#all(`seq < ?1 AND ${spoken} ORDER BY seq DESC`, seq, limit)
  }

  /** The lines after `seq`, oldest first. */
  after(seq: number, limit: number): StoredMessage[] {
    return this.#all(`seq > ?1 AND ${spoken} ORDER BY seq`, seq, limit)
  }

  #all(where: string, seq: number, limit: number): StoredMessage[] {
    return this.#sql.all<LineRow>(`SELECT ${columns} FROM events AS line WHERE ${where} LIMIT ?2`, seq, limit).map(read)
  }
}

function read({ seq, at, type, id, data, origin, edited }: LineRow): StoredMessage {
  const stored = JSON.parse(data) as StoredMessage['data']
  const now = edited === null ? stored : { ...stored, content: edited }
  const event = { type, data: now, seq, at, id: id ?? defaultEventId({ type, data: stored, seq }) }
  return (origin === null ? event : { ...event, origin: JSON.parse(origin) }) as StoredMessage
}
