import type { RoomContext } from '../context.ts'

const dayMs = 86_400_000
const slackMs = 3_600_000 // what is too old may stay so much longer, so that a day's events go in few batches
const batch = 1_000 // events removed at a time

/** When old events are to be removed next (ms), or null. Never for a single message: a batch must have come together. */
export function nextTrim({ log, settings }: Pick<RoomContext, 'log' | 'settings'>, now?: number): number | null {
  const { events, days } = settings.value.retention
  const excess = events === undefined ? 0 : log.head - log.earliest + 1 - events
  if (events !== undefined && excess > slackFor(events)) return now ?? 0
  // The newest event stays, however old: alone it owes nothing.
  const oldest = days === undefined || log.earliest >= log.head ? null : log.oldestAt
  return oldest === null || days === undefined ? null : oldest + days * dayMs + slackMs
}

/** Removes one batch of what is over the limits. */
export function trimBatch(
  { log, settings, search }: Pick<RoomContext, 'log' | 'settings' | 'search'>,
  now: number,
): void {
  const { events, days } = settings.value.retention
  const due = nextTrim({ log, settings }, now)
  if (due === null || due > now) return
  const byCount = events === undefined ? log.earliest : log.head - events + 1
  const byAge = days === undefined ? log.earliest : log.firstSince(now - days * dayMs, batch)
  log.trim(Math.min(Math.max(byCount, byAge), log.earliest + batch))
  search.forgetBefore(log.earliest)
}

function slackFor(events: number): number {
  return Math.min(batch, Math.ceil(events / 10))
}
