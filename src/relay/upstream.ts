const pingMs = 5_000
const answerMs = 10_000 // without an answer for so long, the connection is lost
const dialMs = 5_000 // without a connection, or a greeting on it, for so long, it is tried again
const backoffMs = [250, 500, 1_000] // before the second dial and those after it, with as much as a quarter more
const ping = '{"type":"ping"}' // the circle's runtime answers it, and does not wake the object
const pong = '{"type":"pong","data":{}}'

type Ports = { send(text: string): void; dial(): void; hangUp(): void; random(): number }

/**
 * The state of a relay's connection to its circle:
 *
 * ```
 *           need                opened              greeted
 *   idle ────────▶ dialing ───────────▶ greeting ───────────▶ up
 *     ▲               │ ▲                  │                  │
 *     │ rest     lost ▼ │ due         lost ▼             lost ▼
 *     └──────────── waiting ◀──────────────┴──────────────────┘
 *
 *           park                need
 *   up ─────────────▶ parked ─────────▶ dialing
 * ```
 *
 * Parked, it has no connection and needs none: the circle has agreed to call.
 */
export type UpstreamState = 'idle' | 'waiting' | 'dialing' | 'greeting' | 'up' | 'parked'

/** Dials, greets, pings and dials again. */
export class Upstream {
  readonly #ports: Ports
  #state: UpstreamState = 'idle'
  #since: number // ms: in this state
  #failures = 0
  #dialAt = 0
  #pingAt = 0 // when the next ping is due
  #pings: number[] = [] // when those were sent that are not answered
  #provenAt: number // when a ping was sent that the circle answered, or the last greeting

  constructor(ports: Ports, now: number) {
    this.#ports = ports
    this.#since = now
    this.#provenAt = now
  }

  get state(): UpstreamState {
    return this.#state
  }

  /** When the circle is known to have held this relay for connected (ms). */
  get provenAt(): number {
    return this.#provenAt
  }

  /** A connection is needed. */
  need(now: number): void {
    if (this.#state === 'parked') this.#provenAt = now // until now the circle needed nothing of it
    if (this.#state === 'idle' || this.#state === 'parked') this.#dial(now)
  }

  /** None is needed until the circle calls. */
  park(now: number): void {
    this.#ports.hangUp()
    this.#enter('parked', now)
  }

  /** None is needed any more. */
  rest(now: number): void {
    if (this.#state === 'idle') return
    this.#ports.hangUp()
    this.#enter('idle', now)
  }

  /** The connection is there. */
  opened(now: number): void {
    this.#enter('greeting', now)
  }

  /** The circle has answered the greeting. */
  greeted(now: number): void {
    this.#failures = 0
    this.#provenAt = this.#since // when the hello was sent
    this.#pings = []
    this.#pingAt = now + pingMs
    this.#enter('up', now)
  }

  /** The connection is gone, or could not be made. */
  lost(now: number): void {
    const wait = backoffMs[Math.min(this.#failures, backoffMs.length - 1)] ?? 0
    this.#dialAt = now + wait * (1 + this.#ports.random() / 4)
    this.#failures += 1
    this.#enter('waiting', now)
  }

  /** Takes an answer to a ping; false: the text is none. */
  answered(text: string): boolean {
    if (text !== pong) return false
    this.#provenAt = this.#pings.shift() ?? this.#provenAt
    return true
  }

  /** When something is due next (ms), or null. */
  nextWake(): number | null {
    switch (this.#state) {
      case 'idle':
      case 'parked':
        return null
      case 'waiting':
        return this.#dialAt
      case 'dialing':
      case 'greeting':
        return this.#since + dialMs
      case 'up':
        return Math.min(this.#pingAt, (this.#pings[0] ?? Number.POSITIVE_INFINITY) + answerMs)
      default:
        throw new Error(`expected a state, got ${this.#state satisfies never}`)
    }
  }

  /** Does what is due; true: the connection is given up, and is to be counted as lost. */
  wake(now: number): boolean {
    const due = this.nextWake()
    if (due === null || now < due) return false
    if (this.#state === 'waiting') this.#dial(now)
    else if (this.#state === 'up' && now >= this.#pingAt && now < (this.#pings[0] ?? now) + answerMs) this.#ping(now)
    else {
      this.#ports.hangUp()
      return true
    }
    return false
  }

  #dial(now: number): void {
    this.#enter('dialing', now)
    this.#ports.dial()
  }

  #ping(now: number): void {
    this.#pings.push(now)
    this.#pingAt = now + pingMs
    this.#ports.send(ping)
  }

  #enter(state: UpstreamState, now: number): void {
    this.#state = state
    this.#since = now
  }
}
