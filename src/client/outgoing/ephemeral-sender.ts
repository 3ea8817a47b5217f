import type { CommandFrame } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'
import type { Store } from '../state/store.ts'

const typingMs = 2_000 // between two frames while the user keeps typing
const readMs = 500 // the last of several read positions is sent
const largeAbove = 200 // members: there the server sends no typing or read frames to anyone (P4)

/** Sends throttled ephemeral state: typing, presence, read position. */
export class EphemeralSender {
  readonly #platform: ClientPlatform
  readonly #store: Pick<Store, 'state'>
  readonly #send: (frame: CommandFrame) => boolean
  #presence: Record<string, unknown> | null = null
  #typingSentAt: number | null = null // ms; null: others do not see us typing
  #cancelRead = (): void => {}

  constructor(platform: ClientPlatform, store: Pick<Store, 'state'>, send: (frame: CommandFrame) => boolean) {
    this.#platform = platform
    this.#store = store
    this.#send = send
  }

  /** Sends whether the user is typing, unless others know it already. */
  setTyping(active: boolean): void {
    if (this.#isLarge) return
    const now = this.#platform.now()
    const sentAt = this.#typingSentAt
    if (active ? sentAt !== null && now - sentAt < typingMs : sentAt === null) return
    if (this.#send({ type: 'typing', data: { active } })) this.#typingSentAt = active ? now : null
  }

  /** The user sent a message, which ends the typing for everyone. */
  onMessage(): void {
    this.#typingSentAt = null
  }

  /** Sends the user's presence state, now and after every reconnect. */
  setPresence(state: Record<string, unknown>): void {
    this.#presence = state
    this.#send({ type: 'presence', data: { state } })
  }

  /** Sends the user's read position, a little later. */
  markRead(seq: number): void {
    this.#cancelRead()
    if (this.#isLarge) return
    this.#cancelRead = this.#platform.after(readMs, () => this.#send({ type: 'read', data: { seq } }))
  }

  /** A new connection starts without any of this. */
  onWelcome(): void {
    this.#typingSentAt = null
    if (this.#presence !== null) this.#send({ type: 'presence', data: { state: this.#presence } })
  }

  get #isLarge(): boolean {
    return this.#store.state.memberCount > largeAbove
  }
}
