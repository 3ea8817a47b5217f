import type { CommandData } from '../../protocol/commands.ts'
import { CirclesError, type CirclesErrorCode } from '../errors.ts'
import type { ClientPlatform } from '../platform.ts'

/** A line that is not in the log yet, as far as we know. */
export type PendingMessage = {
  readonly id: string // its command id: the server stores it once, however often it is sent
  readonly data: CommandData<'message'>
  readonly at: number // written, ms since the Unix epoch
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed' // sent: stored, its event is on the way
  readonly seq: number | null // once sent
  readonly problem: { code: CirclesErrorCode; message: string } | null // once failed
}

const maxLines = 200

/**
 * Lines on their way, in order. They are sent one at a time, so that a line that is refused for the moment cannot be
 * overtaken. Each is kept on the shelf under a key of its own, because another tab may keep lines beside ours.
 */
export class Outbox {
  #drafts: readonly PendingMessage[] = []
  #heldUntil = 0

  readonly #shelfKey: string | null
  readonly #world: ClientPlatform

  /** `shelfKey` null: nothing survives the program. */
  constructor(shelfKey: string | null, world: ClientPlatform) {
    this.#shelfKey = shelfKey
    this.#world = world
    if (shelfKey === null) return
    const kept = world.storage.keys(`${shelfKey} `).map(key => readDraft(world.storage.get(key)))
    this.#drafts = kept.filter(draft => draft !== null).sort((one, other) => one.at - other.at)
  }

  get drafts(): readonly PendingMessage[] {
    return this.#drafts
  }

  add(data: CommandData<'message'>): PendingMessage {
    if (this.#drafts.length >= maxLines) throw new CirclesError('outbox_full', `${maxLines} lines wait to be sent.`)
    const last = this.#drafts.at(-1)?.at ?? 0
    const at = Math.max(this.#world.now(), last + 1) // in order on the shelf, even within one millisecond
    const draft: PendingMessage = { id: this.#world.newId(), data, at, state: 'waiting', seq: null, problem: null }
    this.#drafts = [...this.#drafts, draft]
    this.#keep(draft)
    return draft
  }

  /** The next line to send, or the time (ms) at which there may be one, or null. */
  next(now: number): PendingMessage | number | null {
    if (this.#drafts.some(({ state }) => state === 'sending')) return null
    const draft = this.#drafts.find(({ state }) => state === 'waiting')
    if (draft === undefined) return null
    return this.#heldUntil > now ? this.#heldUntil : draft
  }

  sending(id: string): void {
    this.#change(id, { state: 'sending' })
  }

  /** The connection was lost: nobody knows what became of the line in flight, so it goes again under its id. */
  interrupted(): void {
    for (const { id, state } of this.#drafts) if (state === 'sending') this.#change(id, { state: 'waiting' })
  }

  /** Refused for the moment: nothing goes before `until`. */
  hold(id: string, until: number): void {
    this.#heldUntil = until
    this.#change(id, { state: 'waiting' })
  }

  sent(id: string, seq: number): void {
    this.#change(id, { state: 'sent', seq })
    if (this.#shelfKey !== null) this.#world.storage.delete(`${this.#shelfKey} ${id}`)
  }

  failed(id: string, problem: { code: CirclesErrorCode; message: string }): void {
    this.#change(id, { state: 'failed', problem })
  }

  retry(id: string): void {
    this.#change(id, { state: 'waiting', problem: null })
  }

  remove(id: string): void {
    this.#drafts = this.#drafts.filter(draft => draft.id !== id)
    if (this.#shelfKey !== null) this.#world.storage.delete(`${this.#shelfKey} ${id}`)
  }

  has(id: string): boolean {
    return this.#drafts.some(draft => draft.id === id)
  }

  #change(id: string, change: Partial<PendingMessage>): void {
    this.#drafts = this.#drafts.map(draft => (draft.id === id ? { ...draft, ...change } : draft))
    const draft = this.#drafts.find(other => other.id === id)
    if (draft !== undefined) this.#keep(draft)
  }

  #keep(draft: PendingMessage): void {
    if (this.#shelfKey !== null && draft.state !== 'sent') {
      this.#world.storage.set(`${this.#shelfKey} ${draft.id}`, JSON.stringify(draft))
    }
  }
}

/** A line as it was kept; what was on its way is sent again. Null if it is none of ours. */
function readDraft(text: string | null): PendingMessage | null {
  try {
    const draft: PendingMessage = JSON.parse(text ?? '')
    if (typeof draft.id !== 'string' || typeof draft.data?.content !== 'string') return null
    return { ...draft, state: draft.state === 'failed' ? 'failed' : 'waiting' }
  } catch {
    return null // written by something else, or half
  }
}
