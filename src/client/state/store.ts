import { type EventFrame, type Frame, type FrameOf, isEvent } from '../frames.ts'
import { callGuarded } from './emitter.ts'
import { type ChannelState, emptyState, type Snapshot, type StoreState, withFrame } from './state.ts'
import { type Entry, Timeline } from './timeline.ts'
import { typingAt } from './typing.ts'
import { unreadOf } from './unread.ts'

/** The history that a store lacks: the newest page, or the events that a later one showed to be missing. */
export type MissingHistory = 'page' | 'gap' | null

/** The result of applying frames: the new ones in order, and the history to request. */
type Applied = { fresh: Frame[]; missing: MissingHistory }

const maxEntries = 20_000
const keptEntries = 15_000 // after there were more than `maxEntries`

/** Turns frames into one ordered state. It has no socket and no clock. */
export class Store {
  readonly #reportError: (error: unknown) => void
  #state = emptyState
  #timeline = new Timeline()
  #ahead = new Map<number, EventFrame>() // events that came before an earlier one, by seq
  #listeners = new Set<() => void>()

  /** `reportError` is called with what a listener throws. */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError
  }

  get state(): StoreState {
    return this.#state
  }

  /** Calls `listener` after each change; an error of one stops no other. Returns a function that stops this. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The loaded entry with this seq, or null. */
  entry(seq: number): Entry | null {
    return this.#timeline.entry(seq)
  }

  /** After what a connection resumes; null before the first welcome. */
  get resumePosition(): { since: number; epoch: string } | null {
    const { epoch, position } = this.#state
    return epoch === null ? null : { since: position, epoch }
  }

  /** The events after `seq` up to the position; null if some of them are not loaded. */
  eventsAfter(seq: number): EventFrame[] | null {
    const { position, history } = this.#state
    if (seq >= position) return []
    return seq + 1 < history.oldest ? null : this.#timeline.eventsAfter(seq, position)
  }

  /** Replaces parts of the state that belong to others: connection, pending, lastRead. */
  set(change: Partial<ChannelState>): void {
    this.#publish({ ...this.#state, ...change })
  }

  /** Applies frames. The position has advanced when it returns. */
  apply(frames: readonly Frame[], now: number, change: Partial<ChannelState> = {}): Applied {
    let state = { ...this.#state, ...change }
    let fresh: Frame[] = []
    let missing: MissingHistory = null
    for (const frame of frames) {
      if (frame.type === 'welcome' && (frame.data.epoch !== state.epoch || frame.data.recovered !== true)) {
        state = this.#restart(state, frame)
        fresh = []
        missing = state.history.older === 'loading' ? 'page' : null
      }
      for (const next of this.#inOrder(frame, state.position)) {
        if (isEvent(next)) state = { ...state, position: next.seq }
        state = withFrame(state, next, now)
        fresh.push(next)
      }
    }
    this.#timeline.insert(fresh.filter(isEvent))
    this.#publish(this.#bounded(state))
    return { fresh, missing: missing ?? (this.#ahead.size > 0 ? 'gap' : null) }
  }

  /** Adds a page of older events; `more`: the channel keeps even older ones. */
  addPage(events: readonly EventFrame[], more: boolean, change: Partial<ChannelState> = {}): void {
    this.#timeline.insert(events)
    const before = this.#state.history.oldest
    const oldest = Math.min(before, events[0]?.seq ?? before)
    this.set({ ...change, history: { oldest, older: more ? 'some' : 'none', trimmed: !more && oldest > 1 } })
  }

  /** Takes what was kept of the channel, unless there was a welcome. `lastRead`: how far it was read on this device. */
  restore({ welcome, events }: Snapshot, lastRead: number | null): void {
    if (this.#state.epoch !== null) return
    this.apply([{ type: 'welcome', data: welcome }], 0, { lastRead })
    this.addPage(events, true)
  }

  /** Applies the events that were requested for a gap. Events that the server no longer has are skipped. */
  fillGap(events: readonly EventFrame[], now: number, change: Partial<ChannelState> = {}): Applied {
    const first = events[0]?.seq ?? Math.min(...this.#ahead.keys()) // Infinity: the gap has closed meanwhile
    const position = first === Infinity ? 0 : first - 1
    const frame: Frame = { type: 'history', data: { events: [...events], more: false } }
    return this.apply([frame], now, { ...change, position: Math.max(this.#state.position, position) })
  }

  /** Updates what changes with time alone: who is typing. */
  updateTyping(now: number): void {
    this.set({ typing: typingAt(this.#state.typists, now, this.#state.typing) })
  }

  /** Bounds the memory of a circle that stays open for months: the oldest loaded entries can be loaded again. */
  #bounded(state: StoreState): StoreState {
    if (this.#timeline.entries.length <= maxEntries) return state
    this.#timeline.keepLast(keptEntries)
    const oldest = this.#timeline.entries[0]?.seq ?? state.history.oldest
    return { ...state, history: { oldest, older: 'some', trimmed: false } }
  }

  /** The part of a frame that can be applied at this position: all of it, or its events that are next in order. */
  #inOrder(frame: Frame, position: number): Frame[] {
    const events = isEvent(frame) ? [frame] : frame.type === 'history' ? frame.data.events : null
    if (events === null) return [frame]
    for (const event of events) if (event.seq > position) this.#ahead.set(event.seq, event)
    const next: EventFrame[] = []
    for (let event = this.#ahead.get(position + 1); event !== undefined; event = this.#ahead.get(event.seq + 1)) {
      this.#ahead.delete(event.seq)
      next.push(event)
    }
    return next
  }

  /** Drops the loaded entries and continues from the log's end: a hole in a conversation is worse than a shorter one. */
  #restart(state: StoreState, { data }: FrameOf<'welcome'>): StoreState {
    this.#timeline = new Timeline()
    this.#ahead.clear()
    // A first visit, or a log that was reset, leaves nothing unread.
    const isNew = state.lastRead === null || (state.epoch !== null && state.epoch !== data.epoch)
    const isEmpty = data.earliest > data.head
    return {
      ...state,
      position: data.head,
      history: { oldest: data.head + 1, older: isEmpty ? 'none' : 'loading', trimmed: isEmpty && data.head > 0 },
      lastRead: isNew ? (data.read ?? data.head) : Math.min(state.lastRead ?? 0, data.head),
    }
  }

  #publish(next: StoreState): void {
    const before = this.#state
    const { entries } = this.#timeline
    const { lastRead, self } = next
    const same = entries === before.entries && lastRead === before.lastRead && self === before.self
    this.#state = { ...next, entries, unread: same ? next.unread : this.#unreadIn({ ...next, entries }) }
    for (const listener of [...this.#listeners]) callGuarded(listener, this.#reportError)
  }

  #unreadIn(state: ChannelState): ChannelState['unread'] {
    const { entries, lastRead, self } = state
    return unreadOf(entries, { lastRead, self, names: namesIn(state) }, () => {
      this.set({ unread: this.#unreadIn(this.#state) })
    })
  }
}

function namesIn({ members, agents, self }: ChannelState): string[] {
  return [...members.filter(({ id }) => id !== self?.id), ...agents].map(({ name }) => name)
}
