import type { Author, Entry, PendingMessage, Turn } from '../../client/client.ts'
import { messageKey } from '../../client/state/timeline.ts'
import { dayKey } from '../lib/format-time.ts'
import type { ChatState } from '../ui/chat-state.ts'

/** One row of the conversation. */
export type Row =
  | { kind: 'start'; key: 'start'; trimmed: boolean }
  | { kind: 'older'; key: string } // another key as soon as what follows it is another
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'event'; key: string; entry: Entry }
  | EventGroup
  | MessageRow

/** Events that follow each other and belong together: changes to files by one person, or the steps of one turn. */
export type EventGroup = { kind: 'group'; key: string; entry: Entry; entries: readonly Entry[] } // `entry`: the first

/** The row of a message: stored (`entry`), not stored yet (`pending`), or a reply that is being streamed (`turn`). */
export type MessageRow = {
  kind: 'message'
  key: string // stays the same when a pending message or a turn becomes an entry, so that nothing flickers
  author: Author
  at: number // ms since the Unix epoch
  continued: boolean // the previous row is by the same author and came the same way, within a few minutes: no header
  content: string
  prompt: number | null // seq of the message that an agent replies to, unless that is the row above
  entry: Entry | null
  pending: PendingMessage | null
  turn: Turn | null
}

const groupMs = 5 * 60_000 // messages of one author within this time of the first share a header
const maxGroup = 100 // events that are one row: a row is drawn as a whole

type LogState = {
  entries: readonly Entry[]
  firstUnread: number | null
  older: 'unknown' | 'loading' | 'some' | 'none'
  trimmed: boolean
}

/** Returns the rows of the log's entries; `firstUnread` is the seq of the first entry the reader has not seen. */
export function entryRows({ entries, firstUnread, older, trimmed }: LogState): Row[] {
  const rows: Row[] = []
  if (older === 'none') rows.push({ kind: 'start', key: 'start', trimmed })
  else if (older !== 'unknown') rows.push({ kind: 'older', key: `older ${entries[0]?.seq}` })
  let previous: Entry | null = null
  let groupAt = 0 // when the first message of the group was sent
  for (const entry of entries) {
    const isNewDay = previous === null || dayKey(previous.at) !== dayKey(entry.at)
    const group = isNewDay || entry.seq === firstUnread ? null : groupWith(rows.at(-1), entry)
    if (group !== null) {
      rows[rows.length - 1] = group
      previous = entry
      continue
    }
    if (isNewDay) rows.push({ kind: 'day', key: `day ${entry.seq}`, at: entry.at })
    if (entry.seq === firstUnread) rows.push({ kind: 'unread', key: unreadKey(entry.seq) })
    const goesOn = !isNewDay && entry.seq !== firstUnread && previous !== null && isSameGroup(entry, previous)
    const continued = goesOn && entry.at - groupAt < groupMs
    if (!continued) groupAt = entry.at
    rows.push(entryRow(entry, continued, promptOf(entry, previous)))
    previous = entry
  }
  return rows
}

/** Returns the key of the divider above the first new message. */
export const unreadKey = (seq: number): string => `unread ${seq}`

/** Returns the rows of everything that is not in the log yet: streaming replies, then messages of the reader. */
export function pendingRows(
  last: Row | undefined,
  turns: readonly Turn[],
  messages: readonly PendingMessage[],
  options: PendingOptions,
): MessageRow[] {
  const lastSeq = last?.kind === 'message' ? (last.entry?.seq ?? null) : null
  const replies = turns.map((turn, index) => turnRow(turn, index === 0 ? lastSeq : null, options))
  let authorId = replies.length > 0 ? null : last?.kind === 'message' ? last.author.id : null
  const sending = messages.map(message => {
    const continued = authorId === options.me.id
    authorId = options.me.id
    return pendingRow(message, options.me, continued)
  })
  return [...replies, ...sending]
}

type PendingOptions = { me: Author; agentName(id: string): string; now: number }

// An entry's row is created once: a row that stays the same object is not rendered again.
const cache = new WeakMap<Entry, Row>()

function entryRow(entry: Entry, continued: boolean, prompt: number | null): Row {
  const cached = cache.get(entry)
  const isSame = cached?.kind !== 'message' || (cached.continued === continued && cached.prompt === prompt)
  if (cached !== undefined && isSame) return cached
  const row = rowOf(entry, continued, prompt)
  cache.set(entry, row)
  return row
}

function rowOf(entry: Entry, continued: boolean, prompt: number | null): Row {
  const { key, author, at, content } = entry
  if (author === null) return { kind: 'event', key, entry }
  return { kind: 'message', key, author, at, continued, content, prompt, entry, pending: null, turn: null }
}

/** Returns what of the chat's state is about a row. */
export function stateOf(row: Row, { editing, target }: Pick<ChatState, 'editing' | 'target'>) {
  const seq = 'entry' in row ? row.entry?.seq : undefined
  return { isEditing: seq !== undefined && seq === editing, isTarget: seq !== undefined && seq === target }
}

/** Returns the row of an entry that stands alone. */
export const singleRow = (entry: Entry): Row => rowOf(entry, false, promptOf(entry, null))

/** Could these be one group? Replies of an agent are to different messages, so each stands alone. */
const isSameGroup = (entry: Entry, previous: Entry): boolean =>
  entry.author?.kind === 'person' &&
  previous.author?.kind === 'person' &&
  entry.author.id === previous.author.id &&
  entry.root === previous.root && // what begins a thread stands apart in it
  entry.event.origin?.imported_by === previous.event.origin?.imported_by

const groups = new WeakMap<Entry, EventGroup>() // by the last entry

/** The row before with this entry in it, or null if they do not belong together. */
function groupWith(before: Row | undefined, entry: Entry): EventGroup | null {
  if (before?.kind !== 'event' && before?.kind !== 'group') return null
  const subject = subjectOf(entry)
  if (subject === null || subject !== subjectOf(before.entry)) return null
  const grouped = before.kind === 'group' ? before.entries : [before.entry]
  if (grouped.length >= maxGroup) return null
  const entries = [...grouped, entry]
  const cached = groups.get(entry)
  if (cached?.entry === before.entry && cached.entries.length === entries.length) return cached
  const group: EventGroup = { kind: 'group', key: before.key, entry: before.entry, entries }
  groups.set(entry, group)
  return group
}

/** What an event is about, if such events are shown as one; null if it stands alone. */
function subjectOf({ event: { type, data, origin } }: Entry): string | null {
  if (type === 'agent_activity') return `turn ${data.turn}`
  return type.startsWith('file_') && 'path' in data
    ? `files ${'by' in data ? data.by : ''} ${origin?.imported_by}`
    : null
}

function promptOf({ event }: Entry, previous: Entry | null): number | null {
  const prompt = event.type === 'agent_message' ? event.data.in_reply_to : undefined
  return prompt === undefined || prompt === previous?.seq ? null : prompt
}

function turnRow(turn: Turn, above: number | null, { agentName, now }: PendingOptions): MessageRow {
  const author: Author = { id: turn.agent_id, name: agentName(turn.agent_id), kind: 'agent' }
  const key = `turn:${turn.turn}`
  const prompt = turn.in_reply_to === above ? null : turn.in_reply_to
  const shared = { kind: 'message', key, author, at: now, continued: false, content: turn.text } as const
  return { ...shared, prompt, entry: null, pending: null, turn }
}

function pendingRow(pending: PendingMessage, me: Author, continued: boolean): MessageRow {
  const { id, at, data } = pending
  const key = messageKey(me.id, id)
  const shared = { kind: 'message', key, author: me, at, continued, content: data.content } as const
  return { ...shared, prompt: null, entry: null, pending, turn: null }
}
