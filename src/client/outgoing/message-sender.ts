import type { CommandData } from '../../protocol/commands/commands.ts'
import { CirclesError } from '../errors.ts'
import { type CommandFrame, type EventFrame, type Frame, isUnaddressedRefusal } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'
import { Outbox, type PendingMessage } from './outbox.ts'
import { errorOf } from './pending-commands.ts'

/** What a MessageSender works with. */
type MessageSenderOptions = {
  platform: ClientPlatform
  storageKey: string | null
  send(frame: CommandFrame): boolean // false: not connected
  waitMs(frame: CommandFrame): number // until the server's rate limit allows it
  onChange(pending: readonly PendingMessage[]): void
}

/** A message that the server has stored: the id it was sent under, and its seq in the log. */
export type SentMessage = { id: string; seq: number }

type Waiting = { resolve(sent: SentMessage): void; reject(error: CirclesError): void }

const defaultRetryAfterMs = 1_000 // when a rate-limit error has no `retry_after_ms`

/** Sends messages one after the other, each stored once, whatever the connection does. */
export class MessageSender {
  readonly #options: MessageSenderOptions
  readonly #outbox: Outbox
  #waiting = new Map<string, Waiting>()
  #published: readonly PendingMessage[] = []
  #cancelTimer = (): void => {}

  constructor(options: MessageSenderOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.storageKey, options.platform)
  }

  get pending(): readonly PendingMessage[] {
    return this.#outbox.messages
  }

  /** Queues a message. Resolves once it is stored. */
  send(data: CommandData<'message'>): Promise<SentMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<SentMessage>()
    try {
      this.#waiting.set(this.#outbox.add(data).id, { resolve, reject })
      this.#sendNext()
    } catch (error) {
      if (!(error instanceof CirclesError)) throw error
      reject(error)
    }
    return promise
  }

  /** Queues a failed message again, under its id. */
  retry(id: string): void {
    this.#outbox.retry(id)
    this.#sendNext()
  }

  /** Drops a message that was not sent. */
  discard(id: string): void {
    this.#outbox.remove(id)
    this.#reject(id, new CirclesError('discarded', 'The message was discarded.'))
    this.#sendNext()
  }

  /** The connection was lost. */
  onDisconnect(): void {
    this.#outbox.requeue()
    this.#publish()
  }

  /** There is a connection (again). */
  onConnect(): void {
    this.#outbox.requeue()
    this.#sendNext()
  }

  /** Settles the message that a frame replies to. Returns false if the frame is no reply to one of these. */
  settle(frame: Frame): boolean {
    if (frame.type !== 'ack' && frame.type !== 'error') return false
    const id = isUnaddressedRefusal(frame) ? this.pending.find(({ state }) => state === 'sending')?.id : frame.data.id
    if (id === undefined || !this.#outbox.has(id)) return false
    if (frame.type === 'ack') this.#onStored(id, frame.data.seq ?? 0)
    else this.#onRefused(id, errorOf(frame))
    this.#sendNext()
    return true
  }

  /**
   * Processes events: our own messages among them are no longer pending, even if their ack was lost. Returns the messages
   * still pending, so that the caller can update both lists in one change of the state; otherwise a message could appear
   * twice or briefly vanish.
   */
  onEvents(events: readonly EventFrame[]): readonly PendingMessage[] {
    for (const { type, data, seq } of events) {
      if (type !== 'message' || data.client_id === null || !this.#outbox.has(data.client_id)) continue
      this.#resolve(data.client_id, seq)
      this.#outbox.remove(data.client_id)
    }
    return this.pending
  }

  /** Drops sent messages up to `position`: the timeline already contains them. */
  settleUpTo(position: number): void {
    for (const { id, state, seq } of this.pending)
      if (state === 'sent' && (seq ?? 0) <= position) this.#outbox.remove(id)
    this.#sendNext()
  }

  /** Fails every unsent message, because the channel has ended; they stay, so that the author can copy them. */
  fail(error: CirclesError): void {
    for (const { id, state } of this.pending) {
      if (state !== 'waiting' && state !== 'sending') continue
      this.#outbox.markFailed(id, { code: error.code, message: error.message })
      this.#reject(id, error)
    }
    this.#publish()
  }

  /** Rejects every promise; messages persisted in storage are kept. */
  abandon(error: CirclesError): void {
    this.#cancelTimer()
    for (const id of [...this.#waiting.keys()]) this.#reject(id, error)
  }

  #onStored(id: string, seq: number): void {
    this.#outbox.markSent(id, seq)
    this.#resolve(id, seq)
  }

  #onRefused(id: string, error: CirclesError): void {
    if (error.code === 'rate_limited') {
      this.#outbox.hold(id, this.#options.platform.now() + (error.retryAfterMs ?? defaultRetryAfterMs))
      return
    }
    this.#outbox.markFailed(id, { code: error.code, message: error.message })
    this.#reject(id, error)
  }

  #sendNext(): void {
    this.#cancelTimer()
    const { platform, waitMs, send } = this.#options
    const now = platform.now()
    const next = this.#outbox.next(now)
    if (typeof next === 'number') this.#sendAfter(next - now)
    else if (next !== null) {
      const frame: CommandFrame = { type: 'message', id: next.id, data: next.data }
      const ms = waitMs(frame)
      if (ms > 0) this.#sendAfter(ms)
      else if (send(frame)) this.#outbox.markSending(next.id)
    }
    this.#publish()
  }

  #sendAfter(ms: number): void {
    this.#cancelTimer = this.#options.platform.after(ms, () => this.#sendNext())
  }

  #publish(): void {
    if (this.pending === this.#published) return
    this.#published = this.pending
    this.#options.onChange(this.pending)
  }

  #resolve(id: string, seq: number): void {
    this.#waiting.get(id)?.resolve({ id, seq })
    this.#waiting.delete(id)
  }

  #reject(id: string, error: CirclesError): void {
    this.#waiting.get(id)?.reject(error)
    this.#waiting.delete(id)
  }
}
