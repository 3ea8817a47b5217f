import type { Crowd } from './client-group.ts'
import type { Meter } from './process-usage.ts'

/** What was measured, by name; units are in the names. */
export type Figures = Record<string, number>

/** Measures a stretch of talk: what it cost the server, how much came how quickly, and whether all of it did. */
export async function measure(crowds: readonly Crowd[], meter: Meter, act: () => Promise<void>): Promise<Figures> {
  const before = count(crowds)
  const latencies = new Set(crowds.map(({ tally }) => tally.latencies))
  for (const one of latencies) one.clear()
  const stretch = start(meter)
  await act()
  const { seconds, cpu, generator } = stretch.end()
  const after = count(crowds)
  const during = (figure: keyof typeof after) => after[figure] - before[figure]
  const deliveries = during('events')
  const [first] = latencies
  return {
    messages_per_s: during('said') / seconds,
    deliveries_per_s: deliveries / seconds,
    cpu_us: deliveries === 0 ? 0 : cpu / deliveries,
    ...first?.summary(),
    events_per_frame: deliveries / Math.max(1, during('frames')),
    memory_mb: meter.memory() / 2 ** 20,
    generator,
    lost: during('lost'),
    duplicates: during('duplicates'),
    disorder: during('disorder'),
  }
}

function count(crowds: readonly Crowd[]) {
  const sum = (of: (crowd: Crowd) => number) => crowds.reduce((total, crowd) => total + of(crowd), 0)
  return {
    said: sum(crowd => crowd.said),
    lost: sum(crowd => crowd.lost()),
    events: sum(({ tally }) => tally.events),
    frames: sum(({ tally }) => tally.frames),
    duplicates: sum(({ tally }) => tally.duplicates),
    disorder: sum(({ tally }) => tally.disorder),
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
