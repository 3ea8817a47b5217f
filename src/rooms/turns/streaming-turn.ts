import type { LiveTurn } from '../../protocol/frames.ts'
import type { Turn } from './turn-queue.ts'

const statusPauseMs = 250 // between two status frames of a turn
const checkpointPauseMs = 1_000 // between two writes of a turn's text

/**
 * Ms between two delta frames of a turn (T4). It grows with the number of subscribers, about as the
 * time of a fan-out: a thousand subscribers get fuller frames ten times a second, instead of keeping the room busy with
 * half-empty ones.
 */
export function deltaInterval(subscribers: number): number {
  return Math.min(Math.max(50, subscribers / 10), 250)
}

/** A turn whose call runs in this instance: its text so far, and how much of that was sent. */
export class StreamingTurn {
  readonly turn: Turn
  readonly startedAt: number // ms
  #state: LiveTurn['state'] = 'thinking'
  #tool: string | undefined
  #sent = ''
  #pending = ''
  #index = 0
  #sentAt = Number.NEGATIVE_INFINITY
  #isStatusPending = false
  #statusSentAt = Number.NEGATIVE_INFINITY
  #savedAt: number

  constructor(turn: Turn, now: number) {
    this.turn = turn
    this.startedAt = now
    this.#sent = turn.text
    this.#savedAt = now
  }

  /** The whole text so far. */
  get text(): string {
    return this.#sent + this.#pending
  }

  /** Changes what the agent is doing. */
  setState(state: LiveTurn['state'], tool: string | undefined): void {
    if (this.#state === state && this.#tool === tool) return
    this.#state = state
    this.#tool = tool
    this.#isStatusPending = true
  }

  /** The state, if a status frame is due; null: nothing new, or too soon. */
  takeStatus(now: number): { state: LiveTurn['state']; tool: string | undefined } | null {
    if (!this.#isStatusPending || now < this.#statusSentAt + statusPauseMs) return null
    this.#isStatusPending = false
    this.#statusSentAt = now
    return { state: this.#state, tool: this.#tool }
  }

  /** Appends text that the agent sent. */
  add(text: string): void {
    this.#pending += text
  }

  /** The next delta to send, or null: nothing new, or less than `pauseMs` after the last one. */
  takeDelta(now: number, pauseMs: number): { index: number; text: string } | null {
    if (this.#pending === '' || now < this.#sentAt + pauseMs) return null
    const delta = { index: this.#index, text: this.#pending }
    this.#sent += this.#pending
    this.#pending = ''
    this.#index += 1
    this.#sentAt = now
    return delta
  }

  /** When a frame is due next (ms), or null; deltas `pauseMs` after the last one. */
  nextFrame(pauseMs: number): number | null {
    const delta = this.#pending === '' ? Number.POSITIVE_INFINITY : this.#sentAt + pauseMs
    const status = this.#isStatusPending ? this.#statusSentAt + statusPauseMs : Number.POSITIVE_INFINITY
    const next = Math.min(delta, status)
    return next === Number.POSITIVE_INFINITY ? null : next
  }

  /** The text to store, at most once a second; null if that is too soon. */
  takeCheckpoint(now: number): string | null {
    if (now < this.#savedAt + checkpointPauseMs) return null
    this.#savedAt = now
    return this.text
  }

  /** The turn for a session that joins: only the text that was sent to everybody; the rest follows as deltas. */
  snapshot(): LiveTurn {
    const { id, agent, seq } = this.turn
    return {
      turn: id,
      agent_id: agent,
      in_reply_to: seq,
      state: this.#state,
      ...(this.#tool === undefined ? {} : { tool: this.#tool }),
      text: this.#sent,
      index: this.#index,
    }
  }
}
