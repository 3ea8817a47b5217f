import type { ClientPlatform } from './platform.ts'

/** A platform with clocks for waits, in ms from any start, which only grow whatever happens to the wall clock. */
export type SteadyPlatform = ClientPlatform & {
  elapsed(): number // for what must not come late: it may be fast, and is never slow
  monotonicNow(): number // for what must not come early: it may be slow, and is never fast
}

const longestTimerMs = 2 ** 31 - 1 // browsers and Node run a longer timer at once

/**
 * Adds the clocks for waits. `elapsed` advances with the faster of two clocks, because each has a fault: the wall clock may be
 * set back, and a browser's monotonic clock may stop while the computer sleeps. A timer that fires proves that its time
 * has passed. So a wait may end early, and never late.
 */
export function withSteadyClock(platform: ClientPlatform): SteadyPlatform {
  const monotonicNow = (): number => platform.monotonicNow?.() ?? 0
  let wall = platform.now()
  let monotonic = monotonicNow()
  let elapsedMs = 0

  function elapsed(): number {
    const before = { wall, monotonic }
    wall = platform.now()
    monotonic = monotonicNow()
    elapsedMs += Math.max(0, wall - before.wall, monotonic - before.monotonic)
    return elapsedMs
  }

  function after(ms: number, run: () => void): () => void {
    const waitMs = Math.min(ms, longestTimerMs)
    const due = elapsed() + waitMs
    return platform.after(waitMs, () => {
      elapsedMs = Math.max(elapsed(), due)
      run()
    })
  }

  const clocks = { elapsed, after, monotonicNow: () => platform.monotonicNow?.() ?? elapsed() }
  return Object.assign(Object.create(platform) as ClientPlatform, clocks)
}
