import type { ClientTypes, FrameIn, OwnEventFrames } from '../client-types.ts'
import type { EventFrame, FrameOf } from '../frames.ts'

/** The author of a message. Only `kind` tells an agent from a person; a name never does. */
export type Author = { id: string; name: string; kind: 'person' | 'agent' }

/** The users (ids) who reacted to a message with one emoji, in its newest spelling. */
export type Reaction = { emoji: string; users: readonly string[] }

/** An event of the log as people see it: edits, deletion, reactions, replies and decisions are folded in. */
export type Entry<Types extends ClientTypes = ClientTypes> = {
  readonly key: string // the same for a pending message and for its entry
  readonly seq: number
  readonly at: number // ms since the Unix epoch, by the room's clock
  readonly event: EntryEvent<Types>
  readonly author: Author | null // null: an event that is no message
  readonly content: string // after edits; empty if it is no message, or was deleted
  readonly edited: boolean
  readonly deleted: boolean
  readonly reactions: readonly Reaction[]
  readonly root: number | null // seq of the message that this one replies to in a thread
  readonly replies: readonly number[] // seqs of the replies in its thread
  readonly decision: FrameOf<'approval_decided'>['data'] | null // of an approval request
}

/** Events that change another entry and have none of their own. */
type Amendment = FrameOf<'message_edited' | 'message_deleted' | 'reaction' | 'approval_decided'>
type EntryEvent<Types extends ClientTypes> =
  | Exclude<EventFrame, Amendment | FrameOf<'message'>>
  | FrameIn<Types, 'message'>
  | OwnEventFrames<Types>

/**
 * The loaded part of a log, as entries in order. Events may come in any order and more than once; the result is the
 * same, because each entry is computed again from everything that is known of it.
 */
export class Timeline {
  #events = new Map<number, EventFrame>()
  #amendments = new Map<number, Amendment[]>() // by the seq of the entry they change
  #replies = new Map<number, number[]>() // by root
  #agentReplies = new Map<number, number[]>() // seqs of agents' messages, by the message they reply to
  #approvals = new Map<string, { requested?: number; decided?: FrameOf<'approval_decided'> }>()
  #entries: readonly Entry[] = []

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** The loaded entry with this seq, or null. */
  entry(seq: number): Entry | null {
    const entry = this.#entries[indexOf(this.#entries, seq)]
    return entry?.seq === seq ? entry : null
  }

  /** The events after `seq` up to `last`, in order. */
  eventsAfter(seq: number, last: number): EventFrame[] {
    const seqs = Array.from({ length: last - seq }, (_, at) => seq + 1 + at)
    return seqs.flatMap(next => this.#events.get(next) ?? [])
  }

  /** Adds events, and computes the entries again that they change. */
  insert(events: readonly EventFrame[]): void {
    const changed = new Set<number>()
    for (const event of events) {
      if (this.#events.has(event.seq)) continue
      this.#events.set(event.seq, event)
      for (const seq of this.#index(event)) changed.add(seq)
    }
    if (changed.size === 0) return
    const entries = this.#entries.slice()
    for (const seq of changed) {
      const entry = this.#compute(seq)
      if (entry === null) continue
      const at = indexOf(entries, seq)
      entries.splice(at, entries[at]?.seq === seq ? 1 : 0, entry)
    }
    this.#entries = entries
  }

  /** Keeps the newest `count` entries, and drops everything that is known of older ones. */
  keepLast(count: number): void {
    const first = this.#entries.at(-count)?.seq
    if (first === undefined || this.#entries.length <= count) return
    this.#entries = this.#entries.slice(-count)
    for (const map of [this.#events, this.#amendments, this.#replies, this.#agentReplies]) {
      for (const seq of map.keys()) if (seq < first) map.delete(seq)
    }
  }

  /** Notes how an event relates to others. Returns the seqs of the entries that it changes. */
  #index(event: EventFrame): number[] {
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
        if (event.type === 'approval_requested') approval.requested = event.seq
        else approval.decided = event
        this.#approvals.set(event.data.approval, approval)
        return approval.requested === undefined ? [] : [approval.requested]
      }
      case 'agent_message':
        if (event.data.in_reply_to !== undefined) add(this.#agentReplies, event.data.in_reply_to, event.seq)
        return [event.seq, ...this.#addToThread(event.seq)]
      case 'message':
        // Replies of agents that came before the message they reply to get their thread only now.
        return [
          event.seq,
          ...[event.seq, ...(this.#agentReplies.get(event.seq) ?? [])].flatMap(seq => this.#addToThread(seq)),
        ]
      default:
        return [event.seq]
    }
  }

  /** Adds a message to its thread, if it is in one. Returns the seqs of the entries that this changes. */
  #addToThread(seq: number): number[] {
    const root = this.#rootOf(seq)
    if (root === null) return []
    add(this.#replies, root, seq)
    return [seq, root]
  }

  #rootOf(seq: number): number | null {
    const event = this.#events.get(seq)
    if (event?.type === 'message') return event.data.reply_to ?? null
    const prompt = event?.type === 'agent_message' ? event.data.in_reply_to : undefined
    return prompt === undefined || prompt >= seq ? null : this.#rootOf(prompt) // a reply comes after its prompt
  }

  #compute(seq: number): Entry | null {
    const event = this.#events.get(seq)
    if (event === undefined || isAmendment(event)) return null
    const message = 'content' in event.data ? event.data : null
    const amendments = this.#amendments.get(seq) ?? []
    const edit = amendments.findLast(amendment => amendment.type === 'message_edited')
    const deleted = message?.deleted === true || amendments.some(({ type }) => type === 'message_deleted')
    const decided = event.type === 'approval_requested' ? this.#approvals.get(event.data.approval)?.decided : undefined
    return {
      key: event.type === 'message' ? messageKey(event.data.user_id, event.data.client_id ?? event.id) : event.id,
      seq,
      at: Date.parse(event.timestamp),
      event,
      author: authorOf(event),
      content: deleted ? '' : edit?.type === 'message_edited' ? edit.data.content : (message?.content ?? ''),
      edited: edit !== undefined,
      deleted,
      reactions: deleted ? [] : countReactions(amendments),
      root: this.#rootOf(seq),
      replies: this.#replies.get(seq) ?? [],
      decision: decided?.data ?? null,
    }
  }
}

/** The index of the entry with this seq, or the one at which it belongs. */
function indexOf(entries: readonly Entry[], seq: number): number {
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

/** The key of a user's message by the id that the user's client gave it. */
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

function countReactions(amendments: readonly Amendment[]): Reaction[] {
  const bySymbol = new Map<string, { emoji: string; users: Set<string> }>()
  for (const { type, data } of amendments) {
    if (type !== 'reaction') continue
    const { emoji, user_id } = data
    const symbol = emoji.replace(/[\ufe0e\ufe0f]/g, '') // older events have other spellings, with or without a selector
    const users = bySymbol.get(symbol)?.users ?? new Set()
    if (data.removed) users.delete(user_id)
    else users.add(user_id)
    bySymbol.set(symbol, { emoji, users })
  }
  return [...bySymbol.values()]
    .filter(({ users }) => users.size > 0)
    .map(({ emoji, users }) => ({ emoji, users: [...users] }))
}
