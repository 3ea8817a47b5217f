import type { Crowd } from './crowd.ts'
import type { Meter } from './meter.ts'

/** What was measured, by name; units are in the names. */
export type Figures = Record<string, number>

/** Measures a stretch of talk: what it cost the server, how much came how quickly, and whether all of it did. */
export async function measure(crowd: Crowd, meter: Meter, act: () => Promise<void>): Promise<Figures> {
  const { tally } = crowd
  const before = { events: tally.events, frames: tally.frames, said: crowd.said, lost: crowd.lost() }
  const { duplicates, disorder } = tally
  tally.latencies.clear()
  const stretch = start(meter)
  await act()
  const { seconds, cpu, generator } = stretch.end()
  const deliveries = tally.events - before.events
  const messages = crowd.said - before.said
  return {
    messages_per_s: messages / seconds,
    deliveries_per_s: deliveries / seconds,
    cpu_us: deliveries === 0 ? 0 : cpu / deliveries,
    ...tally.latencies.summary(),
    events_per_frame: deliveries / Math.max(1, tally.frames - before.frames),
    memory_mb: meter.memory() / 2 ** 20,
    generator,
    lost: crowd.lost() - before.lost,
    duplicates: tally.duplicates - duplicates,
    disorder: tally.disorder - disorder,
  }
}

/** A stretch of time: how long it was, the server's CPU in it (µs), and how busy the generator's own thread was (0–1). */
export function start(meter: Meter) {
  const cpu = meter.cpu()
  const own = process.cpuUsage()
  const begin = performance.now()
  return {
    end() {
      const seconds = (performance.now() - begin) / 1_000
      const { user, system } = process.cpuUsage(own)
      return { seconds, cpu: meter.cpu() - cpu, generator: (user + system) / 1_000_000 / seconds }
    },
  }
}
