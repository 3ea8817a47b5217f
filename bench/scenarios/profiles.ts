/** How long and how much. */
export type Scale = {
  seconds: number // of one measurement
  settleMs: number // after a crowd came: presence tells of it within a second
  receivers: readonly number[]
  bursts: readonly number[]
  senders: number
  rooms: readonly number[]
  connections: readonly number[]
  idle: { connections: number; seconds: number }
  replayed: readonly number[]
  joiners: number // at once
  streamed: readonly number[] // receivers of a stream
  events: number // of a long log
  minutes: number // of a soak
}

/** What the figures are measured with. */
export const full: Scale = {
  seconds: 2,
  settleMs: 1_200,
  receivers: [100, 1_000, 4_500],
  bursts: [16],
  senders: 1,
  rooms: [200, 1_000],
  connections: [1_000, 5_000, 9_000],
  idle: { connections: 9_000, seconds: 300 },
  replayed: [100, 1_000],
  joiners: 500,
  streamed: [100, 1_000],
  events: 1_000_000,
  minutes: 0.5,
}

/** Small and short: for a first look. */
export const quick: Scale = {
  ...full,
  seconds: 0.3,
  receivers: [20],
  rooms: [10],
  connections: [100],
  idle: { connections: 100, seconds: 3 },
  replayed: [100],
  joiners: 50,
  streamed: [20],
  events: 1_000,
  minutes: 0.05,
}

/** As little as shows that nothing is lost. */
export const tiny: Scale = {
  ...quick,
  seconds: 0.1,
  settleMs: 100,
  receivers: [8],
  senders: 4,
  rooms: [3],
  connections: [20],
  idle: { connections: 20, seconds: 0.1 },
  joiners: 10,
  streamed: [8],
  minutes: 0.01,
}
