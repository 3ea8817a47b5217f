import type { ChannelReport, StatsStub } from '../../deployment/stats/channel-report.ts'
import type { Env } from '../../env.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import type { RoomContext } from '../context.ts'
import type { ChannelMetrics } from '../object/metrics.ts'

/** What is true just now, and told soon when it changes. */
type Levels = Pick<ChannelReport, 'sessions' | 'turns_running' | 'turns_waiting'>

const levelsPauseMs = 1_000 // between two reports that people or turns came or went
const countsPauseMs = 10_000 // between two reports of nothing but counts, on the average
const countsBurst = 6 // so that the few lines of a quiet circle are told at once

/**
 * Tells the object that knows all channels about one of them: on the channel's own acts, never by itself. Only that
 * people or turns came or went is owed: then there was an act within the last second, and presence holds the object
 * awake as long. Whoever is silent tells nothing.
 */
export class StatsReporter {
  readonly #context: Pick<DurableObjectState, 'waitUntil'>
  readonly #stats: StatsStub | null
  readonly #witness: ChannelMetrics
  #told: Levels | null = null
  #frames = 0 // that were told of, both ways
  #at = 0 // ms: of the last report
  #credit = { ms: countsBurst * countsPauseMs, at: 0 } // saved up by not telling
  #failed = false

  constructor(context: Pick<DurableObjectState, 'waitUntil'>, { STATS }: Env, witness: ChannelMetrics) {
    this.#context = context
    // The binding's type does not know its class.
    this.#stats = STATS === undefined ? null : (STATS.getByName('stats') as unknown as StatsStub)
    this.#witness = witness
  }

  /** The object woke up: who is here was told when they came. An empty one lost its sockets, or somebody asks over HTTP. */
  recall(context: RoomContext): void {
    if (context.sessions.size > 0) this.#told = levelsOf(context)
    this.#frames = framesOf(this.#witness)
  }

  /** When something must be told (ms), or null. */
  due(context: RoomContext): number | null {
    if (this.#stats === null || this.#failed || isSame(this.#told, levelsOf(context))) return null
    return this.#at + levelsPauseMs
  }

  /** Tells what is to be told by now. Best effort: what could not be told is, by a later act. */
  report(context: RoomContext, now: number): void {
    if (this.#stats === null) return
    const levels = levelsOf(context)
    const frames = framesOf(this.#witness)
    const isLevel = isSame(this.#told, levels)
    if (isLevel && frames === this.#frames) return
    if ((isLevel || this.#failed) && !this.#takeCredit(now)) return
    if (!isLevel && now < this.#at + levelsPauseMs) return
    this.#at = now
    this.#told = levels
    this.#frames = frames
    this.#failed = false
    const { id: tally, counts } = this.#witness.tally
    const billed = context.meter.ledger(now, context.log.head).all
    const report: ChannelReport = { channel: context.channelName, tally, counts, billed, ...levels }
    this.#context.waitUntil(
      this.#stats.report(report).catch(() => {
        this.#told = null
        this.#failed = true
        this.#credit = { ms: 0, at: now }
      }),
    )
  }

  #takeCredit(now: number): boolean {
    const saved = this.#credit.ms + Math.max(0, now - this.#credit.at)
    const ms = Math.min(saved, countsBurst * countsPauseMs)
    const isEnough = ms >= countsPauseMs
    this.#credit = { ms: isEnough ? ms - countsPauseMs : ms, at: now }
    return isEnough
  }

  /** The channel was deleted. */
  forget(channel: ChannelName): void {
    const giveUp = () => {} // it is counted as a channel that fell silent
    if (this.#stats !== null) this.#context.waitUntil(this.#stats.forget(channel).catch(giveUp))
  }
}

function levelsOf({ sessions, answers }: RoomContext): Levels {
  const { running, waiting } = answers.turns.levels
  return { sessions: sessions.size, turns_running: running, turns_waiting: waiting }
}

function isSame(one: Levels | null, other: Levels): boolean {
  return (
    one?.sessions === other.sessions &&
    one.turns_running === other.turns_running &&
    one.turns_waiting === other.turns_waiting
  )
}

function framesOf({ counts }: ChannelMetrics): number {
  return counts.frames_in + counts.frames_out + counts.messages + counts.faults
}
