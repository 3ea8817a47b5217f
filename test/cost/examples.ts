import { computeBill } from '../../src/protocol/cost/compute.ts'
import { addCounts, scaleCounts, zeroCounts } from '../../src/protocol/cost/counts.ts'
import { monthMs, prices } from '../../src/protocol/cost/prices.ts'
import type { Bill, Counts } from '../../src/protocol/cost/schema.ts'
import type { Load } from './managed.ts'
import { operations } from './operations.ts'

/** What happens in a circle on a day on which it is used. */
export type Example = {
  name: string
  days: number // a month
  people: number // there at a time
  hours: number // so long
  joins: number // of each of them: pages are closed and opened again
  lines: number // said by people
  typing: number // frames for each line: one every two seconds while it is written; among more than 200 none (P4)
  reads: number // frames for each line: of those who look at the page; among more than 200 none
  answers: number // of agents
  answerSeconds: number // for so long one streams
}

export const examples: Example[] = [
  {
    name: 'A team of 20 with two agents',
    days: 22,
    people: 20,
    hours: 8,
    joins: 4,
    lines: 600,
    typing: 5,
    reads: 10,
    answers: 80,
    answerSeconds: 10,
  },
  {
    name: 'A class of 300',
    days: 20,
    people: 300,
    hours: 1.5,
    joins: 1.2,
    lines: 400,
    typing: 0,
    reads: 0,
    answers: 20,
    answerSeconds: 10,
  },
  {
    name: 'An event of 5,000',
    days: 1,
    people: 5_000,
    hours: 3,
    joins: 1.5,
    lines: 3_000,
    typing: 0,
    reads: 0,
    answers: 0,
    answerSeconds: 0,
  },
]

const writingSeconds = 12 // a line is written for ten, and the end of it is told within two: a timer waits meanwhile
const graceSeconds = 11 // a timer waits: a second to tell who came, and ten until who left is told
export const alarmSeconds = 125 // the alarm looks after silent sockets; it rings so often at most
const eventSeconds = 0.01 // as the meter takes it
const wakeMs = 20 // the same
const meterShare = 1.01 // rows of its own
export const lineBytes = 400 // in the database, with its index; held by operations.workerd.test.ts
const monthsKept = 12
// What a channel tells the object behind /metrics: when people come or go, with a row there, and every ten seconds while
// something is said, with a row a minute.
const comingOrGoing: Partial<Counts> = { calls: 1, rows_written: 1 }
const busyMinute: Partial<Counts> = { calls: 6, rows_written: 1 }

/** A month in which somebody is there all the time and nobody says anything. */
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

/** A month of it. Where something may be more or less, it is taken to be more. */
export function monthOf(example: Example): {
  counted: Counts
  storageBytes: number
  bill: Bill
  workerDollars: number
} {
  const { days, people, hours, lines, answers, answerSeconds } = example
  const joins = people * example.joins
  const alarms = Math.ceil((hours * 3_600) / alarmSeconds)
  const frames = lines * (1 + example.typing + example.reads)
  const busy =
    (example.typing > 0 ? lines * writingSeconds : 0) +
    answers * answerSeconds +
    joins * graceSeconds +
    (frames + joins + alarms) * eventSeconds
  const busySeconds = Math.min(busy, hours * 3_600)
  const parts: [Partial<Counts>, number][] = [
    [operations.join, joins],
    [{ calls: 1 }, joins], // an object that knows tokens is asked whether the token was revoked
    [operations.line, lines],
    [operations.typing, lines * example.typing],
    [operations.read, lines * example.reads],
    [operations.alarm, alarms],
    [operations.turn, answers],
    [operations.streamedSecond, answers * Math.max(0, answerSeconds - 1)],
    [operations.wake, lines + joins + alarms], // as if each found it asleep
    [comingOrGoing, joins * 2],
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
  const storageBytes = (lines + answers) * days * monthsKept * lineBytes
  const { per_million } = prices.worker_requests
  return {
    counted,
    storageBytes,
    bill: computeBill(counted, storageBytes),
    workerDollars: (joins * days * per_million) / 1e6,
  }
}

/** The same as others sell it. Typing, presence, reads and deltas are left out, though most of them count those too. */
export function loadOf({ days, people, hours, lines, answers }: Example): Load {
  const published = (lines + answers) * days
  return {
    published,
    delivered: published * people,
    busiestDay: (lines + answers) * (1 + people),
    peak: people,
    users: people,
    connectionMinutes: people * hours * 60 * days,
    channelMinutes: hours * 60 * days,
  }
}
