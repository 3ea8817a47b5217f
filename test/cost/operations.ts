import type { Counts } from '../../src/protocol/cost/schema.ts'

/**
 * What single things cost a circle beside the time it is awake, as its meter counts them.
 * `test/cost/operations.workerd.test.ts` does each of them in the runtime and holds these figures; rows read are rounded
 * up, as they differ a little and cost a thousandth.
 */
export const operations = {
  join: { calls: 1, rows_read: 10 },
  line: { messages: 1, rows_written: 2, rows_read: 2 },
  typing: { messages: 1 },
  read: { messages: 1 },
  wake: { wakes: 1, rows_read: 80 },
  alarm: { alarms: 1, alarm_sets: 1 }, // of a circle that is occupied: its next one is set
  turn: { rows_written: 3, alarm_sets: 1, rows_read: 30 }, // beside the line that asks
  streamedSecond: { rows_written: 1 }, // what an agent said so far is kept once a second
} satisfies Record<string, Partial<Counts>>
