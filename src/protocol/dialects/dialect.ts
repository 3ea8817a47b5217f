import type { Command } from '../commands.ts'
import type { Refusal } from '../errors.ts'
import type { Origin } from '../events.ts'
import type { ServerFrame } from '../frames.ts'

/** What a text frame meant: something to do, a refusal, or nothing at all (a swallowed pong). */
export type Decoded =
  | { command: Command; origin?: Origin }
  | { refusal: Refusal; id: string | null }
  | { nothing: true }

/** What a dialect may know of the channel it encodes for. */
export type EncodeContext = { channel: string; sessionId: (userId: string, source: string | undefined) => string }

/** One way to speak to a channel: text in, command out; frame in, text out (null: this dialect does not show it). */
export type Dialect = {
  decode(text: string): Decoded
  encode(frame: ServerFrame, around: EncodeContext): string | null
}

export function decodeRefusal(code: Refusal['code'], message: string, id: string | null = null): Decoded {
  return { refusal: { code, message }, id }
}

/** ISO-8601 UTC with milliseconds. Frames of one moment come together, so the last one is kept. */
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
    return null // not JSON: the dialect says what that means
  }
}
