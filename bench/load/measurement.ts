import type { ClientGroup } from './client-group.ts'
import type { ProcessUsage } from './process-usage.ts'

/** Measured values by name; each name ends in its unit. */
export type Figures = Record<string, number>

/** Measures a workload: what it cost the server, the rate and latency of deliveries, and whether all arrived. */
export async function measure(
  groups: readonly ClientGroup[],
  usage: ProcessUsage,
  workload: () => Promise<void>,
): Promise<Figures> {
  const before = countAll(groups)
  const latencies = new Set(groups.map(({ stats }) => stats.latencies))
  for (const one of latencies) one.clear()
  const interval = startInterval(usage)
  await workload()
  const { seconds, cpuMicros, generator } = interval.end()
  const after = countAll(groups)
  const during = (figure: keyof typeof after) => after[figure] - before[figure]
  const deliveries = during('events')
  const [first] = latencies
  return {
    messages_per_s: during('sent') / seconds,
    deliveries_per_s: deliveries / seconds,
    cpu_us: deliveries === 0 ? 0 : cpuMicros / deliveries,
    ...first?.summary(),
    events_per_frame: deliveries / Math.max(1, during('frames')),
    memory_mb: usage.memoryBytes() / 2 ** 20,
    generator,
    lost: during('lost'),
    duplicates: during('duplicates'),
    out_of_order: during('outOfOrder'),
  }
}

function countAll(groups: readonly ClientGroup[]) {
  const sum = (of: (group: ClientGroup) => number) => groups.reduce((total, group) => total + of(group), 0)
  return {
    sent: sum(group => group.sent),
    lost: sum(group => group.lost()),
    events: sum(({ stats }) => stats.events),
    frames: sum(({ stats }) => stats.frames),
    duplicates: sum(({ stats }) => stats.duplicates),
    outOfOrder: sum(({ stats }) => stats.outOfOrder),
  }
}

/** Starts an interval; `end()` returns its length, the server's CPU in it, and the load of the generator's thread (0–1). */
export function startInterval(usage: ProcessUsage) {
  const cpuBefore = usage.cpuMicros()
  const ownBefore = process.cpuUsage()
  const begin = performance.now()
  return {
    end() {
      const seconds = (performance.now() - begin) / 1_000
      const { user, system } = process.cpuUsage(ownBefore)
      return { seconds, cpuMicros: usage.cpuMicros() - cpuBefore, generator: (user + system) / 1_000_000 / seconds }
    },
  }
}
