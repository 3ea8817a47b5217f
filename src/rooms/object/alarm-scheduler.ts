import { pauseAfter } from '../../lib/retry.ts'
import type { Meter } from '../metering/meter.ts'

const pauses = { firstPauseMs: 1_000, longestPauseMs: 60_000 }
const overdueMs = 60_000 // an alarm that is overdue by this much is set again, not relied on

/** Wakes an object when something is due: by its one durable alarm, or by a timer while it is awake. */
export class AlarmScheduler {
  readonly #context: DurableObjectState
  readonly #meter: Pick<Meter, 'alarmSet' | 'begin'>
  readonly #onFire: () => void
  #alarmAt: number | null | 'unknown' = 'unknown' // as it was set last, also by the instance before this one
  #wanted: number | null = null // while that is not known yet
  #failures = 0 // in a row
  #notBefore = 0 // ms: a pause after a failure
  #timer: { at: number; id: ReturnType<typeof setTimeout>; endMetering: (now: number) => void } | null = null

  /**
   * `onFire` is called when the timer is due; the alarm is the object's own `alarm()`. Reading which alarm is set costs a
   * row read, and events wait for it; setting it again with every wake-up would cost a row written.
   */
  constructor(context: DurableObjectState, meter: Pick<Meter, 'alarmSet' | 'begin'>, onFire: () => void) {
    this.#context = context
    this.#meter = meter
    this.#onFire = onFire
    context.blockConcurrencyWhile(async () => {
      const set = await context.storage.getAlarm()
      if (this.#alarmAt !== 'unknown') return // a room that was just created has set one
      this.#alarmAt = set !== null && set > Date.now() - overdueMs ? set : null
      this.setAlarm(this.#wanted)
    })
  }

  /** The alarm fired: none is set any more. */
  fired(): void {
    this.#alarmAt = null
  }

  /**
   * Runs the work that is due. If it throws, it stays due and is retried with growing pauses: no due work is lost, and a
   * bug cannot cause a hot loop.
   */
  attempt<Result>(work: () => Result): Result {
    try {
      const result = work()
      this.#failures = 0
      this.#notBefore = 0
      return result
    } catch (error) {
      this.#failures += 1
      this.#notBefore = Date.now() + pauseAfter(this.#failures, pauses)
      throw error
    }
  }

  /**
   * Sets the alarm for when something is due (ms), or none for null. Each setting is a row written, so it is set anew
   * only when it must fire earlier: one that fires too early finds nothing due.
   */
  setAlarm(due: number | null): void {
    const at = this.#later(due)
    if (this.#alarmAt === 'unknown') this.#wanted = due
    else if (at === null && this.#alarmAt !== null) {
      this.#alarmAt = null
      this.#meter.alarmSet()
      this.#context.waitUntil(this.#context.storage.deleteAlarm())
    } else if (at !== null && (this.#alarmAt === null || at < this.#alarmAt)) {
      this.#alarmAt = at
      this.#meter.alarmSet()
      this.#context.waitUntil(this.#context.storage.setAlarm(Math.max(at, 1))) // the platform rejects 0
    }
  }

  /** Clears the alarm and the timer, because the storage is being deleted. */
  stop(): void {
    this.#alarmAt = null
    this.#clearTimer(Date.now())
    this.#context.waitUntil(this.#context.storage.deleteAlarm())
  }

  /** Sets the timer for when something is due (ms), or none for null. While it is set, the object does not sleep. */
  setTimer(due: number | null, now: number): void {
    const at = this.#later(due)
    if (this.#timer !== null && (at === null || at < this.#timer.at)) this.#clearTimer(now)
    if (at === null || this.#timer !== null) return
    const endMetering = this.#meter.begin('timer', now)
    const fire = () => {
      this.#timer = null
      this.#onFire() // still counted as pending: the meter looks at what keeps the object awake
      endMetering(Date.now())
    }
    this.#timer = { at, id: setTimeout(fire, Math.max(0, at - now)), endMetering }
  }

  #later(due: number | null): number | null {
    return due === null ? null : Math.max(due, this.#notBefore)
  }

  #clearTimer(now: number): void {
    if (this.#timer === null) return
    clearTimeout(this.#timer.id)
    this.#timer.endMetering(now)
    this.#timer = null
  }
}
