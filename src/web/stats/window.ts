import type { DeploymentStats } from '../../protocol/stats.ts'

/** What one snapshot says, as far as rates need it. */
export type Sample = { at: number; messages: number; refusals: number; byChannel: ReadonlyMap<string, number> }

export const barMs = 10_000 // channels tell their counts about so often
export const bars = 60
export const windowMs = barMs * bars

export function sampleOf({ counts, top }: DeploymentStats, at: number): Sample {
  const refusals = Object.values(counts.refusals).reduce((sum, count) => sum + count, 0)
  const byChannel = new Map(top.map(({ channel, counts }) => [channel, counts.messages]))
  return { at, messages: counts.messages, refusals, byChannel }
}

/** The samples with one more, without those that no window reaches back to. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const from = next.at - windowMs - barMs
  const first = samples.findLastIndex(({ at }) => at <= from)
  return [...samples.slice(Math.max(0, first)), next]
}

/** Messages a second in each of the window's bars, the last of which is still going on; null: nobody watched then. */
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

/** What was added to a count within the window. */
export function increase(samples: readonly Sample[], countOf: (sample: Sample) => number, now: number): number {
  const last = samples.at(-1)
  const before = at(samples, now - windowMs) ?? samples[0]
  return last === undefined || before === undefined ? 0 : Math.max(0, countOf(last) - countOf(before))
}

/** Lines stored in a channel within the window. One that was not shown at its beginning is counted from when it was. */
export function messageCount(samples: readonly Sample[], channel: string, now: number): number {
  const seen = samples.filter(sample => sample.at >= now - windowMs && sample.byChannel.has(channel))
  const [first, last] = [seen[0]?.byChannel.get(channel) ?? 0, seen.at(-1)?.byChannel.get(channel) ?? 0]
  return Math.max(0, last - first)
}

function at(samples: readonly Sample[], moment: number): Sample | undefined {
  return samples.findLast(sample => sample.at <= moment)
}
