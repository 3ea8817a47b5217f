import type { DeploymentStats } from '../../protocol/stats.ts'

/** The counters of one snapshot, received at `at` (ms since the Unix epoch). They only grow, until they are reset. */
export type Sample = { at: number; messages: number; refusals: number; byChannel: ReadonlyMap<string, number> }

/** The width of a bar: channels report their counters about this often. */
export const barMs = 10_000

/** The number of bars in the window. */
export const bars = 60

/** The length of the window. */
export const windowMs = barMs * bars

/** Returns the sample of a snapshot that was received at `at`. */
export function sampleOf({ counts, top }: DeploymentStats, at: number): Sample {
  const refusals = Object.values(counts.refusals).reduce((sum, count) => sum + count, 0)
  const byChannel = new Map(top.map(({ channel, counts }) => [channel, counts.messages]))
  return { at, messages: counts.messages, refusals, byChannel }
}

/** Returns the samples with one more, without those that are too old for the window. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const from = next.at - windowMs - barMs
  const first = samples.findLastIndex(({ at }) => at <= from)
  return [...samples.slice(Math.max(0, first)), next]
}

/** Returns the messages per second in each bar of the window, the last one unfinished; null without a sample. */
export function ratesOf(samples: readonly Sample[], now: number): (number | null)[] {
  const [first] = samples
  const end = Math.ceil(now / barMs) * barMs
  return Array.from({ length: bars }, (_, index) => {
    const from = end - (bars - index) * barMs
    const to = from + barMs
    if (first === undefined || first.at >= to) return null
    const seconds = (Math.min(to, Math.max(now, from + 1_000)) - from) / 1_000
    return Math.max(0, (at(samples, to)?.messages ?? 0) - (at(samples, from) ?? first).messages) / seconds
  })
}

/** Returns by how much a counter grew within the window. */
export function increase(samples: readonly Sample[], countOf: (sample: Sample) => number, now: number): number {
  const last = samples.at(-1)
  const before = at(samples, now - windowMs) ?? samples[0]
  return last === undefined || before === undefined ? 0 : Math.max(0, countOf(last) - countOf(before))
}

/** Returns for how many minutes there are samples, rounded up: less than the window as long as the page has just opened. */
export function coveredMinutes(samples: readonly Sample[], now: number): number {
  const ms = now - (samples[0]?.at ?? now)
  return Math.max(1, Math.min(windowMs / 60_000, Math.ceil(ms / 60_000)))
}

/** Returns the messages stored in a channel within the window, from the first sample in it that lists the channel. */
export function messageCount(samples: readonly Sample[], channel: string, now: number): number {
  const listed = samples.filter(sample => sample.at >= now - windowMs && sample.byChannel.has(channel))
  const [first, last] = [listed[0]?.byChannel.get(channel) ?? 0, listed.at(-1)?.byChannel.get(channel) ?? 0]
  return Math.max(0, last - first)
}

function at(samples: readonly Sample[], time: number): Sample | undefined {
  return samples.findLast(sample => sample.at <= time)
}
