import type { Counts } from './schema.ts'

// Counts of what is billed, added up.

/** Nothing counted yet. */
export function zeroCounts(): Counts {
  return {
    messages: 0,
    calls: 0,
    alarms: 0,
    wakes: 0,
    active_ms: 0,
    rows_read: 0,
    rows_written: 0,
    alarm_sets: 0,
  }
}

/** Both together. */
export function addCounts(one: Counts, other: Counts): Counts {
  return mapped(one, (count, name) => count + other[name])
}

/** What one has more than the other. */
export function subtractCounts(one: Counts, other: Counts): Counts {
  return mapped(one, (count, name) => count - other[name])
}

/** As much of it as a longer or shorter time would have brought. */
export function scaleCounts(counts: Counts, factor: number): Counts {
  return mapped(counts, count => Math.round(count * factor))
}

function mapped(counts: Counts, change: (count: number, name: keyof Counts) => number): Counts {
  const result = zeroCounts()
  for (const name of Object.keys(result) as (keyof Counts)[]) result[name] = change(counts[name], name)
  return result
}
