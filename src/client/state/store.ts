import { type EventFrame, type Frame, type FrameOf, isEvent } from '../frames.ts'
import { type ChannelState, emptyState, type StoreState, withFrame } from './state.ts'
import { type Entry, Timeline } from './timeline.ts'
import { typingAt } from './typing.ts'
import { unreadOf } from './unread.ts'

/** What the store lacks: the newest page, or the events that a later one showed to be missing. */
export type MissingHistory = 'page' | 'gap' | null

/** New frames in order, and what to ask the server for. */
export type Received = { fresh: Frame[]; want: MissingHistory }

const mostLines = 20_000
const keptLines = 15_000

/** Frames in, one ordered view out. It knows no socket and no clock. */
export class Store {
  #state = emptyState
  #timeline = new Timeline()
  #ahead = new Map<number, EventFrame>() // came before an earlier one, by seq
  #listeners = new Set<() => void>()

  get state(): StoreState {
    return this.#state
  }

  /** Calls `listener` after each change. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The loaded line with this seq, or null. */
  entry(seq: number): Entry | null {
    return this.#timeline.entry(seq)
  }

  /** Replaces parts of the state that others keep: connection, drafts, read. */
  set(change: Partial<ChannelState>): void {
    this.#publish({ ...this.#state, ...change })
  }

  /** Takes in what came. When it returns what is new, the position has advanced. */
  receive(frames: readonly Frame[], now: number, change: Partial<ChannelState> = {}): Received {
    let state = { ...this.#state, ...change }
    let fresh: Frame[] = []
    let want: MissingHistory = null
    for (const frame of frames) {
      if (frame.type === 'welcome' && (frame.data.epoch !== state.epoch || frame.data.recovered !== true)) {
        state = this.#restart(state, frame)
        fresh = []
        want = state.history.older === 'loading' ? 'page' : null
      }
      for (const next of this.#inOrder(frame, state.position)) {
        if (isEvent(next)) state = { ...state, position: next.seq }
        state = withFrame(state, next, now)
        fresh.push(next)
      }
    }
    this.#timeline.insert(fresh.filter(isEvent))
    this.#publish(this.#bounded(state))
    return { fresh, want: want ?? (this.#ahead.size > 0 ? 'gap' : null) }
  }

  /** Takes in the answer to a request for older lines. */
  page(events: readonly EventFrame[], more: boolean, change: Partial<ChannelState> = {}): void {
    this.#timeline.insert(events)
    const before = this.#state.history.oldest
    const oldest = Math.min(before, events[0]?.seq ?? before)
    this.set({ ...change, history: { oldest, older: more ? 'some' : 'none', trimmed: !more && oldest > 1 } })
  }

  /** Takes in the answer to a request for a gap. What the server has no more of is stepped over. */
  fill(events: readonly EventFrame[], now: number, change: Partial<ChannelState> = {}): Received {
    const first = events[0]?.seq ?? Math.min(...this.#ahead.keys()) // Infinity: there is no gap any more
    const position = first === Infinity ? 0 : first - 1
    const frame: Frame = { type: 'history', data: { events: [...events], more: false } }
    return this.receive([frame], now, { ...change, position: Math.max(this.#state.position, position) })
  }

  /** Lets time pass for what begins and ends by itself: who types. */
  expire(now: number): void {
    this.set({ typing: typingAt(this.#state.typists, now, this.#state.typing) })
  }

  /** A circle that is open for months does not fill the memory: the oldest loaded lines can be loaded again. */
  #bounded(state: StoreState): StoreState {
    if (this.#timeline.entries.length <= mostLines) return state
    this.#timeline.keepLast(keptLines)
    const oldest = this.#timeline.entries[0]?.seq ?? state.history.oldest
    return { ...state, history: { oldest, older: 'some', trimmed: false } }
  }

  /** What may be taken in of a frame, given the position: all of it, or those of its events whose turn it is. */
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

  /** Forgets the loaded lines and goes on from the head: a hole in a conversation is worse than a shorter one. */
  #restart(state: StoreState, { data }: FrameOf<'welcome'>): StoreState {
    this.#timeline = new Timeline()
    this.#ahead.clear()
    // Someone who comes for the first time, or to a log that was reset, has nothing to catch up on.
    const isNew = state.lastRead === null || (state.epoch !== null && state.epoch !== data.epoch)
    const isEmpty = data.earliest > data.head
    return {
      ...state,
      position: data.head,
      history: { oldest: data.head + 1, older: isEmpty ? 'none' : 'loading', trimmed: isEmpty && data.head > 0 },
      lastRead: isNew ? data.head : Math.min(state.lastRead ?? 0, data.head),
    }
  }

  #publish(next: StoreState): void {
    const before = this.#state
    const { entries } = this.#timeline
    const { lastRead: read, self: me } = next
    const same = entries === before.entries && read === before.lastRead && me === before.self
    this.#state = { ...next, entries, unread: same ? before.unread : unreadOf(entries, read, me) }
    for (const listener of [...this.#listeners]) listener()
  }
}
