import type { LiveTurn } from '../../protocol/frames.ts'
import type { Turn } from './turn-queue.ts'

const statusPauseMs = 250 // and one status frame in this
const checkpointPauseMs = 1_000

/**
 * Ms between two delta frames of a turn (T4). It grows with those who hear them, about as the time that telling them all
 * takes: a thousand read ten times a second, in fuller frames, instead of keeping the room busy with half-empty ones.
 */
export function deltaInterval(listeners: number): number {
  return Math.min(Math.max(50, listeners / 10), 250)
}

/** A turn whose call runs in this instance: what it said so far, and how much of that was told. */
export class StreamingTurn {
  readonly turn: Turn
  readonly startedAt: number
  #state: LiveTurn['state'] = 'thinking'
  #tool: string | undefined
  #told = ''
  #pending = ''
  #index = 0
  #toldAt = Number.NEGATIVE_INFINITY
  #isStatusOwed = false
  #statusAt = Number.NEGATIVE_INFINITY
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

  /** Changes what it is doing. */
  setState(state: LiveTurn['state'], tool: string | undefined): void {
    if (this.#state === state && this.#tool === tool) return
    this.#state = state
    this.#tool = tool
    this.#isStatusOwed = true
  }

  /** What it is doing, if that is to be told now; null: nothing new, or too soon. */
  takeStatus(now: number): { state: LiveTurn['state']; tool: string | undefined } | null {
    if (!this.#isStatusOwed || now < this.#statusAt + statusPauseMs) return null
    this.#isStatusOwed = false
    this.#statusAt = now
    return { state: this.#state, tool: this.#tool }
  }

  add(text: string): void {
    this.#pending += text
  }

  /** The next delta to tell, or null: nothing new, or less than `pauseMs` after the last one. */
  takeDelta(now: number, pauseMs: number): { index: number; text: string } | null {
    if (this.#pending === '' || now < this.#toldAt + pauseMs) return null
    const delta = { index: this.#index, text: this.#pending }
    this.#told += this.#pending
    this.#pending = ''
    this.#index += 1
    this.#toldAt = now
    return delta
  }

  /** When something is to be told next (ms), or null; deltas `pauseMs` after the last one. */
  nextTelling(pauseMs: number): number | null {
    const delta = this.#pending === '' ? Number.POSITIVE_INFINITY : this.#toldAt + pauseMs
    const status = this.#isStatusOwed ? this.#statusAt + statusPauseMs : Number.POSITIVE_INFINITY
    const next = Math.min(delta, status)
    return next === Number.POSITIVE_INFINITY ? null : next
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
