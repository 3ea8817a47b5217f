const safetyMs = 30_000 // a timer is lost with the object's memory; an alarm is not
const parkedMs = 120_000 // between two looks for members that are silent, while it is parked

type Ports = {
  /** Runs something after a while; returns what prevents it. */
  setTimer(run: () => void, ms: number): () => void
  setAlarm(at: number): void
  wake(): void
}

/** What decides when a relay is due. */
type Due = { nextWake(now: number): number | null; readonly state: string; readonly size: number }

/**
 * When a relay is woken: by a timer while its object is in memory, and by an alarm as long as there are members, which brings
 * the relay back if its memory is lost. While it is parked there is no timer, which would keep it in memory.
 */
export class WakeUps {
  readonly #ports: Ports
  #cancel: (() => void) | null = null
  #timerAt: number | null = null
  #alarmAt: number | null = null // null: none is set, as far as is known

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** The alarm fires, and is not set any more. */
  alarmFired(): void {
    this.#alarmAt = null
  }

  /** Sets what the relay needs next. */
  schedule(relay: Due, now: number): void {
    const isParked = relay.state === 'parked'
    this.#setTimer(isParked ? null : relay.nextWake(now), now)
    const alarmAt = now + (isParked ? parkedMs : safetyMs)
    if (relay.size === 0 || (this.#alarmAt !== null && this.#alarmAt <= alarmAt)) return
    this.#alarmAt = alarmAt
    this.#ports.setAlarm(alarmAt)
  }

  #setTimer(at: number | null, now: number): void {
    if (at === this.#timerAt) return
    this.#cancel?.()
    this.#timerAt = at
    this.#cancel = at === null ? null : this.#ports.setTimer(() => this.#fire(), Math.max(0, at - now))
  }

  #fire(): void {
    this.#cancel = null
    this.#timerAt = null
    this.#ports.wake()
  }
}
