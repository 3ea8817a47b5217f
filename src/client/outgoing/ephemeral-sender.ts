import type { CommandFrame } from '../frames.ts'
import type { Store } from '../state/store.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import type { OutgoingFrame } from '../transport/frame-queue.ts'

const typingMs = 2_000 // between two frames while the user keeps typing
const readMs = 500 // the last of several read positions is sent
const largeAbove = 200 // members: there the server sends no typing or read frames to anyone (P4)
const spare = 10 // frames that are left to messages, where the server counts ephemeral ones as messages

type EphemeralSenderOptions = {
  platform: SteadyPlatform
  store: Pick<Store, 'state'>
  encode(frame: CommandFrame): string
  send(frame: OutgoingFrame): boolean
}

/**
 * Sends ephemeral state: typing, presence, read position, signals. It goes no faster than its rate limit allows; of what
 * waits, the latest of each kind replaces the earlier ones.
 */
export class EphemeralSender {
  readonly #options: EphemeralSenderOptions
  #presence: string | null = null // as text: the caller may change the object
  #typingSentAt: number | null = null // ms; null: others do not see us typing
  #cancelRead = (): void => {}

  constructor(options: EphemeralSenderOptions) {
    this.#options = options
  }

  /** Sends whether the user is typing, unless others know it already. */
  setTyping(active: boolean): void {
    if (this.#isLarge) return
    const now = this.#options.platform.elapsed()
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
    this.#presence = this.#options.encode({ type: 'presence', data: { state } })
    this.resendPresence()
  }

  /** Sends a value; one of the same name to the same user replaces it while it waits. */
  signal(name: string, value: unknown, to?: string): boolean {
    const data = to === undefined ? { name, value } : { name, value, to }
    return this.#send({ type: 'signal', data }, `signal ${to} ${name}`)
  }

  /** Sends the user's read position, a little later. */
  markRead(seq: number): void {
    this.#cancelRead()
    if (this.#isLarge) return
    this.#cancelRead = this.#options.platform.after(readMs, () => this.#send({ type: 'read', data: { seq } }))
  }

  /** A new connection starts without any of this. */
  onWelcome(): void {
    this.#typingSentAt = null
    this.resendPresence()
  }

  /** Sends the presence state again, because the last frame may have been refused. */
  resendPresence(): void {
    if (this.#presence !== null) this.#options.send({ text: this.#presence, key: 'presence', spare, isEphemeral: true })
  }

  #send(frame: CommandFrame, key: string = frame.type): boolean {
    return this.#options.send({ text: this.#options.encode(frame), key, spare, isEphemeral: true })
  }

  get #isLarge(): boolean {
    return this.#options.store.state.memberCount > largeAbove
  }
}
