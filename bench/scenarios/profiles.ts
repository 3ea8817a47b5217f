/** Durations and sizes of a benchmark run. */
export type LoadProfile = {
  seconds: number // per measurement
  settleMs: number // after clients connect: presence is broadcast within a second
  receivers: readonly number[] // of the fan-out
  bursts: readonly number[] // messages in flight
  senders: number
  rooms: readonly number[]
  connections: readonly number[]
  idle: { connections: number; seconds: number }
  replayEvents: readonly number[]
  joiners: number // at the same time
  streamReceivers: readonly number[]
  stops: number // of turns
  logEvents: number // in the long log
  soakMinutes: number
  typists: number // in one document
  relays: { connected: readonly number[]; membersOfEach: number; joins: number } // of one circle
  large: { megabytes: readonly number[]; savedMs: number } // documents, of text; until every server has stored one
}

/** The profile of the published figures. */
export const fullProfile: LoadProfile = {
  seconds: 2,
  settleMs: 1_200,
  receivers: [100, 1_000, 4_500],
  bursts: [16],
  senders: 1,
  rooms: [200, 1_000],
  connections: [1_000, 5_000, 9_000],
  idle: { connections: 9_000, seconds: 300 },
  replayEvents: [100, 1_000],
  joiners: 500,
  streamReceivers: [100, 1_000],
  stops: 100,
  logEvents: 1_000_000,
  soakMinutes: 0.5,
  typists: 50,
  relays: { connected: [10, 50, 100], membersOfEach: 20, joins: 10_000 },
  large: { megabytes: [1, 2.2], savedMs: 5_000 }, // of text in pieces: with what belongs to it 2.2 is 4.1 MB of 4.2 at most
}

/** A small and short profile, for a first look. */
export const quickProfile: LoadProfile = {
  ...fullProfile,
  seconds: 0.3,
  receivers: [20],
  rooms: [10],
  connections: [100],
  idle: { connections: 100, seconds: 3 },
  replayEvents: [100],
  joiners: 50,
  streamReceivers: [20],
  stops: 10,
  logEvents: 1_000,
  soakMinutes: 0.05,
  typists: 10,
  relays: { connected: [3], membersOfEach: 5, joins: 100 },
}

/** The smallest profile that shows that nothing is lost. */
export const smokeProfile: LoadProfile = {
  ...quickProfile,
  seconds: 0.1,
  settleMs: 100,
  receivers: [8],
  senders: 4,
  rooms: [3],
  connections: [20],
  idle: { connections: 20, seconds: 0.1 },
  joiners: 10,
  streamReceivers: [8],
  stops: 2,
  soakMinutes: 0.01,
  typists: 5,
  relays: { connected: [2], membersOfEach: 3, joins: 20 },
  large: { megabytes: [0.1], savedMs: 100 },
}
