import { minDefined } from '../../lib/util.ts'
import type { LoggedEvent } from '../../protocol/events/events.ts'
import type { EventLog } from './event-log.ts'
import { type FollowerPolicy, type FollowerState, LogFollower, type TryResult } from './log-follower.ts'

/** A follower's state under the id by which it is known. */
type NamedState = FollowerState & { id: string }

type Options<State> = {
  policy: FollowerPolicy
  wants(state: State, event: LoggedEvent): boolean
  store(state: State): void
  changed(): void // `nextDue` may be different now, and events may be taken
}

/** Several followers of one log, each with a position and retries of its own. */
export class LogFollowers<State extends NamedState> {
  readonly #log: EventLog
  readonly #options: Options<State>
  readonly #followers: Map<string, LogFollower<State>>
  #watchedUpTo = 0 // seq: `#watch` runs again when the log reaches it

  constructor(log: EventLog, states: readonly State[], options: Options<State>) {
    this.#log = log
    this.#options = options
    this.#followers = new Map(states.map(state => [state.id, this.#follow(state)]))
    this.#watch()
  }

  /** The states of all followers. */
  all(): State[] {
    return [...this.#followers.values()].map(({ state }) => state)
  }

  /** The state of a follower, or null. */
  find(id: string): State | null {
    return this.#followers.get(id)?.state ?? null
  }

  /** Adds a follower, or changes its state, and stores it. */
  put(state: State): void {
    const follower = this.#followers.get(state.id)
    if (follower === undefined) this.#followers.set(state.id, this.#follow(state))
    else follower.state = state
    this.#options.store(state)
    this.#watch()
  }

  /** Removes a follower; what is stored of it is its owner's. */
  remove(id: string): void {
    this.#followers.delete(id)
    this.#options.changed()
  }

  /** When an event is due next, or a try times out (ms), or null. */
  get nextDue(): number | null {
    let next: number | null = null
    for (const { nextDue } of this.#followers.values()) next = minDefined(next, nextDue)
    return next
  }

  /** The first event (seq) that some follower has yet to handle, or null. */
  get keepsFrom(): number | null {
    let first: number | null = null
    for (const { keepsFrom } of this.#followers.values()) first = minDefined(first, keepsFrom)
    return first
  }

  /** The events that are to be handled now, one at most for each follower. `finished` must be called for each. */
  take(now: number): [State, LoggedEvent][] {
    return [...this.#followers.values()].flatMap(follower => {
      const event = follower.take(now)
      return event === null ? [] : [[follower.state, event] as [State, LoggedEvent]]
    })
  }

  /** Records the result of a try, as `LogFollower.finished`. */
  finished(id: string, seq: number, result: TryResult, now: number): ReturnType<LogFollower<State>['finished']> {
    this.#options.changed()
    return this.#followers.get(id)?.finished(seq, result, now) ?? null
  }

  #follow(initial: State): LogFollower<State> {
    const { policy, wants, store } = this.#options
    const follower: LogFollower<State> = new LogFollower(this.#log, initial, {
      policy,
      wants: event => wants(follower.state, event),
      store,
    })
    return follower
  }

  /** Updates what is due, now and after the next event if somebody follows. */
  #watch(): void {
    this.#options.changed()
    if (this.#followers.size === 0 || this.#watchedUpTo > this.#log.head) return
    this.#watchedUpTo = this.#log.head + 1
    this.#log.whenReached(this.#watchedUpTo, () => this.#watch())
  }
}
