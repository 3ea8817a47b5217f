import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { EventOf } from '../../protocol/events/events.ts'
import { defaultEventId } from './event-log.ts'

/** A message of a person or an agent, as it is stored. */
export type StoredMessage = EventOf<'message'> | EventOf<'agent_message'>

type MessageRow = SqlRow & {
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
  (SELECT json_extract(edit.data, '$.content') FROM events AS edit WHERE edit.seq = json_extract(message.edits, '$[#-1]'))
  END AS edited`

/** The messages of a log as they read now: with their last edits, and without deleted ones. */
export class MessageView {
  readonly #sql: Sql
  readonly #isKept: string // a condition

  /** `types`: of the events that count as messages. */
  constructor(sql: Sql, types: readonly string[] = ['message', 'agent_message']) {
    this.#sql = sql
    const list = types.map(type => `'${type.replaceAll("'", "''")}'`).join(', ')
    this.#isKept = `type IN (${list}) AND json_extract(data, '$.deleted') IS NULL`
  }

  /** The message with this seq, or null. */
  at(seq: number): StoredMessage | null {
    const row = first<MessageRow>(
      this.#sql,
      `SELECT ${columns} FROM events AS message WHERE seq = ?1 AND ${this.#isKept}`,
      seq,
    )
    return row === null ? null : read(row)
  }

  /** The messages just before `seq`, newest first. */
  before(seq: number, limit: number): StoredMessage[] {
    return this.#all(`seq < ?1 AND ${this.#isKept} ORDER BY seq DESC`, seq, limit)
  }

  /** The messages after `seq`, oldest first. */
  after(seq: number, limit: number): StoredMessage[] {
    return this.#all(`seq > ?1 AND ${this.#isKept} ORDER BY seq`, seq, limit)
  }

  #all(where: string, seq: number, limit: number): StoredMessage[] {
    return this.#sql
      .all<MessageRow>(`SELECT ${columns} FROM events AS message WHERE ${where} LIMIT ?2`, seq, limit)
      .map(read)
  }
}

function read({ seq, at, type, id, data, origin, edited }: MessageRow): StoredMessage {
  const stored = JSON.parse(data) as StoredMessage['data']
  const current = edited === null ? stored : { ...stored, content: edited }
  const event = { type, data: current, seq, at, id: id ?? defaultEventId({ type, data: stored, seq }) }
  return (origin === null ? event : { ...event, origin: JSON.parse(origin) }) as StoredMessage
}
