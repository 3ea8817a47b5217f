import type { CommandData } from '../../protocol/commands.ts'
import { CirclesError } from '../errors.ts'
import { type CommandFrame, type EventFrame, type Frame, isNamelessRefusal } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'
import { Outbox, type PendingMessage } from './outbox.ts'
import { errorOf } from './pending-commands.ts'

export type MessageSenderOptions = {
  world: ClientPlatform
  shelfKey: string | null
  send(frame: CommandFrame): boolean // false: not connected
  wait(frame: CommandFrame): number // ms until the server takes it
  changed(drafts: readonly PendingMessage[]): void
}

/** A message that the room has stored: the id it was sent under, and its seq in the log. */
export type SentMessage = { id: string; seq: number }

type Waiting = { resolve(sent: SentMessage): void; reject(error: CirclesError): void }

const heldMs = 1_000 // a refusal for the moment that names no time

/** Brings what was said into the log: one line after the other, each once, whatever the connection does. */
export class MessageSender {
  readonly #options: MessageSenderOptions
  readonly #outbox: Outbox
  #waiting = new Map<string, Waiting>()
  #published: readonly PendingMessage[] = []
  #cancelHold = (): void => {}

  constructor(options: MessageSenderOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.shelfKey, options.world)
  }

  get drafts(): readonly PendingMessage[] {
    return this.#outbox.drafts
  }

  send(data: CommandData<'message'>): Promise<SentMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<SentMessage>()
    try {
      this.#waiting.set(this.#outbox.add(data).id, { resolve, reject })
      this.#pump()
    } catch (error) {
      if (!(error instanceof CirclesError)) throw error
      reject(error)
    }
    return promise
  }

  retry(id: string): void {
    this.#outbox.retry(id)
    this.#pump()
  }

  discard(id: string): void {
    this.#outbox.remove(id)
    this.#reject(id, new CirclesError('discarded', 'The line was thrown away.'))
    this.#pump()
  }

  /** The connection was lost. */
  interrupted(): void {
    this.#outbox.interrupted()
    this.#publish()
  }

  /** The connection is there (again). */
  resume(): void {
    this.#outbox.interrupted()
    this.#pump()
  }

  /** Takes the answer to a line; false if the frame is none. */
  settle(frame: Frame): boolean {
    if (frame.type !== 'ack' && frame.type !== 'error') return false
    const id = isNamelessRefusal(frame) ? this.drafts.find(({ state }) => state === 'sending')?.id : frame.data.id
    if (id === undefined || !this.#outbox.has(id)) return false
    if (frame.type === 'ack') this.#stored(id, frame.data.seq ?? 0)
    else this.#refused(id, errorOf(frame.data))
    this.#pump()
    return true
  }

  /**
   * These events came: lines of ours among them are no drafts any more, even if their answer was lost. Gives what is
   * left, to be shown together with the events, so that no line is seen twice, or not at all, in between.
   */
  arrived(events: readonly EventFrame[]): readonly PendingMessage[] {
    for (const { type, data, seq } of events) {
      if (type !== 'message' || data.client_id === null || !this.#outbox.has(data.client_id)) continue
      this.#resolve(data.client_id, seq)
      this.#outbox.remove(data.client_id)
    }
    return this.drafts
  }

  /** Everything up to `position` is in the log that is shown, or before it: sent lines among it are no drafts. */
  settleUpTo(position: number): void {
    const before = this.drafts
    for (const { id, state, seq } of before) if (state === 'sent' && (seq ?? 0) <= position) this.#outbox.remove(id)
    this.#pump()
  }

  /** No line can be sent here any more: they stay, as failed, for whoever wrote them. */
  fail(error: CirclesError): void {
    for (const { id, state } of this.drafts) {
      if (state !== 'waiting' && state !== 'sending') continue
      this.#outbox.failed(id, error)
      this.#reject(id, error)
    }
    this.#publish()
  }

  /** Nobody waits for the lines any more; those on the shelf stay there. */
  abandon(error: CirclesError): void {
    this.#cancelHold()
    for (const id of [...this.#waiting.keys()]) this.#reject(id, error)
  }

  #stored(id: string, seq: number): void {
    this.#outbox.sent(id, seq)
    this.#resolve(id, seq)
  }

  #refused(id: string, error: CirclesError): void {
    if (error.code === 'rate_limited') {
      this.#outbox.hold(id, this.#options.world.now() + (error.retryAfterMs ?? heldMs))
      return
    }
    this.#outbox.failed(id, { code: error.code, message: error.message })
    this.#reject(id, error)
  }

  #pump(): void {
    this.#cancelHold()
    const { world, wait, send } = this.#options
    const now = world.now()
    const next = this.#outbox.next(now)
    if (typeof next === 'number') this.#pumpAfter(next - now)
    else if (next !== null) {
      const frame: CommandFrame = { type: 'message', id: next.id, data: next.data }
      const ms = wait(frame)
      if (ms > 0) this.#pumpAfter(ms)
      else if (send(frame)) this.#outbox.sending(next.id)
    }
    this.#publish()
  }

  #pumpAfter(ms: number): void {
    this.#cancelHold = this.#options.world.after(ms, () => this.#pump())
  }

  #publish(): void {
    if (this.drafts === this.#published) return
    this.#published = this.drafts
    this.#options.changed(this.drafts)
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
