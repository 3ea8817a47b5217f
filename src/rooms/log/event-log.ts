import { first, type Sql, type SqlValue } from '../../lib/sql.ts'
import { cacheJson, jsonOf } from '../../protocol/events/event-json-cache.ts'
import type { EventData, EventOf, EventType, LoggedEvent, Origin } from '../../protocol/events/events.ts'
import { utf8Length } from '../../protocol/text.ts'
import { LogSize, sizeOfEvent, storeAfter } from './log-size.ts'
import { RecentEvents } from './recent-cache.ts'

/** An event to append, of any type. */
export type AnyNewEvent = { type: string; user: string; id: string | null; data: object; origin?: Origin }

/** An event to append. The log assigns its seq and its time. */
export type NewEvent<Type extends EventType = EventType> = {
  type: Type
  user: string // the author's id, '' for the room itself
  id: string | null // (user, id) is stored once; null: never a duplicate
  data: EventData<Type>
  origin?: Origin
}

/** Events in order, and whether there are more beyond them. */
export type Page = { events: LoggedEvent[]; more: boolean }

type EventRow = [seq: number, at: number, type: string, id: string | null, data: string, origin: string | null]
type Place = { seq: number; at: number }
const columns = 'seq, at, type, id, data, origin'

/** A page with more than one event has at most this much data: a reader of long messages gets shorter pages. */
const maxPageBytes = 262_144

/** The ordered, durable log of one channel: seq is dense and starts at 1. */
export class EventLog {
  readonly #sql: Sql
  readonly #recent = new RecentEvents()
  #head: number
  #earliest: number // head + 1 when empty
  #oldestAt: number | null // ms
  #newestAt: number // ms
  /** The bytes of the data of all events that were ever appended by this instance. */
  appendedBytes = 0
  #marks: { seq: number; run: () => void }[] = []
  #nextMark = Number.POSITIVE_INFINITY // their lowest seq
  readonly #size: LogSize
  #storeSizeAt = storeAfter // a seq and a size
  #sizeMark: { bytes: number; run: () => void } | null = null
  #nextSize = Number.POSITIVE_INFINITY // the lower of the two sizes

  constructor(sql: Sql) {
    this.#sql = sql
    const newest = first<Place>(sql, `SELECT seq, at FROM events ORDER BY seq DESC LIMIT 1`)
    const oldest = first<Place>(sql, `SELECT seq, at FROM events ORDER BY seq LIMIT 1`)
    this.#head = newest?.seq ?? 0
    this.#newestAt = newest?.at ?? 0
    this.#earliest = oldest?.seq ?? this.#head + 1
    this.#oldestAt = oldest?.at ?? null
    this.#size = new LogSize(sql, this.#earliest, this.#head)
    this.#storeSizeAt = { events: this.#head + storeAfter.events, bytes: this.#size.bytes + storeAfter.bytes }
    this.#awaitStore()
  }

  /** Seq of the last event; 0 in an empty log. */
  get head(): number {
    return this.#head
  }

  /** Seq of the first event still kept; head + 1 in an empty log. */
  get earliest(): number {
    return this.#earliest
  }

  /** The bytes of the data of all events. */
  get bytes(): number {
    return this.#size.bytes
  }

  /** Are all events counted in `bytes`? */
  get isCounted(): boolean {
    return this.#size.isComplete
  }

  /** Counts some more events of a log that is not counted yet, and stores how far it is counted. */
  countMore(): void {
    this.#size.countMore()
    this.#storeSize()
  }

  /** Writes one event that cannot be a duplicate: it has no id, or `find` did not find it. */
  append<Type extends EventType>(entry: NewEvent<Type>, now: number): EventOf<Type> {
    const event = this.appendOnce(entry, now)
    if (event === null) throw new Error(`expected a new id of ${entry.user}, got ${entry.id} again`)
    return event
  }

  /** Writes one event of a type that is not our own. The room's registry knows how it is shown. */
  appendAny(entry: AnyNewEvent, now: number): LoggedEvent {
    return this.append(entry as NewEvent, now) // the log stores every type alike
  }

  /** Writes one event. Returns null if this user already stored one under this id. */
  appendOnce<Type extends EventType>(entry: NewEvent<Type>, now: number): EventOf<Type> | null {
    const seq = this.#head + 1
    const at = Math.max(now, this.#newestAt) // a clock that jumps back must not change the order
    const text = JSON.stringify(entry.data)
    const stored = this.#sql.tuples<[number]>(
      `INSERT INTO events (seq, at, type, user, id, data, origin) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (user, id) WHERE id IS NOT NULL DO NOTHING RETURNING seq`,
      seq,
      at,
      entry.type,
      entry.user,
      entry.id,
      text,
      entry.origin === undefined ? null : JSON.stringify(entry.origin),
    )
    if (stored.length === 0) return null
    this.#head = seq
    this.#newestAt = at
    this.#oldestAt ??= at
    const { type, data, id, origin } = entry
    const event = { type, data, seq, at, id: id ?? defaultEventId({ type, data, seq }), ...(origin && { origin }) }
    const known = cacheJson(event as unknown as EventOf<Type>, text)
    this.#recent.push(known, text.length)
    const bytes = utf8Length(text)
    this.appendedBytes += bytes
    this.#size.bytes += 'attachments' in data ? bytes + attachedBytes(data) : bytes
    if (seq >= this.#storeSizeAt.events || this.#size.bytes >= this.#nextSize) this.#sizeReached()
    if (seq >= this.#nextMark) this.#runMarks()
    return known
  }

  /** Runs work in one transaction. If it throws, the log forgets what it appended meanwhile. */
  atomically<Result>(work: () => Result): Result {
    const [head, newestAt, oldestAt] = [this.#head, this.#newestAt, this.#oldestAt]
    const [appendedBytes, bytes] = [this.appendedBytes, this.#size.bytes]
    try {
      return this.#sql.transaction(work)
    } catch (error) {
      Object.assign(this.#size, { bytes })
      this.appendedBytes = appendedBytes
      this.#head = head
      this.#newestAt = newestAt
      this.#oldestAt = oldestAt
      this.#recent.clear()
      // Whoever was told of an event that is undone waits for a later one now: let the next event tell them.
      this.#marks = this.#marks.map(mark => ({ ...mark, seq: Math.min(mark.seq, head + 1) }))
      this.#nextMark = this.#marks.length === 0 ? Number.POSITIVE_INFINITY : head + 1
      throw error
    }
  }

  /** The event this user already stored under this id, or null. */
  find(user: string, id: string): LoggedEvent | null {
    return this.#read(`WHERE user = ?1 AND id = ?2`, user, id)[0] ?? null
  }

  /** The event with this seq, or null if it is no longer kept or does not exist. */
  at(seq: number): LoggedEvent | null {
    return this.#read(`WHERE seq = ?1`, seq)[0] ?? null
  }

  /** The last event of this type among the `within` before a seq, or null. */
  latest<Type extends EventType>(type: Type, within: number, before = this.#head + 1): EventOf<Type> | null {
    const where = `WHERE seq >= ?1 AND seq < ?2 AND type = ?3 ORDER BY seq DESC LIMIT 1`
    return (this.#read(where, before - within, before, type)[0] as EventOf<Type> | undefined) ?? null
  }

  /** The id of an event's author, or null if the event is not kept. */
  author(seq: number): string | null {
    return first<{ user: string }>(this.#sql, `SELECT user FROM events WHERE seq = ?1`, seq)?.user ?? null
  }

  /** Events after `seq`, oldest first. */
  after(seq: number, limit: number): Page {
    const recent = this.#recent.after(seq, limit + 1)
    if (recent !== null) return page(recent, limit)
    const read = page(this.#read(`WHERE seq > ?1 ORDER BY seq LIMIT ?2`, seq, limit + 1), limit)
    this.#recent.unshift(read.events, read.events.map(sizeOf), this.#head)
    return read
  }

  /** The events just before `seq`, oldest first. */
  before(seq: number, limit: number): Page {
    const newestFirst =
      this.#recent.before(seq, limit + 1)?.reverse() ??
      this.#read(`WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2`, seq, limit + 1)
    const { events, more } = page(newestFirst, limit)
    return { events: events.reverse(), more }
  }

  /** Records on a message that a later event edited it, so that a deletion finds every copy of its text. */
  recordEdit(target: number, edit: number): void {
    this.#sql.all(
      `UPDATE events SET edits = json_insert(coalesce(edits, '[]'), '$[#]', ?2) WHERE seq = ?1`,
      target,
      edit,
    )
  }

  /** Removes the diff of a change to a file; the event stays. */
  redactDiff(target: number): void {
    this.#recent.clear()
    this.#sql.all(
      `UPDATE events SET data = json_remove(json_set(data, '$.deleted', json('true')), '$.diff') WHERE seq = ?1`,
      target,
    )
  }

  /** Removes the text of a message and of its edits; the events stay, so that seq stays dense. */
  redact(target: number): void {
    const own = `(seq = ?1 OR seq IN (SELECT value FROM json_each((SELECT edits FROM events WHERE seq = ?1))))`
    const before = this.#size.countedIn(own, target)
    this.#sql.all(
      `UPDATE events SET data = json_set(data, '$.content', '') WHERE seq IN
        (SELECT value FROM json_each((SELECT coalesce(edits, '[]') FROM events WHERE seq = ?1)))`,
      target,
    )
    this.#recent.clear()
    this.#sql.all(
      `UPDATE events SET data = json_remove(json_set(data, '$.content', '', '$.deleted', json('true')), '$.meta', '$.attachments') WHERE seq = ?1`,
      target,
    )
    this.#size.bytes += this.#size.countedIn(own, target) - before
    this.#storeSize()
  }

  /** Seq of the first event at or after a time (ms); head + 1 if there is none. Times never decrease along the log. */
  seqAt(time: number): number {
    let low = this.#earliest
    let high = this.#head + 1
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = first<Place>(this.#sql, `SELECT seq, at FROM events WHERE seq = ?1`, middle)?.at ?? 0
      if (at < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** When the last event was written (ms), 0 in an empty log. */
  get newestAt(): number {
    return this.#newestAt
  }

  /** When the oldest kept event was written (ms), or null in an empty log. */
  get oldestAt(): number | null {
    return this.#oldestAt
  }

  /** Seq of the first event at or after a time (ms) among the `within` oldest; everything before it is older. */
  firstSince(at: number, within: number): number {
    const row = first<{ seq: number }>(
      this.#sql,
      `SELECT seq FROM events WHERE seq >= ?1 AND seq < ?1 + ?2 AND at >= ?3 ORDER BY seq LIMIT 1`,
      this.#earliest,
      within,
      at,
    )
    return row?.seq ?? Math.min(this.#earliest + within, this.#head)
  }

  /** Deletes everything before `seq`. The newest event always stays: the next seq is counted from it. */
  trim(seq: number): void {
    const keepFrom = Math.min(seq, this.#head)
    this.#size.bytes -= this.#size.countedIn(`seq < ?1`, keepFrom)
    this.#sql.all(`DELETE FROM events WHERE seq < ?1`, keepFrom)
    this.#earliest = Math.max(this.#earliest, keepFrom)
    this.#recent.clear()
    this.#oldestAt = first<Place>(this.#sql, `SELECT seq, at FROM events WHERE seq = ?1`, this.#earliest)?.at ?? null
    this.#storeSize()
  }

  /** Seq of the first event that may stay so that at least so many bytes are freed, among the `within` oldest. */
  firstAfterBytes(bytes: number, within: number): number {
    const sizes = this.#sql.tuples<[number]>(
      `SELECT ${sizeOfEvent} FROM events WHERE seq >= ?1 ORDER BY seq LIMIT ?2`,
      this.#earliest,
      within,
    )
    let freed = 0
    const index = sizes.findIndex(([size]) => {
      freed += size
      return freed >= bytes
    })
    return this.#earliest + (index < 0 ? sizes.length : index + 1)
  }

  /** Calls `run` once, when the log is this large. Replaces the last size that was waited for. */
  whenLarge(bytes: number, run: () => void): void {
    this.#sizeMark = { bytes, run }
    this.#awaitStore()
  }

  /** Calls `run` once, when an event with this seq has been appended. */
  whenReached(seq: number, run: () => void): void {
    this.#marks.push({ seq, run })
    this.#nextMark = Math.min(this.#nextMark, seq)
  }

  #sizeReached(): void {
    const { events, bytes } = this.#storeSizeAt
    if (this.#head >= events || this.#size.bytes >= bytes) this.#storeSize()
    const mark = this.#sizeMark
    if (mark === null || this.#size.bytes < mark.bytes) return
    this.#sizeMark = null
    this.#awaitStore()
    mark.run()
  }

  #storeSize(): void {
    this.#size.store(this.#head)
    this.#storeSizeAt = { events: this.#head + storeAfter.events, bytes: this.#size.bytes + storeAfter.bytes }
    this.#awaitStore()
  }

  #awaitStore(): void {
    this.#nextSize = Math.min(this.#storeSizeAt.bytes, this.#sizeMark?.bytes ?? Number.POSITIVE_INFINITY)
  }

  #runMarks(): void {
    const marks = this.#marks
    this.#marks = marks.filter(({ seq }) => seq > this.#head)
    this.#nextMark = Math.min(Number.POSITIVE_INFINITY, ...this.#marks.map(({ seq }) => seq))
    for (const { seq, run } of marks) if (seq <= this.#head) run()
  }

  #read(where: string, ...values: SqlValue[]): LoggedEvent[] {
    return this.#sql.tuples<EventRow>(`SELECT ${columns} FROM events ${where}`, ...values).map(read)
  }
}

/** An event from its row. Its data is parsed when it is first read: most events are only sent on, as text. */
function read([seq, at, type, id, text, origin]: EventRow): LoggedEvent {
  let data: LoggedEvent['data'] | null = null
  const event = {
    type,
    get data() {
      data ??= JSON.parse(text) as LoggedEvent['data']
      return data
    },
    seq,
    at,
    id: id ?? '',
    ...(origin !== null && { origin: JSON.parse(origin) }),
  } as LoggedEvent
  if (id === null) event.id = defaultEventId(event)
  return cacheJson(event, text)
}

/** The id of an event whose author gave none: that of a turn's end is made from the turn, all others from the seq. */
export function defaultEventId(event: { type: string; data: object; seq: number }): string {
  const isEnd = event.type === 'agent_message' || event.type === 'turn_failed'
  return isEnd && 'turn' in event.data ? `turn:${event.data.turn}` : `seq:${event.seq}`
}

/** The bytes of the files that a message names, which are kept beside the log. */
function attachedBytes({ attachments = [] }: Pick<EventData<'message'>, 'attachments'>): number {
  return attachments.reduce((sum, { bytes }) => sum + bytes, 0)
}

function page(events: LoggedEvent[], limit: number): Page {
  let bytes = 0
  const fitting = events.slice(0, limit).filter((event, index) => {
    bytes += sizeOf(event)
    return index === 0 || bytes <= maxPageBytes
  })
  return { events: fitting, more: fitting.length < events.length }
}

function sizeOf(event: LoggedEvent): number {
  return jsonOf(event).length
}
