import type { LiveTurn } from '../protocol/frames.ts'
import type { Turn } from './turns.ts'

const deltaPauseMs = 50 // at most one delta frame per turn in this time (T4)
const checkpointPauseMs = 1_000

/** A turn whose call runs in this instance: what it said so far, and how much of that was told. */
export class Live {
  readonly turn: Turn
  readonly startedAt: number
  #state: LiveTurn['state'] = 'thinking'
  #tool: string | undefined
  #told = ''
  #pending = ''
  #index = 0
  #toldAt = Number.NEGATIVE_INFINITY
  #savedAt: number

  constructor(turn: Turn, now: number) {
    this.turn = turn
    this.startedAt = now
    this.#told = turn.text
    this.#savedAt = now
  }

  /** The whole text so far. */
  get text(): string {
    return this.#told + this.#pending
  }

  /** Changes what it is doing; false if it was doing that already. */
  setState(state: LiveTurn['state'], tool: string | undefined): boolean {
    if (this.#state === state && this.#tool === tool) return false
    this.#state = state
    this.#tool = tool
    return true
  }

  add(text: string): void {
    this.#pending += text
  }

  /** The next delta to tell, or null: nothing new, or too soon (`atOnce` does not wait). */
  takeDelta(now: number, atOnce = false): { index: number; text: string } | null {
    if (this.#pending === '' || (!atOnce && now < this.#toldAt + deltaPauseMs)) return null
    const delta = { index: this.#index, text: this.#pending }
    this.#told += this.#pending
    this.#pending = ''
    this.#index += 1
    this.#toldAt = now
    return delta
  }

  /** When a delta is owed next (ms), or null. */
  nextDelta(): number | null {
    return this.#pending === '' ? null : this.#toldAt + deltaPauseMs
  }

  /** The text to keep, at most once a second; null if that is too soon. */
  takeCheckpoint(now: number): string | null {
    if (now < this.#savedAt + checkpointPauseMs) return null
    this.#savedAt = now
    return this.text
  }

  /** What a newcomer is shown: only what everybody else was told; the rest follows as deltas. */
  show(): LiveTurn {
    const { id, agent, seq } = this.turn
    return {
      turn: id,
      agent_id: agent,
      in_reply_to: seq,
      state: this.#state,
      ...(this.#tool === undefined ? {} : { tool: this.#tool }),
      text: this.#told,
      index: this.#index,
    }
  }
}
