import type { ChannelCounts } from '../../protocol/stats.ts'

/** Counts that are all zero. */
export function zeroChannelCounts(): ChannelCounts {
  return {
    connections: 0,
    closes: {},
    resumes: 0,
    messages: 0,
    frames_in: 0,
    frames_out: 0,
    refusals: {},
    turns: {},
    faults: 0,
  }
}

/** Returns the sums of two counts. */
export function addChannelCounts(one: ChannelCounts, other: ChannelCounts): ChannelCounts {
  return {
    connections: one.connections + other.connections,
    closes: addByCode(one.closes, other.closes),
    resumes: one.resumes + other.resumes,
    messages: one.messages + other.messages,
    frames_in: one.frames_in + other.frames_in,
    frames_out: one.frames_out + other.frames_out,
    refusals: addByCode(one.refusals, other.refusals),
    turns: addByCode(one.turns, other.turns),
    faults: one.faults + other.faults,
  }
}

/** Returns the sum over all codes. */
export function sumChannelCounts(byCode: Readonly<Record<string, number>>): number {
  return Object.values(byCode).reduce((sum, count) => sum + count, 0)
}

// The codes are our own (errors, close codes, outcomes): no key comes from the network.
function addByCode(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const sum = { ...one }
  for (const [code, count] of Object.entries(other)) sum[code] = (sum[code] ?? 0) + count
  return sum
}
