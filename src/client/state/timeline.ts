import type { EventFrame, FrameOf } from '../frames.ts'

/** Who said something. Agents are told from people by `kind`, never by their name. */
export type Author = { id: string; name: string; kind: 'person' | 'agent' }

export type Reaction = { emoji: string; users: readonly string[] }

/** One line of a channel as people see it, with what later events did to it. */
export type Entry = {
  readonly key: string // stays the same from the unsent line to the logged one
  readonly seq: number
  readonly at: number // ms since the Unix epoch, by the room's clock
  readonly event: Shown
  readonly author: Author | null // null: something that happened, not something said
  readonly content: string // after edits; empty if nothing was said, or it was deleted
  readonly edited: boolean
  readonly deleted: boolean
  readonly reactions: readonly Reaction[]
  readonly root: number | null // the line this one answers in a thread
  readonly replies: readonly number[] // seqs of the answers in its thread
  readonly decision: FrameOf<'approval_decided'>['data'] | null // of an approval
}

/** Events that change another line rather than being one. */
type Amendment = FrameOf<'message_edited' | 'message_deleted' | 'reaction' | 'approval_decided'>
type Shown = Exclude<EventFrame, Amendment>

/**
 * The part of a log that is loaded, as lines in order. Events may come in any order and more than once; the result is
 * the same, because every line is folded anew from all that is known of it.
 */
export class Timeline {
  #events = new Map<number, EventFrame>()
  #amendments = new Map<number, Amendment[]>() // by the seq of the line they change
  #replies = new Map<number, number[]>() // by root
  #answers = new Map<number, number[]>() // seqs of agents' answers, by the line they answer
  #approvals = new Map<string, { asked?: number; decided?: FrameOf<'approval_decided'> }>()
  #entries: readonly Entry[] = []

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** The loaded line with this seq, or null. */
  entry(seq: number): Entry | null {
    const at = this.#place(this.#entries, seq)
    const entry = this.#entries[at]
    return entry?.seq === seq ? entry : null
  }

  insert(events: readonly EventFrame[]): void {
    const touched = new Set<number>()
    for (const event of events) {
      if (this.#events.has(event.seq)) continue
      this.#events.set(event.seq, event)
      for (const seq of this.#relate(event)) touched.add(seq)
    }
    if (touched.size === 0) return
    const entries = this.#entries.slice()
    for (const seq of touched) {
      const entry = this.#fold(seq)
      if (entry === null) continue
      const at = this.#place(entries, seq)
      entries.splice(at, entries[at]?.seq === seq ? 1 : 0, entry)
    }
    this.#entries = entries
  }

  /** Keeps the newest so many lines, and forgets all that is known of older ones. */
  keepLast(count: number): void {
    const first = this.#entries.at(-count)?.seq
    if (first === undefined || this.#entries.length <= count) return
    this.#entries = this.#entries.slice(-count)
    for (const map of [this.#events, this.#amendments, this.#replies, this.#answers]) {
      for (const seq of map.keys()) if (seq < first) map.delete(seq)
    }
  }

  /** Remembers how an event hangs together with others; returns the seqs of the lines that it changes. */
  #relate(event: EventFrame): number[] {
    switch (event.type) {
      case 'message_edited':
      case 'message_deleted':
      case 'reaction': {
        const known = this.#amendments.get(event.data.target) ?? []
        const sorted = [...known, event].sort((one, other) => one.seq - other.seq)
        this.#amendments.set(event.data.target, sorted)
        return [event.data.target]
      }
      case 'approval_requested':
      case 'approval_decided': {
        const approval = this.#approvals.get(event.data.approval) ?? {}
        if (event.type === 'approval_requested') approval.asked = event.seq
        else approval.decided = event
        this.#approvals.set(event.data.approval, approval)
        return approval.asked === undefined ? [] : [approval.asked]
      }
      case 'agent_message':
        if (event.data.in_reply_to !== undefined) add(this.#answers, event.data.in_reply_to, event.seq)
        return [event.seq, ...this.#join(event.seq)]
      case 'message':
        // Answers that came before their question learn only now which thread they belong to.
        return [event.seq, ...[event.seq, ...(this.#answers.get(event.seq) ?? [])].flatMap(seq => this.#join(seq))]
      default:
        return [event.seq]
    }
  }

  /** Puts a line into its thread, if it is in one. */
  #join(seq: number): number[] {
    const root = this.#rootOf(seq)
    if (root === null) return []
    add(this.#replies, root, seq)
    return [seq, root]
  }

  #rootOf(seq: number): number | null {
    const event = this.#events.get(seq)
    if (event?.type === 'message') return event.data.reply_to ?? null
    const asked = event?.type === 'agent_message' ? event.data.in_reply_to : undefined
    return asked === undefined || asked >= seq ? null : this.#rootOf(asked) // an answer comes after its question
  }

  #fold(seq: number): Entry | null {
    const event = this.#events.get(seq)
    if (event === undefined || isAmendment(event)) return null
    const said = 'content' in event.data ? event.data : null
    const amendments = this.#amendments.get(seq) ?? []
    const edit = amendments.findLast(amendment => amendment.type === 'message_edited')
    const deleted = said?.deleted === true || amendments.some(({ type }) => type === 'message_deleted')
    const decided = event.type === 'approval_requested' ? this.#approvals.get(event.data.approval)?.decided : undefined
    return {
      key: event.type === 'message' ? messageKey(event.data.user_id, event.data.client_id ?? event.id) : event.id,
      seq,
      at: Date.parse(event.timestamp),
      event,
      author: authorOf(event),
      content: deleted ? '' : edit?.type === 'message_edited' ? edit.data.content : (said?.content ?? ''),
      edited: edit !== undefined,
      deleted,
      reactions: deleted ? [] : tally(amendments),
      root: this.#rootOf(seq),
      replies: this.#replies.get(seq) ?? [],
      decision: decided?.data ?? null,
    }
  }

  /** The index at which a line with this seq is, or belongs. */
  #place(entries: readonly Entry[], seq: number): number {
    let low = 0
    let high = entries.length
    if (high === 0 || (entries[high - 1]?.seq ?? 0) < seq) return high // the usual case: it is new
    while (low < high) {
      const middle = (low + high) >> 1
      if ((entries[middle]?.seq ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The key of somebody's line by the id its sender gave it. */
export const messageKey = (user: string, id: string): string => `${user} ${id}`

const isAmendment = (event: EventFrame): event is Amendment =>
  event.type === 'message_edited' ||
  event.type === 'message_deleted' ||
  event.type === 'reaction' ||
  event.type === 'approval_decided'

function authorOf(event: EventFrame): Author | null {
  if (event.type === 'message') return { id: event.data.user_id, name: event.data.user_name, kind: 'person' }
  if (event.type !== 'agent_message') return null
  return { id: event.data.agent_id, name: event.data.agent_name, kind: 'agent' }
}

function add(map: Map<number, number[]>, key: number, seq: number): void {
  const seqs = map.get(key) ?? []
  if (!seqs.includes(seq))
    map.set(
      key,
      [...seqs, seq].sort((one, other) => one - other),
    )
}

function tally(amendments: readonly Amendment[]): Reaction[] {
  const byEmoji = new Map<string, Set<string>>()
  for (const { type, data } of amendments) {
    if (type !== 'reaction') continue
    const users = byEmoji.get(data.emoji) ?? new Set()
    if (data.removed) users.delete(data.user_id)
    else users.add(data.user_id)
    byEmoji.set(data.emoji, users)
  }
  return [...byEmoji].filter(([, users]) => users.size > 0).map(([emoji, users]) => ({ emoji, users: [...users] }))
}
