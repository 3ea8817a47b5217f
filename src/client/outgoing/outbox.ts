import type { CommandData } from '../../protocol/commands/commands.ts'
import { CirclesError, type CirclesErrorCode } from '../errors.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import { toJson } from './encode-command.ts'

type Pending = {
  readonly id: string // its command id: the server stores it once, however often it is sent
  readonly at: number // written, ms since the Unix epoch
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed' // sent: stored, its event is on the way
  readonly seq: number | null // once sent
  readonly problem: { code: CirclesErrorCode; message: string } | null // once failed
}

/** A message that is not in the log yet, as far as the client knows. */
export type PendingMessage = Pending & { readonly data: CommandData<'message'> }

// It has no `data`, by which a tab of an older release would take it for a message.
/** A command of an application's own that has no reply yet. */
type PendingCommand = Pending & { readonly type: string; readonly args: unknown }

/** What waits to be sent, in one order. */
export type OutboxItem = PendingMessage | PendingCommand

/** What is to be sent, before it has an id. */
export type OutboxContent = Pick<PendingMessage, 'data'> | Pick<PendingCommand, 'type' | 'args'>

/** True for a message. */
export const isMessage = (item: OutboxItem): item is PendingMessage => 'data' in item

const maxMessages = 200
const discardedPrefix = 'discarded ' // in place of a message that another tab may still want to send
const discardedMs = 86_400_000 // for so long such a mark is kept

/**
 * The messages, and commands of the application's own, to be sent, in order. They go out one at a time, so that none can
 * overtake one that was refused for the moment. Each is stored under a key of its own, because other tabs store messages beside these, and load them.
 */
export class Outbox {
  #items: readonly OutboxItem[] = []
  #heldUntil = 0 // ms of the clock for waits
  #stored = new Map<string, 'own' | 'loaded'>() // by id: what this tab stored, or found in the storage
  readonly #storageKey: string | null
  readonly #platform: SteadyPlatform

  /** With `storageKey` null nothing outlives the program. */
  constructor(storageKey: string | null, platform: SteadyPlatform) {
    this.#storageKey = storageKey
    this.#platform = platform
    if (storageKey === null) return
    for (const key of platform.storage.keys(`${storageKey} `)) this.#load(key)
    this.#items = [...this.#items].sort((one, other) => one.at - other.at)
  }

  get items(): readonly OutboxItem[] {
    return this.#items
  }

  /** Adds a message or a command; throws if there are too many, or if it cannot be written. */
  add(content: OutboxContent): OutboxItem {
    if (this.#items.length >= maxMessages)
      throw new CirclesError('outbox_full', `${maxMessages} messages are waiting to be sent.`)
    const last = this.#items.at(-1)?.at ?? 0
    const at = Math.max(this.#platform.now(), last + 1) // in order in the storage, even within one millisecond
    const id = this.#platform.newId()
    const copy: OutboxContent = JSON.parse(toJson(content)) // the caller may change the object
    const message: OutboxItem = { id, ...copy, at, state: 'waiting', seq: null, problem: null }
    this.#items = [...this.#items, message]
    this.#store(message)
    return message
  }

  /** The next message to send, or the time (ms) from which there may be one, or null. */
  next(now: number): OutboxItem | number | null {
    if (this.#items.some(({ state }) => state === 'sending')) return null
    const message = this.#items.find(({ state }) => state === 'waiting')
    if (message === undefined) return null
    return this.#heldUntil > now ? this.#heldUntil : message
  }

  /** What another tab did with a message: discarded it, or removed it, most likely because it is in the log. */
  fateElsewhere(id: string): 'discarded' | 'removed' | null {
    if (!this.#stored.has(id)) return null
    const text = this.#platform.storage.get(this.#keyOf(id))
    if (text === null) return 'removed'
    return text.startsWith(discardedPrefix) ? 'discarded' : null
  }

  /** Marks a message as in flight. */
  markSending(id: string): void {
    this.#change(id, { state: 'sending' })
  }

  /** Puts the message in flight back, after its connection was lost: it goes again under its id. */
  requeue(): void {
    for (const { id, state } of this.#items) if (state === 'sending') this.#change(id, { state: 'waiting' })
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

  /** Drops a message that was discarded. The tab that wrote it may be open, too, and must not send it either. */
  discard(id: string): void {
    const isOfAnother = this.#stored.get(id) === 'loaded' && this.fateElsewhere(id) === null
    this.remove(id)
    if (isOfAnother) this.#platform.storage.set(this.#keyOf(id), `${discardedPrefix}${this.#platform.now()}`)
  }

  /** Drops a message that another tab discarded or sent. The mark stays for the tab that wrote the message. */
  forget(id: string): void {
    if (this.#stored.get(id) === 'loaded') this.#stored.delete(id)
    this.remove(id)
  }

  /** Drops a message. */
  remove(id: string): void {
    this.#items = this.#items.filter(message => message.id !== id)
    this.#unstore(id)
  }

  has(id: string): boolean {
    return this.#items.some(message => message.id === id)
  }

  #change(id: string, change: Partial<Pending>): void {
    this.#items = this.#items.map(message => (message.id === id ? { ...message, ...change } : message))
    const message = this.#items.find(other => other.id === id)
    if (message !== undefined && this.fateElsewhere(id) === null) this.#store(message)
  }

  #load(key: string): void {
    const text = this.#platform.storage.get(key)
    const age = text?.startsWith(discardedPrefix) ? this.#platform.now() - Number(text.split(' ')[1]) : 0
    if (Math.abs(age) > discardedMs) this.#platform.storage.delete(key)
    const message = readStored(text)
    if (message === null) return
    this.#items = [...this.#items, message]
    this.#stored.set(message.id, 'loaded')
  }

  #store(message: OutboxItem): void {
    if (this.#storageKey === null || message.state === 'sent') return
    const { storage } = this.#platform
    const text = JSON.stringify(message)
    storage.set(this.#keyOf(message.id), text)
    // The storage may be full: a message that it does not hold cannot be missed there.
    if (!this.#stored.has(message.id) && storage.get(this.#keyOf(message.id)) === text)
      this.#stored.set(message.id, 'own')
  }

  #unstore(id: string): void {
    if (this.#stored.delete(id)) this.#platform.storage.delete(this.#keyOf(id))
  }

  #keyOf(id: string): string {
    return `${this.#storageKey} ${id}`
  }
}

/** Reads a stored message; one that was in flight is sent again. Null if it is no message of this client's. */
function readStored(text: string | null): OutboxItem | null {
  try {
    const message: Pending & Partial<PendingMessage & PendingCommand> = JSON.parse(text ?? '')
    const isComplete = typeof message.data?.content === 'string' || typeof message.type === 'string'
    if (typeof message.id !== 'string' || !isComplete) return null
    return { ...(message as OutboxItem), state: message.state === 'failed' ? 'failed' : 'waiting' }
  } catch {
    return null // written by something else, or incompletely
  }
}
