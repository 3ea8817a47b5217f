import type { Author, Entry, PendingMessage, Turn } from '../../client/client.ts'
import { keyOf } from '../../client/state/timeline.ts'
import { dayOf } from '../lib/format-time.ts'

/** What one row of the conversation shows. */
export type Row =
  | { kind: 'start'; key: 'start'; trimmed: boolean }
  | { kind: 'older'; key: 'older' }
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: 'new' }
  | { kind: 'event'; key: string; entry: Entry }
  | MessageRow

/** Something that is said: it is in the log, or on its way there, or an agent is just saying it. */
export type MessageRow = {
  kind: 'line'
  key: string // the same for a draft or a turn and the line it becomes, so that nothing flickers
  author: Author
  at: number
  continued: boolean // by the same author within a few minutes: the head is left out
  content: string
  entry: Entry | null
  draft: PendingMessage | null
  turn: Turn | null
}

const apartMs = 5 * 60_000

type Shown = {
  entries: readonly Entry[]
  newFrom: number | null
  older: 'unknown' | 'loading' | 'some' | 'none'
  trimmed: boolean
}

/** The rows of what is in the log. `newFrom`: the seq of the first line the reader has not seen. */
export function rowsOf({ entries, newFrom, older, trimmed }: Shown): Row[] {
  const rows: Row[] = []
  if (older === 'none') rows.push({ kind: 'start', key: 'start', trimmed })
  else if (older !== 'unknown') rows.push({ kind: 'older', key: 'older' })
  let before: Entry | null = null
  for (const entry of entries) {
    const isNewDay = before === null || dayOf(before.at) !== dayOf(entry.at)
    if (isNewDay) rows.push({ kind: 'day', key: `day ${entry.seq}`, at: entry.at })
    if (entry.seq === newFrom) rows.push({ kind: 'new', key: 'new' })
    const continued = !isNewDay && entry.seq !== newFrom && before !== null && follows(entry, before)
    rows.push(rowOf(entry, continued))
    before = entry
  }
  return rows
}

/** The rows of what is not in the log yet: answers in the making, then lines on their way. */
export function pendingRows(
  last: Row | undefined,
  turns: readonly Turn[],
  drafts: readonly PendingMessage[],
  options: PendingOptions,
): MessageRow[] {
  const answers = turns.filter(turn => turn.state !== 'queued' || turn.text !== '').map(turn => turnRow(turn, options))
  let author = answers.length > 0 ? null : last?.kind === 'line' ? last.author.id : null
  const lines = drafts.map(draft => {
    const continued = author === options.me.id
    author = options.me.id
    return draftRow(draft, options.me, continued)
  })
  return [...answers, ...lines]
}

type PendingOptions = { me: Author; agentName(id: string): string; now: number }

// An entry's row is made once: rows that stay the same object are not drawn again.
const made = new WeakMap<Entry, Row>()

function rowOf(entry: Entry, continued: boolean): Row {
  const known = made.get(entry)
  if (known !== undefined && (known.kind !== 'line' || known.continued === continued)) return known
  const { key, author, at, content } = entry
  const row: Row =
    author === null
      ? { kind: 'event', key, entry }
      : { kind: 'line', key, author, at, continued, content, entry, draft: null, turn: null }
  made.set(entry, row)
  return row
}

const follows = (entry: Entry, before: Entry): boolean =>
  entry.author !== null &&
  before.author !== null &&
  entry.author.id === before.author.id &&
  entry.author.kind === before.author.kind &&
  entry.at - before.at < apartMs

function turnRow(turn: Turn, { agentName, now }: PendingOptions): MessageRow {
  const author: Author = { id: turn.agent_id, name: agentName(turn.agent_id), kind: 'agent' }
  const key = `turn:${turn.turn}`
  return { kind: 'line', key, author, at: now, continued: false, content: turn.text, entry: null, draft: null, turn }
}

function draftRow(draft: PendingMessage, me: Author, continued: boolean): MessageRow {
  const { id, at, data } = draft
  const key = keyOf(me.id, id)
  return { kind: 'line', key, author: me, at, continued, content: data.content, entry: null, draft, turn: null }
}
