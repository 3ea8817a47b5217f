import { CirclesError } from '../errors.ts'
import { type Frame, type FrameOf, type HistoryPage, isUnaddressedRefusal } from '../frames.ts'
import type { SteadyPlatform } from '../steady-clock.ts'

/** The reply to a command: an ack, or a page of history. */
type CommandReply = { seq?: number; duplicate?: boolean } | HistoryPage

type PendingCommand = { text: string; resolve(reply: CommandReply): void; reject(error: CirclesError): void }

const maxCommands = 256
const longestRetryMs = 60_000 // a longer pause is no matter of pace: the caller decides

/**
 * Commands that wait for a reply. They outlive a connection: each of them may safely be executed twice, so those without
 * a reply are sent again over the next one.
 */
export class PendingCommands {
  readonly #platform: SteadyPlatform
  readonly #send: (text: string, id: string) => void
  #pending = new Map<string, PendingCommand>()

  constructor(platform: SteadyPlatform, send: (text: string, id: string) => void) {
    this.#platform = platform
    this.#send = send
  }

  /** Sends a command; resolves with its reply. */
  add(id: string, text: string): Promise<CommandReply> {
    const { promise, resolve, reject } = Promise.withResolvers<CommandReply>()
    if (this.#pending.size < maxCommands) {
      this.#pending.set(id, { text, resolve, reject })
      this.#send(text, id)
    } else reject(new CirclesError('outbox_full', `${maxCommands} commands are waiting for a reply.`))
    return promise
  }

  /** Sends everything again that has no reply yet, oldest first. */
  resend(): void {
    for (const [id, { text }] of this.#pending) this.#send(text, id)
  }

  /** Settles the command that a frame replies to. Returns false if the frame is no reply to one of these. */
  settle(frame: Frame): boolean {
    const id = frame.type === 'ack' || frame.type === 'error' || frame.type === 'history' ? frame.data.id : undefined
    const command = id === undefined ? undefined : this.#pending.get(id)
    if (id === undefined || command === undefined) return false
    const pauseMs = frame.type === 'error' ? pauseMsOf(frame) : null
    if (pauseMs !== null) {
      this.#platform.after(pauseMs, () => this.#pending.has(id) && this.#send(command.text, id))
      return true
    }
    this.#pending.delete(id)
    if (frame.type === 'error') command.reject(errorOf(frame))
    else if (frame.type === 'ack' || frame.type === 'history') command.resolve(frame.data)
    return true
  }

  /** Rejects every command, because no reply will come. */
  rejectAll(error: CirclesError): void {
    const commands = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of commands) reject(error)
  }
}

/** How long (ms) to wait before a command that came too fast is sent again; null: this is another refusal. */
export function pauseMsOf({ data }: FrameOf<'error'>): number | null {
  const pauseMs = data.retry_after_ms ?? Number.POSITIVE_INFINITY
  return data.code === 'rate_limited' && pauseMs <= longestRetryMs ? pauseMs : null
}

/** How long (ms) an overloaded server refuses every frame; null if none of these frames is such a refusal. */
export function refusedForMs(frames: readonly Frame[]): number | null {
  const refusal = frames.find(isUnaddressedRefusal)
  return refusal === undefined ? null : (refusal.data.retry_after_ms ?? 1_000)
}

/** The error to reject with after an error frame. */
export const errorOf = ({ data }: FrameOf<'error'>): CirclesError =>
  new CirclesError(data.code, data.message, data.retry_after_ms ?? null)
