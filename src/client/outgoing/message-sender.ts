import type { CommandData } from '../../protocol/commands/commands.ts'
import { CirclesError } from '../errors.ts'
import { type EventFrame, type Frame, isUnaddressedRefusal, isUnreadRefusal } from '../frames.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import type { OutgoingFrame } from '../transport/frame-queue.ts'
import { isMessage, Outbox, type OutboxContent, type OutboxItem, type PendingMessage } from './outbox.ts'
import { errorOf, pauseMsOf } from './pending-commands.ts'

/** What a MessageSender works with. */
type MessageSenderOptions = {
  platform: SteadyPlatform
  storageKey: string | null
  encode(frame: { type: string; id: string; data: unknown }): string // throws a CirclesError if the server would not accept it
  halt(): CirclesError | null // why nothing can be sent until a reconnect
  send(frame: OutgoingFrame): boolean // false: not connected
  waitMs(frame: OutgoingFrame): number // until the server's rate limit allows it
  onChange(pending: readonly PendingMessage[]): void
}

/** A message that the server has stored: the id it was sent under, and its seq in the log. */
export type SentMessage = { id: string; seq: number }

/** A command that was carried out: the id it was sent under, and the seq of what it stored, or null. */
export type SentCommand = { id: string; seq: number | null }

type Waiting = { resolve(sent: SentCommand): void; reject(error: CirclesError): void }

const defaultRetryAfterMs = 1_000 // when a rate-limit error has no `retry_after_ms`
const spare = 6 // frames of the rate limit that messages leave to all other commands

/** Sends messages, and commands of the application's own, one after the other, each once, whatever the connection does. */
export class MessageSender {
  readonly #options: MessageSenderOptions
  readonly #outbox: Outbox
  #waiting = new Map<string, Waiting>()
  #messages: { of: readonly OutboxItem[]; list: readonly PendingMessage[] } = { of: [], list: [] }
  #published: readonly PendingMessage[] = []
  #cancelTimer = (): void => {}

  constructor(options: MessageSenderOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.storageKey, options.platform)
    for (const item of this.#outbox.items) if (item.state === 'waiting') this.#encode(item)
  }

  get pending(): readonly PendingMessage[] {
    const { items } = this.#outbox
    if (items !== this.#messages.of) this.#messages = { of: items, list: items.filter(isMessage) }
    return this.#messages.list
  }

  /** Queues a message. Resolves once it is stored. */
  async send(data: CommandData<'message'>): Promise<SentMessage> {
    const { id, seq } = await this.#add({ data })
    return { id, seq: seq ?? 0 }
  }

  /** Queues a command. Resolves once it was carried out. */
  sendCommand(type: string, args: unknown): Promise<SentCommand> {
    return this.#add({ type, args })
  }

  #add(content: OutboxContent): Promise<SentCommand> {
    const { promise, resolve, reject } = Promise.withResolvers<SentCommand>()
    try {
      const { id } = this.#outbox.add(content)
      this.#waiting.set(id, { resolve, reject })
      this.#queue(id)
    } catch (error) {
      if (!(error instanceof CirclesError)) throw error
      reject(error)
    }
    return promise
  }

  /** Queues a failed message again, under its id. */
  retry(id: string): void {
    if (this.#find(id)?.state !== 'failed') return
    this.#outbox.retry(id)
    this.#queue(id)
  }

  /** Drops a message. One that is in flight may still be stored; it is not sent again. */
  discard(id: string): void {
    this.#outbox.discard(id)
    this.#reject(id, discarded)
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
    const isUnaddressed = isUnaddressedRefusal(frame) || isUnreadRefusal(frame)
    const id = isUnaddressed ? this.#outbox.items.find(({ state }) => state === 'sending')?.id : frame.data.id
    if (id === undefined || !this.#outbox.has(id)) return false
    if (frame.type === 'ack') this.#onStored(id, frame.data.seq ?? null)
    else this.#onRefused(id, frame)
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
    for (const { id, state, seq } of this.#outbox.items)
      if (state === 'sent' && (seq ?? 0) <= position) this.#outbox.remove(id)
    this.#sendNext()
  }

  /** Fails every unsent message, because nothing can be sent; they stay, so that the author can copy them. */
  fail(error: CirclesError): void {
    for (const { id, state } of this.#outbox.items)
      if (state === 'waiting' || state === 'sending') this.#fail(id, error)
    this.#publish()
  }

  /** Rejects every promise; messages persisted in storage are kept. */
  abandon(error: CirclesError): void {
    this.#cancelTimer()
    for (const id of [...this.#waiting.keys()]) this.#reject(id, error)
  }

  #onStored(id: string, seq: number | null): void {
    if (this.#isMessage(id)) this.#outbox.markSent(id, seq ?? 0)
    else this.#outbox.remove(id)
    this.#resolve(id, seq)
  }

  #onRefused(id: string, frame: Extract<Frame, { type: 'error' }>): void {
    const error = errorOf(frame)
    const hasNoPause = error.code === 'rate_limited' && error.retryAfterMs === null
    const pauseMs = hasNoPause ? defaultRetryAfterMs : pauseMsOf(frame)
    if (pauseMs === null) this.#fail(id, error)
    else this.#outbox.hold(id, this.#options.platform.elapsed() + pauseMs)
  }

  #fail(id: string, error: CirclesError): void {
    // A message that failed is shown, and can be sent again; of a command only its promise says so.
    if (this.#isMessage(id)) this.#outbox.markFailed(id, { code: error.code, message: error.message })
    else this.#outbox.remove(id)
    this.#reject(id, error)
  }

  #find(id: string): OutboxItem | undefined {
    return this.#outbox.items.find(item => item.id === id)
  }

  #isMessage(id: string): boolean {
    const item = this.#find(id)
    return item === undefined || isMessage(item)
  }

  #queue(id: string): void {
    const error = this.#options.halt()
    const message = this.#find(id)
    if (error !== null) this.#fail(id, error)
    else if (message !== undefined) this.#encode(message)
    this.#sendNext()
  }

  #sendNext(): void {
    this.#cancelTimer()
    const now = this.#options.platform.elapsed()
    let next = this.#outbox.next(now)
    while (next !== null && typeof next !== 'number' && !this.#trySend(next)) next = this.#outbox.next(now)
    if (typeof next === 'number') this.#sendAfter(next - now)
    this.#publish()
  }

  /** Sends a message, or waits until it can be sent. Returns false if it is not to be sent. */
  #trySend(message: OutboxItem): boolean {
    const { id } = message
    const fate = this.#outbox.fateElsewhere(id)
    // A message of this tab's own that is in the log by now gets its ack by being sent again.
    if (fate === 'discarded' || (fate === 'removed' && !this.#waiting.has(id))) {
      this.#outbox.forget(id)
      this.#reject(id, discarded)
      return false
    }
    const text = this.#encode(message)
    if (text === null) return false
    const frame = { text, key: id, spare }
    const ms = this.#options.waitMs(frame)
    if (ms > 0) this.#sendAfter(ms)
    else if (this.#options.send({ text, key: id })) this.#outbox.markSending(id)
    return true
  }

  /** The text of a message; null: the server would not accept it, so it has failed. */
  #encode(item: OutboxItem): string | null {
    const { id } = item
    try {
      return this.#options.encode(
        isMessage(item) ? { type: 'message', id, data: item.data } : { type: item.type, id, data: item.args },
      )
    } catch (error) {
      if (!(error instanceof CirclesError)) throw error
      this.#fail(id, error)
      return null
    }
  }

  #sendAfter(ms: number): void {
    this.#cancelTimer = this.#options.platform.after(ms, () => this.#sendNext())
  }

  #publish(): void {
    if (this.pending === this.#published) return
    this.#published = this.pending
    this.#options.onChange(this.pending)
  }

  #resolve(id: string, seq: number | null): void {
    this.#waiting.get(id)?.resolve({ id, seq })
    this.#waiting.delete(id)
  }

  #reject(id: string, error: CirclesError): void {
    this.#waiting.get(id)?.reject(error)
    this.#waiting.delete(id)
  }
}

const discarded = new CirclesError('discarded', 'The message was discarded.')
