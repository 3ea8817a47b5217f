import { addCounts, computeBill, scaleCounts, zeroCounts } from '../../src/protocol/cost/compute.ts'
import { monthMs, prices } from '../../src/protocol/cost/prices.ts'
import type { Bill, Counts } from '../../src/protocol/cost/schema.ts'
import type { Load } from './managed.ts'
import { operations } from './operations.ts'

/** The activity in a circle on a day on which it is used. */
export type Example = {
  name: string
  days: number // a month
  people: number // connected at the same time
  hours: number // for how long
  joins: number // of each of them: pages are closed and reopened
  messages: number // sent by people
  typing: number // frames for each message: one every two seconds while it is written; none above 200 people (P4)
  reads: number // frames for each message, from those who look at the page; none above 200 people
  replies: number // of agents
  replySeconds: number // how long one streams
}

/** The examples of docs/cost.md. */
export const examples: Example[] = [
  {
    name: 'A team of 20 with two agents',
    days: 22,
    people: 20,
    hours: 8,
    joins: 4,
    messages: 600,
    typing: 5,
    reads: 10,
    replies: 80,
    replySeconds: 10,
  },
  {
    name: 'A class of 300',
    days: 20,
    people: 300,
    hours: 1.5,
    joins: 1.2,
    messages: 400,
    typing: 0,
    reads: 0,
    replies: 20,
    replySeconds: 10,
  },
  {
    name: 'An event of 5,000',
    days: 1,
    people: 5_000,
    hours: 3,
    joins: 1.5,
    messages: 3_000,
    typing: 0,
    reads: 0,
    replies: 0,
    replySeconds: 0,
  },
]

const writingSeconds = 12 // a message is written for ten, and its end is sent within two: a timer is pending meanwhile
const graceSeconds = 11 // a timer is pending: one second until a join is sent, and ten until a leave is
/** The shortest interval of the alarm that checks for silent sockets. */
export const alarmSeconds = 125
const eventSeconds = 0.01 // as the meter assumes
const wakeMs = 20 // the same
const meterShare = 1.01 // rows of its own
/** The size of a message in the database, with its index; operations.workerd.test.ts checks it. */
export const messageBytes = 400
const monthsKept = 12
// The reports of a channel to the statistics object: when sessions change, with a row there, and every ten seconds while
// there are messages, with a row a minute.
const joinOrLeave: Partial<Counts> = { calls: 1, rows_written: 1 }
const busyMinute: Partial<Counts> = { calls: 6, rows_written: 1 }

/** A month in which a circle is always occupied and always silent. */
export function silentMonth(): { alarms: number; bill: Bill } {
  const alarms = monthMs / 1_000 / alarmSeconds
  const each = [operations.wake, operations.alarm].reduce<Counts>(
    (sum, counts) => addCounts(sum, { ...zeroCounts(), ...counts }),
    {
      ...zeroCounts(),
      active_ms: wakeMs,
    },
  )
  const month = scaleCounts(each, alarms)
  return { alarms, bill: computeBill({ ...month, rows_written: Math.ceil(alarms * (meterShare - 1)) }, 0) }
}

/** Computes a month of an example. Uncertain amounts are rounded up. */
export function monthOf(example: Example): {
  counted: Counts
  storageBytes: number
  bill: Bill
  workerDollars: number
} {
  const { days, people, hours, messages, replies, replySeconds } = example
  const joins = people * example.joins
  const alarms = Math.ceil((hours * 3_600) / alarmSeconds)
  const frames = messages * (1 + example.typing + example.reads)
  const busy =
    (example.typing > 0 ? messages * writingSeconds : 0) +
    replies * replySeconds +
    joins * graceSeconds +
    (frames + joins + alarms) * eventSeconds
  const busySeconds = Math.min(busy, hours * 3_600)
  const parts: [Partial<Counts>, number][] = [
    [operations.join, joins],
    [{ calls: 1 }, joins], // to a token registry: was the token revoked?
    [operations.message, messages],
    [operations.typing, messages * example.typing],
    [operations.read, messages * example.reads],
    [operations.alarm, alarms],
    [operations.turn, replies],
    [operations.streamedSecond, replies * Math.max(0, replySeconds - 1)],
    [operations.wake, messages + joins + alarms], // as if each woke it
    [joinOrLeave, joins * 2],
    [busyMinute, Math.ceil(busySeconds / 60)],
  ]
  const day = parts.reduce(
    (sum, [counts, times]) => addCounts(sum, scaleCounts({ ...zeroCounts(), ...counts }, times)),
    {
      ...zeroCounts(),
      active_ms: Math.round(busySeconds * 1_000),
    },
  )
  const month = scaleCounts(day, days)
  const counted = { ...month, rows_written: Math.ceil(month.rows_written * meterShare) }
  const storageBytes = (messages + replies) * days * monthsKept * messageBytes
  const { per_million } = prices.worker_requests
  return {
    counted,
    storageBytes,
    bill: computeBill(counted, storageBytes),
    workerDollars: (joins * days * per_million) / 1e6,
  }
}

/** The same load in the units of managed services. Typing, presence, reads and deltas are left out, though most services count them. */
export function loadOf({ days, people, hours, messages, replies }: Example): Load {
  const published = (messages + replies) * days
  return {
    published,
    delivered: published * people,
    busiestDay: (messages + replies) * (1 + people),
    peak: people,
    users: people,
    connectionMinutes: people * hours * 60 * days,
    channelMinutes: hours * 60 * days,
  }
}
