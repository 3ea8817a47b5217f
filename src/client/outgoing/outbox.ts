import type { CommandData } from '../../protocol/commands/commands.ts'
import { CirclesError, type CirclesErrorCode } from '../errors.ts'
import type { ClientPlatform } from '../platform.ts'

/** A message that is not in the log yet, as far as the client knows. */
export type PendingMessage = {
  readonly id: string // its command id: the server stores it once, however often it is sent
  readonly data: CommandData<'message'>
  readonly at: number // written, ms since the Unix epoch
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed' // sent: stored, its event is on the way
  readonly seq: number | null // once sent
  readonly problem: { code: CirclesErrorCode; message: string } | null // once failed
}

const maxMessages = 200

/**
 * The messages to be sent, in order. They go out one at a time, so that none can overtake one that was refused for the
 * moment. Each is stored under a key of its own, because another tab may store messages beside these.
 */
export class Outbox {
  #messages: readonly PendingMessage[] = []
  #heldUntil = 0 // ms since the Unix epoch
  readonly #storageKey: string | null
  readonly #platform: ClientPlatform

  /** With `storageKey` null nothing outlives the program. */
  constructor(storageKey: string | null, platform: ClientPlatform) {
    this.#storageKey = storageKey
    this.#platform = platform
    if (storageKey === null) return
    const { storage } = platform
    const stored = storage.keys(`${storageKey} `).map(key => readStored(storage.get(key)))
    this.#messages = stored.filter(message => message !== null).sort((one, other) => one.at - other.at)
  }

  get messages(): readonly PendingMessage[] {
    return this.#messages
  }

  /** Adds a message; throws if there are too many. */
  add(data: CommandData<'message'>): PendingMessage {
    if (this.#messages.length >= maxMessages)
      throw new CirclesError('outbox_full', `${maxMessages} messages are waiting to be sent.`)
    const last = this.#messages.at(-1)?.at ?? 0
    const at = Math.max(this.#platform.now(), last + 1) // in order in the storage, even within one millisecond
    const id = this.#platform.newId()
    const message: PendingMessage = { id, data, at, state: 'waiting', seq: null, problem: null }
    this.#messages = [...this.#messages, message]
    this.#store(message)
    return message
  }

  /** The next message to send, or the time (ms) from which there may be one, or null. */
  next(now: number): PendingMessage | number | null {
    if (this.#messages.some(({ state }) => state === 'sending')) return null
    const message = this.#messages.find(({ state }) => state === 'waiting')
    if (message === undefined) return null
    return this.#heldUntil > now ? this.#heldUntil : message
  }

  /** Marks a message as in flight. */
  markSending(id: string): void {
    this.#change(id, { state: 'sending' })
  }

  /** Puts the message in flight back, after its connection was lost: it goes again under its id. */
  requeue(): void {
    for (const { id, state } of this.#messages) if (state === 'sending') this.#change(id, { state: 'waiting' })
  }

  /** Puts a message back that was refused for the moment; nothing is sent before `until` (ms). */
  hold(id: string, until: number): void {
    this.#heldUntil = until
    this.#change(id, { state: 'waiting' })
  }

  /** Marks a message as stored by the server. */
  markSent(id: string, seq: number): void {
    this.#change(id, { state: 'sent', seq })
    this.#unstore(id)
  }

  /** Marks a message as refused. */
  markFailed(id: string, problem: { code: CirclesErrorCode; message: string }): void {
    this.#change(id, { state: 'failed', problem })
  }

  /** Queues a failed message again. */
  retry(id: string): void {
    this.#change(id, { state: 'waiting', problem: null })
  }

  /** Drops a message. */
  remove(id: string): void {
    this.#messages = this.#messages.filter(message => message.id !== id)
    this.#unstore(id)
  }

  has(id: string): boolean {
    return this.#messages.some(message => message.id === id)
  }

  #change(id: string, change: Partial<PendingMessage>): void {
    this.#messages = this.#messages.map(message => (message.id === id ? { ...message, ...change } : message))
    const message = this.#messages.find(other => other.id === id)
    if (message !== undefined) this.#store(message)
  }

  #store(message: PendingMessage): void {
    if (this.#storageKey !== null && message.state !== 'sent')
      this.#platform.storage.set(`${this.#storageKey} ${message.id}`, JSON.stringify(message))
  }

  #unstore(id: string): void {
    if (this.#storageKey !== null) this.#platform.storage.delete(`${this.#storageKey} ${id}`)
  }
}

/** Reads a stored message; one that was in flight is sent again. Null if it is no message of this client's. */
function readStored(text: string | null): PendingMessage | null {
  try {
    const message: PendingMessage = JSON.parse(text ?? '')
    if (typeof message.id !== 'string' || typeof message.data?.content !== 'string') return null
    return { ...message, state: message.state === 'failed' ? 'failed' : 'waiting' }
  } catch {
    return null // written by something else, or incompletely
  }
}
