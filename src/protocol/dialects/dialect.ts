import type { CloseName } from '../close-codes.ts'
import type { AnyCommand, CommandTable } from '../commands/command-table.ts'
import type { Refusal } from '../errors.ts'
import type { EventRegistry } from '../events/event-registry.ts'
import type { Origin } from '../events/events.ts'
import type { AnyFrame } from '../frames.ts'

/** The meaning of a frame: a command, a refusal, or nothing at all (a swallowed pong). `id` names the refused command. */
export type Decoded =
  | { command: AnyCommand; origin?: Origin }
  | { refusal: Refusal; id: string | null }
  | { nothing: true }

/** The channel that frames are encoded for. */
export type EncodeContext = {
  channel: string
  events: EventRegistry // that its log may hold
  wrappings?: Wrappings | undefined
  sessionId: (userId: string, source: string | undefined) => string // the memory of a user or of a platform
}

/** How a dialect wraps the bytes of a component. Without one they are the frame. */
export type Wrapping = {
  /** Puts bytes into a frame of a channel (`document:dev/plan`). */
  wrap(bytes: Uint8Array, channel: string): Uint8Array
  /** Takes the bytes out of a frame; null: it is for another channel. */
  unwrap(bytes: Uint8Array, channel: string): Uint8Array | null
  /** The token in a frame that comes first, or null. */
  readToken(bytes: Uint8Array, channel: string): string | null
}

/** The dialects that wrap the bytes of components, by name. */
export type Wrappings = ReadonlyMap<string, Wrapping>

/**
 * One way to talk to a channel. What a session gets follows from these capabilities: nothing compares a dialect's name.
 * `Frame` is what its sockets carry: text in all of today's dialects.
 */
export type Dialect<Frame extends string | Uint8Array = string> = {
  readonly name: string // its key in the table of dialects; stored with a socket, so it never changes
  readonly subprotocol: string | null // chosen by a client that offers it, and echoed on the 101; null: it has none
  readonly authenticatesLater: boolean // may open without a credential and send `auth` as its first frame (A4)
  readonly greets: boolean // begins with `welcome`, and may resume from a seq
  readonly receivesEphemeral: boolean // gets frames that are not logged: presence, typing, deltas
  readonly heartbeats: boolean // sends a sign of life; silence closes the socket (H3)
  readonly batches: boolean // takes several frames as one JSON array (N1)
  readonly queuesBursts: boolean // has no acks, so frames that come too fast wait instead of being refused (E3)
  readonly showsRetry: boolean // is sent a message again when an agent is called again (`retry_count`)
  readonly againAs?: CloseName // how its clients are closed that are to come back; absent: by the reason
  /** Reads one frame, as one of these commands. */
  decode(frame: Frame, commands: CommandTable): Decoded
  /** Writes one frame; null: this dialect does not show it. */
  encode(frame: AnyFrame, context: EncodeContext): Frame | null
}

/** Makes a refusal of a frame; `id` is that of the refused command, where it had a proper one. */
export function decodeRefusal(code: Refusal['code'], message: string, id: string | null = null): Decoded {
  return { refusal: { code, message }, id }
}

/** ISO-8601 UTC with milliseconds. Frames often share a millisecond, so the last text is kept. */
export function timestamp(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() }
  return last.text
}
let last = { at: Number.NaN, text: '' }

/** A JSON object of network keys, or null for anything else. Never index it with a key from the network. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null // not JSON: each dialect decides what that means
  }
}
