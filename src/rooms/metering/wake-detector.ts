import { dollarsFor, zeroCounts } from '../../protocol/cost/compute.ts'
import { monthMs } from '../../protocol/cost/prices.ts'
import type { Counts, WakefulCause } from '../../protocol/cost/schema.ts'

/** The counts towards the next finding, and the last findings. Part of the ledger, and so stored on a socket. */
export type WakeStats = {
  since: number // ms: when the window began
  pings: number
  upgrades: number
  most: number // sockets that were open at once
  told: Partial<Record<WakefulCause, Finding>> // each cause as it was reported last
}

/** Something that keeps the object awake, or wakes it, for nothing. `dollars`: a month, if it goes on. */
export type Finding = { cause: WakefulCause; detail: string; at: number; dollars: number }

/** The pending work of the object, and the number of sockets that do not take what they are sent. */
export type WakeContext = { pending: readonly PendingWork[]; undrained: () => number }

/** Work that keeps the object in memory, since a time (ms). A `request` goes to another service. */
export type PendingWork = { what: 'timer' | 'agent' | 'request'; since: number }

const quietMs = 60_000 // without input: an object should not be in memory any longer
const agentMs = 5 * 60_000 // it may take a while
const windowMs = 3_600_000
const maxPings = 30 // in a window, that went through the room
const maxUpgrades = 60 // in a window, and …
const maxUpgradesEach = 10 // … for each socket that was open at once

/** The cost of an object that is in memory all month. */
export const awakeDollars = dollarsFor({ ...zeroCounts(), active_ms: monthMs })

/** Finds what keeps an object awake or wakes it for nothing, and reports each cause once an hour. */
export class WakeDetector {
  stats: WakeStats
  /** When the last frame or call came (ms); a field, since every message sets it. */
  receivedAt: number
  #checkedAt: number // ms

  constructor(stats: WakeStats, now: number) {
    this.stats = stats
    this.receivedAt = now
    this.#checkedAt = now
  }

  /** The findings of the last hour. */
  findings(now: number): Finding[] {
    return Object.values(this.stats.told).filter(({ at }) => at > now - windowMs)
  }

  /** Counts a ping that the runtime did not answer by itself. */
  ping(): void {
    this.stats.pings += 1
  }

  /** Counts a socket that was opened. `open`: how many are open now. */
  upgrade(open: number): void {
    this.stats.upgrades += 1
    this.stats.most = Math.max(this.stats.most, open)
  }

  /** The findings to report now. Called when a timer or the alarm fires, and when background work ends. */
  check(context: WakeContext, now: number): Finding[] {
    const fresh = [...this.#stillAwake(context, now), ...this.#wokenOften(now)].map(finding => ({
      ...finding,
      at: now,
    }))
    this.#checkedAt = now
    const unreported = fresh.filter(({ cause }) => (this.stats.told[cause]?.at ?? 0) <= now - windowMs)
    for (const finding of unreported) this.stats.told[finding.cause] = finding
    return unreported
  }

  /** Finds what keeps an instance in memory that had no input for a minute. */
  #stillAwake({ pending, undrained }: WakeContext, now: number): Omit<Finding, 'at'>[] {
    const found = (cause: WakefulCause, detail: string) => [{ cause, detail, dollars: awakeDollars }]
    const oldest = (what: PendingWork['what']) => pending.find(one => one.what === what) // they are oldest first
    const agent = oldest('agent')
    if (agent !== undefined && now - agent.since >= agentMs) {
      return found('agent', `an agent has been answering for ${spanText(now - agent.since)}`)
    }
    const quietFor = now - this.receivedAt
    if (quietFor < quietMs || agent !== undefined) return []
    const nothingCame = `nothing came for ${spanText(quietFor)}`
    if (oldest('timer') !== undefined) return found('timer', `a timer is pending, and ${nothingCame}`)
    if (oldest('request') !== undefined) return found('errand', `a request elsewhere is pending, and ${nothingCame}`)
    if (now - Math.max(this.receivedAt, this.#checkedAt) < quietMs) return []
    const stuck = undrained() // checks every socket, so it comes last
    if (stuck > 0) return found('undrained', `${stuck} sockets do not take what they are sent; ${nothingCame}`)
    return found('unknown', `nothing is pending and ${nothingCame}, but the object was not put to sleep`)
  }

  #wokenOften(now: number): Omit<Finding, 'at'>[] {
    const { since, pings, upgrades, most } = this.stats
    const within = now - since
    const found: Omit<Finding, 'at'>[] = []
    if (pings >= maxPings) {
      const detail = `${pings} pings within ${spanText(within)} came in a spelling that is not free: {"type":"ping"} is`
      found.push({ cause: 'pings', detail, dollars: monthly({ messages: pings }, within) })
    }
    if (upgrades >= maxUpgrades && upgrades >= maxUpgradesEach * most) {
      const detail = `${upgrades} sockets were opened within ${spanText(within)}, and never more than ${most} were open`
      found.push({ cause: 'reconnects', detail, dollars: monthly({ calls: upgrades }, within) })
    }
    if (found.length > 0 || within >= windowMs) this.stats = { ...newWakeStats(now), told: this.stats.told }
    return found
  }
}

/** The counts of a new window. */
export function newWakeStats(now: number): WakeStats {
  return { since: now, pings: 0, upgrades: 0, most: 1, told: {} }
}

const wokenMs = 30 // how long an event that wakes the object keeps it busy

function monthly(counts: Partial<Counts>, withinMs: number): number {
  const events = (counts.messages ?? 0) + (counts.calls ?? 0)
  return (dollarsFor({ ...zeroCounts(), ...counts, active_ms: events * wokenMs }) * monthMs) / Math.max(1, withinMs)
}

function spanText(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`
}
