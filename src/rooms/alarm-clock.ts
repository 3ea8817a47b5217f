/** When an object is to be woken: by its one durable alarm, or by a timer while it is awake. */
export class AlarmClock {
  readonly #context: DurableObjectState
  readonly #ring: () => void
  #alarmAt: number | null = null // as it was set last
  #timer: { at: number; id: ReturnType<typeof setTimeout> } | null = null

  /** `ring` is called when the timer is due; the alarm is the object's own `alarm()`. */
  constructor(context: DurableObjectState, ring: () => void) {
    this.#context = context
    this.#ring = ring
  }

  /** The alarm rang: none is set any more. */
  rang(): void {
    this.#alarmAt = null
  }

  /**
   * Sets the alarm for `at` (ms), or none for null. Each setting is a row written, so it is set anew only when it must
   * ring earlier: one that rings too early finds nothing due.
   */
  setAlarm(at: number | null): void {
    if (at === null && this.#alarmAt !== null) {
      this.#alarmAt = null
      this.#context.waitUntil(this.#context.storage.deleteAlarm())
    } else if (at !== null && (this.#alarmAt === null || at < this.#alarmAt)) {
      this.#alarmAt = at
      this.#context.waitUntil(this.#context.storage.setAlarm(Math.max(at, 1))) // 0, long ago, would be refused
    }
  }

  /** Forgets everything: the storage is being deleted, and the alarm with it. */
  stop(): void {
    this.#alarmAt = null
    if (this.#timer !== null) clearTimeout(this.#timer.id)
    this.#timer = null
    this.#context.waitUntil(this.#context.storage.deleteAlarm())
  }

  /** Sets the timer for `at` (ms), or none for null. While it is set, the object is not put to sleep. */
  setTimer(at: number | null, now: number): void {
    if (this.#timer !== null && (at === null || at < this.#timer.at)) {
      clearTimeout(this.#timer.id)
      this.#timer = null
    }
    if (at === null || this.#timer !== null) return
    const ring = () => {
      this.#timer = null
      this.#ring()
    }
    this.#timer = { at, id: setTimeout(ring, Math.max(0, at - now)) }
  }
}
