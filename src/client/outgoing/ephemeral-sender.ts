import type { CommandFrame } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'
import type { Store } from '../state/store.ts'

const typingMs = 2_000 // between two words that we still type
const readMs = 500 // who reads on is told of once
const crowdAbove = 200 // members: nobody is told of any one of them then (P4)

/** What others may know of us and nobody keeps: that we type, how we are, how far we have read. Never too much of it. */
export class EphemeralSender {
  readonly #world: ClientPlatform
  readonly #send: (frame: CommandFrame) => boolean
  readonly #store: Pick<Store, 'state'>
  #presence: Record<string, unknown> | null = null
  #typedAt: number | null = null // when others were last told that we type
  #cancelRead = (): void => {}

  constructor(world: ClientPlatform, store: Pick<Store, 'state'>, send: (frame: CommandFrame) => boolean) {
    this.#store = store
    this.#world = world
    this.#send = send
  }

  typing(active: boolean): void {
    if (this.#isCrowd) return
    const now = this.#world.now()
    if (active ? this.#typedAt !== null && now - this.#typedAt < typingMs : this.#typedAt === null) return
    if (this.#send({ type: 'typing', data: { active } })) this.#typedAt = active ? now : null
  }

  /** A line ends the typing by itself. */
  said(): void {
    this.#typedAt = null
  }

  presence(state: Record<string, unknown>): void {
    this.#presence = state
    this.#send({ type: 'presence', data: { state } })
  }

  read(seq: number): void {
    this.#cancelRead()
    if (this.#isCrowd) return
    this.#cancelRead = this.#world.after(readMs, () => this.#send({ type: 'read', data: { seq } }))
  }

  /** A new connection knows nothing of us. */
  welcomed(): void {
    this.#typedAt = null
    if (this.#presence !== null) this.#send({ type: 'presence', data: { state: this.#presence } })
  }

  get #isCrowd(): boolean {
    return this.#store.state.memberCount > crowdAbove
  }
}
