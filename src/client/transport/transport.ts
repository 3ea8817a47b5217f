import type { Frame } from '../frames.ts'
import type { Connection } from './connection.ts'
import type { OutgoingFrame } from './frame-queue.ts'

/** A reader's position: it has every event up to `since` of the log `epoch`. */
export type Position = { since: number; epoch: string }

/** What a transport asks of, and reports to, the channel that it belongs to. */
export type TransportListener = {
  position(): Position | null
  onFrames(frames: Frame[]): void
  onConnectionChange(connection: Connection): void
}

/** The way to a channel: a socket of this tab's own, or that of another tab. */
export type Transport = {
  readonly connection: Connection
  start(): void
  stop(): void
  /** Finds out whether the connection still works; without one, tries again at once. */
  ping(): void
  /** Sends a frame as soon as the rate limit allows. Returns false if there is no connection; then nothing was sent. */
  send(frame: OutgoingFrame): boolean
  /** How long (ms) the rate limit would hold the frame back, as far as this tab knows. */
  waitMs(frame: OutgoingFrame): number
}
