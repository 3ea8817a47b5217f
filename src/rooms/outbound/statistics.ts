import { zeroChannelCounts } from '../../deployment/stats/counts.ts'
import { faultRecord, type Logger, type LogRecord } from '../../lib/logger.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import type { ChannelCounts } from '../../protocol/stats.ts'
import type { ChannelReport } from '../../rpc/stats.ts'
import type { Component } from '../component.ts'
import type { RoomContext } from '../context.ts'
import type { TurnEnd } from '../deps.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { MetricsSnapshot } from '../sessions/attachment.ts'
import type { Session } from '../sessions/session.ts'
import type { ComponentDefinition } from '../tables.ts'

/** Where the log records of a channel go, and the clock and ids they use. */
type Ports = { channel: ChannelName; log: Logger; now: () => number; newId: () => string }

/** Counts what happens in a channel, and writes its log records. Passive: others report to it. */
export class ChannelMetrics {
  readonly #ports: Ports
  #snapshot: MetricsSnapshot

  constructor(ports: Ports) {
    this.#ports = ports
    this.#snapshot = { id: ports.newId(), counts: zeroChannelCounts() }
  }

  /** The metrics, to be stored on a socket. */
  get snapshot(): MetricsSnapshot {
    return this.#snapshot
  }

  /** The counts so far. */
  get counts(): ChannelCounts {
    return this.#snapshot.counts
  }

  /** Goes on from the newest of the snapshots that were found on sockets. */
  restore(snapshots: readonly MetricsSnapshot[]): void {
    for (const snapshot of snapshots) if (sizeOf(snapshot) > sizeOf(this.#snapshot)) this.#snapshot = snapshot
  }

  /** Records a socket that opened. */
  opened(session: Session, resumed: boolean): void {
    this.counts.connections += 1
    if (resumed) this.counts.resumes += 1
    this.#log({ event: 'opened', ...fieldsOf(session), dialect: session.dialect, resumed })
  }

  /** Counts stored messages. */
  recordEvents(events: readonly { type: string }[]): void {
    for (const { type } of events) if (type === 'message' || type === 'agent_message') this.counts.messages += 1
  }

  /** Records a refused frame. A session's first refusal of each code is logged; the record of its close counts all. */
  recordError(code: string, session: Session | undefined): void {
    increment(this.counts.refusals, code)
    if (session === undefined) return // a request over HTTP: the Worker logs it
    if (increment(session.refused, code) === 1) this.#log({ event: 'refused', code, ...fieldsOf(session) })
  }

  /** Records a socket that closed, with one of our close codes or its peer's. */
  closed(session: Session, by: CloseName | number): void {
    const code = typeof by === 'number' ? by : closeCodes[by][0]
    increment(this.counts.closes, countedCodes.has(code) ? `${code}` : 'other')
    const { startedAt, frames, refused } = session
    const ms = this.#ports.now() - startedAt
    const some = Object.keys(refused).length > 0 ? { refused } : {}
    this.#log({ event: 'closed', ...fieldsOf(session), code, ms, frames, ...some })
  }

  /** Records the end of a turn. */
  turnEnded({ turn, outcome, code, ms }: TurnEnd): void {
    increment(this.counts.turns, outcome)
    const { id, agent, attempt: attempts, request } = turn
    const why = code === undefined ? {} : { code }
    this.#log({ event: 'turn', request: request ?? undefined, turn: id, agent, attempts, ms, outcome, ...why })
  }

  /** Records an internal error. */
  failed(error: unknown): void {
    this.counts.faults += 1
    this.#log(faultRecord('room', error))
  }

  #log(entry: LogRecord): void {
    this.#ports.log({ ...entry, channel: this.#ports.channel }, this.#ports.now())
  }
}

function fieldsOf({ id, principal, request }: Session) {
  return { request, session: id, user: principal.id }
}

// Codes are our own: no key here came from the network.
function increment(byCode: Record<string, number>, code: string): number {
  const count = (byCode[code] ?? 0) + 1
  byCode[code] = count
  return count
}

/** Close codes that are counted one by one: ours, and those that peers and networks send. */
const countedCodes = new Set<number>([1000, 1001, 1005, 1006, ...Object.values(closeCodes).map(([code]) => code)])

function sizeOf({ counts }: MetricsSnapshot): number {
  return counts.frames_in + counts.frames_out + counts.connections + counts.messages
}

/** The current levels of a channel; a change is reported within a second. */
type Levels = Pick<ChannelReport, 'sessions' | 'turns_running' | 'turns_waiting'>

const levelsPauseMs = 1_000 // between two reports of changed levels
const countsPauseMs = 10_000 // between two reports with only new counts, on average
const countsBurst = 6 // so that the few messages of a quiet circle are reported at once

/** The source of the statistics, and where they are sent. */
export type StatisticsPorts = {
  metrics: ChannelMetrics
  stats: { report(report: ChannelReport): Promise<void>; forget(channel: ChannelName): Promise<void> }
  background: { run(work: Promise<unknown>): void }
}

/**
 * Reports this channel's figures to the statistics object. It reports after other activity and never wakes the object:
 * only a change in sessions or running turns sets a timer (within 1 s, while presence keeps the object awake anyway).
 */
export class Statistics implements Component {
  readonly everyRun = true
  readonly #context: RoomContext
  readonly #ports: StatisticsPorts
  #reported: Levels | null = null
  #frames = 0 // of the last report, in both directions
  #at = 0 // ms: of the last report
  #reportBudget = { ms: countsBurst * countsPauseMs, at: 0 } // time without a report; each later report spends some of it
  #failed = false

  constructor(context: RoomContext, ports: StatisticsPorts) {
    this.#context = context
    this.#ports = ports
    // Sessions that are open at wake-up were reported. If there are none, the last report may be out of date.
    if (context.sessions.size > 0) this.#reported = levelsOf(context)
    this.#frames = framesOf(ports.metrics.snapshot)
  }

  /** When a report is due (ms), or null. */
  nextTick(): number | null {
    if (this.#failed || isSame(this.#reported, levelsOf(this.#context))) return null
    return this.#at + levelsPauseMs
  }

  /** Sends a report if one is due. Best effort: figures that could not be sent are part of a later report. */
  afterRun(now: number): Outcome {
    const metrics = this.#ports.metrics.snapshot
    const levels = levelsOf(this.#context)
    const frames = framesOf(metrics)
    const isLevel = isSame(this.#reported, levels)
    if (isLevel && frames === this.#frames) return nothing
    if ((isLevel || this.#failed) && !this.#takeFromBudget(now)) return nothing
    if (!isLevel && now < this.#at + levelsPauseMs) return nothing
    this.#at = now
    this.#reported = levels
    this.#frames = frames
    this.#failed = false
    this.#report(metrics, levels, now)
    return nothing
  }

  onDelete(): void {
    const { stats, background } = this.#ports
    // If this fails, the channel expires there like one that is silent.
    background.run(stats.forget(this.#context.channelName).catch(() => {}))
  }

  #report({ id, counts }: MetricsSnapshot, levels: Levels, now: number): void {
    const { meter, log, channelName, probe } = this.#context
    const billed = meter.ledger(now, log.head).all
    const { stats, background } = this.#ports
    const relays = probe.relays?.() ?? []
    const behind = relays.length > 0 && { relays }
    const sent = stats.report({ channel: channelName, tally: id, counts, billed, ...behind, ...levels }).catch(() => {
      this.#reported = null
      this.#failed = true
      this.#reportBudget = { ms: 0, at: now }
    })
    background.run(sent)
  }

  #takeFromBudget(now: number): boolean {
    const saved = this.#reportBudget.ms + Math.max(0, now - this.#reportBudget.at)
    const ms = Math.min(saved, countsBurst * countsPauseMs)
    const isEnough = ms >= countsPauseMs
    this.#reportBudget = { ms: isEnough ? ms - countsPauseMs : ms, at: now }
    return isEnough
  }
}

function levelsOf({ sessions, turns }: RoomContext): Levels {
  const { running, waiting } = turns.queue.levels
  return { sessions: sessions.size, turns_running: running, turns_waiting: waiting }
}

function isSame(one: Levels | null, other: Levels): boolean {
  return (
    one?.sessions === other.sessions &&
    one.turns_running === other.turns_running &&
    one.turns_waiting === other.turns_waiting
  )
}

function framesOf({ counts }: MetricsSnapshot): number {
  return counts.frames_in + counts.frames_out + counts.messages + counts.faults
}

/** Reports the figures of a channel. */
export function statistics(ports: StatisticsPorts): ComponentDefinition {
  return { name: 'statistics', create: context => new Statistics(context, ports) }
}
