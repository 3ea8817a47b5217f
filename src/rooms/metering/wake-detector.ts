import { dollarsFor, zeroCounts } from '../../protocol/cost/compute.ts'
import { monthMs } from '../../protocol/cost/prices.ts'
import type { Counts, WakefulCause } from '../../protocol/cost/schema.ts'

/** What is counted towards the next finding, and what was reported. Part of the ledger, and so stored on a socket. */
export type WakeStats = {
  since: number // ms: the window that is counted
  pings: number
  upgrades: number
  most: number // sockets that were open at a time
  told: Partial<Record<WakefulCause, Finding>> // when each was reported last
}

/** Something that keeps the object awake, or wakes it, for nothing. */
export type Finding = { cause: WakefulCause; detail: string; at: number; dollars: number } // a month, if it goes on

/** What the object knows at this moment. */
export type WakeContext = { pending: readonly PendingWork[]; undrained: () => number } // sockets that do not take what they are sent
export type PendingWork = { what: 'timer' | 'agent' | 'errand'; since: number }

const quietMs = 60_000 // nothing came for so long: an object that is still in memory then should not be
const agentMs = 5 * 60_000 // it may take a while
const windowMs = 3_600_000
const mostPings = 30 // in a window, that went through the room
const mostUpgrades = 60 // in a window, and …
const mostUpgradesEach = 10 // … for each that was open at a time

/** An object that is in memory all month. */
export const awakeDollars = dollarsFor({ ...zeroCounts(), active_ms: monthMs })

/** Finds what keeps an object awake or wakes it for nothing, and reports each cause once an hour. */
export class WakeDetector {
  stats: WakeStats
  /** ms: when a frame or a call came last; a field, since every message sets it. */
  receivedAt: number
  #checkedAt: number // ms

  constructor(stats: WakeStats, now: number) {
    this.stats = stats
    this.receivedAt = now
    this.#checkedAt = now
  }

  /** Found within the last hour. */
  findings(now: number): Finding[] {
    return Object.values(this.stats.told).filter(({ at }) => at > now - windowMs)
  }

  /** A ping came that the runtime did not answer by itself. */
  ping(): void {
    this.stats.pings += 1
  }

  /** A socket was opened; so many are open now. */
  upgrade(open: number): void {
    this.stats.upgrades += 1
    this.stats.most = Math.max(this.stats.most, open)
  }

  /** The findings to report now. Called when a timer or the alarm fires, and when background work ends. */
  check(sight: WakeContext, now: number): Finding[] {
    const fresh = [...this.#stillAwake(sight, now), ...this.#wokenOften(now)].map(finding => ({ ...finding, at: now }))
    this.#checkedAt = now
    const unreported = fresh.filter(({ cause }) => (this.stats.told[cause]?.at ?? 0) <= now - windowMs)
    for (const finding of unreported) this.stats.told[finding.cause] = finding
    return unreported
  }

  /** An instance that lives though nothing came for a minute is kept in memory by something. */
  #stillAwake({ pending, undrained }: WakeContext, now: number): Omit<Finding, 'at'>[] {
    const found = (cause: WakefulCause, detail: string) => [{ cause, detail, dollars: awakeDollars }]
    const oldest = (what: PendingWork['what']) => pending.find(one => one.what === what) // they are in their order
    const agent = oldest('agent')
    if (agent !== undefined && now - agent.since >= agentMs) {
      return found('agent', `an agent has been answering for ${spanText(now - agent.since)}`)
    }
    const quietFor = now - this.receivedAt
    if (quietFor < quietMs || agent !== undefined) return []
    const nothingCame = `nothing came for ${spanText(quietFor)}`
    if (oldest('timer') !== undefined) return found('timer', `a timer is pending, and ${nothingCame}`)
    if (oldest('errand') !== undefined) return found('errand', `a request elsewhere is pending, and ${nothingCame}`)
    if (now - Math.max(this.receivedAt, this.#checkedAt) < quietMs) return []
    const stuck = undrained() // looks at each socket: not before there is a reason to
    if (stuck > 0) return found('undrained', `${stuck} sockets do not take what they are sent; ${nothingCame}`)
    return found('unknown', `nothing is pending and ${nothingCame}, but the object was not put to sleep`)
  }

  #wokenOften(now: number): Omit<Finding, 'at'>[] {
    const { since, pings, upgrades, most } = this.stats
    const within = now - since
    const found: Omit<Finding, 'at'>[] = []
    if (pings >= mostPings) {
      const detail = `${pings} pings within ${spanText(within)} came in a spelling that is not free: {"type":"ping"} is`
      found.push({ cause: 'pings', detail, dollars: monthly({ messages: pings }, within) })
    }
    if (upgrades >= mostUpgrades && upgrades >= mostUpgradesEach * most) {
      const detail = `${upgrades} sockets were opened within ${spanText(within)}, and never more than ${most} were open`
      found.push({ cause: 'reconnects', detail, dollars: monthly({ calls: upgrades }, within) })
    }
    const { told } = this.stats
    if (found.length > 0 || within >= windowMs) this.stats = { ...newWakeStats(now), told }
    return found
  }
}

export function newWakeStats(now: number): WakeStats {
  return { since: now, pings: 0, upgrades: 0, most: 1, told: {} }
}

const wokenMs = 30 // an event that wakes the object keeps it busy for so long

function monthly(counts: Partial<Counts>, withinMs: number): number {
  const events = (counts.messages ?? 0) + (counts.calls ?? 0)
  return (dollarsFor({ ...zeroCounts(), ...counts, active_ms: events * wokenMs }) * monthMs) / Math.max(1, withinMs)
}

function spanText(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`
}
