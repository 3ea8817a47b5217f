import type { Counts } from '../../src/protocol/cost/schema.ts'

/**
 * The cost of single operations of a circle, besides the time it is awake, as its meter counts them.
 * `test/cost/operations.workerd.test.ts` runs each in the runtime and checks these figures. Rows read are rounded up:
 * they vary a little and cost a thousandth.
 */
export const operations = {
  join: { calls: 1, rows_read: 10 },
  message: { messages: 1, rows_written: 2, rows_read: 2 },
  typing: { messages: 1 },
  read: { messages: 1 },
  wake: { wakes: 1, rows_read: 96 },
  alarm: { alarms: 1, alarm_sets: 1 }, // of an occupied circle: the next one is set
  turn: { rows_written: 3, alarm_sets: 1, rows_read: 36 }, // besides the prompt; the first reads what was used today
  streamedSecond: { rows_written: 1 }, // the partial reply is saved once a second
} satisfies Record<string, Partial<Counts>>
