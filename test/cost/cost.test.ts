import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prices } from '../../src/protocol/cost/prices.ts'
import { computed } from './document.ts'
import { examples, monthOf } from './examples.ts'
import { services } from './managed.ts'
import { relayTables } from './relays.ts'
import { tables } from './tables.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')
const document = read('cost.md')

test('docs/cost.md contains what `npm run cost` computes from the price table', () => {
  expect(document).toBe(computed(document))
  for (const name of Object.keys(tables)) expect(document).toContain(`<!-- computed: ${name} -->`)
})

test('docs/scale.md contains what it computes of relays', () => {
  const scale = read('scale.md')
  expect(scale).toBe(computed(scale))
  for (const name of Object.keys(relayTables)) expect(scale).toContain(`<!-- computed: ${name} -->`)
})

test('a figure that was changed by hand is replaced', () => {
  const begin = document.indexOf('<!-- computed: examples -->')
  const edited = document.slice(0, begin) + document.slice(begin).replace(/\$0\.\d\d/, '$9.99')
  expect(edited).not.toBe(document)
  expect(computed(edited)).toBe(document)
  expect(document).toContain(`price on ${prices.as_of}`)
})

test('the bill of each example is the sum of its items, and the part beyond the plan is no larger', () => {
  for (const example of examples) {
    const { bill } = monthOf(example)
    const { requests, duration, rows_read, rows_written, storage } = bill
    const sum = [requests, duration, rows_read, rows_written, storage].reduce(
      (total, { dollars }) => total + dollars,
      0,
    )
    expect(bill.total).toBeCloseTo(sum, 9)
    expect(bill.beyond_included).toBeLessThanOrEqual(bill.total)
  }
})

test('each example fits into the free plan on each day', () => {
  for (const example of examples) {
    const { requests, duration, rows_read, rows_written } = monthOf(example).bill
    const day = [requests, rows_written, rows_read, duration].map(({ quantity }) => quantity / example.days)
    for (const [index, limit] of [100_000, 100_000, 5_000_000, 13_000].entries()) expect(day[index]).toBeLessThan(limit)
  }
})

// Against their own worked examples, so that we do not misread their prices.
test('managed services cost what their own examples say', () => {
  const [ably, supabase, pusher] = services
  const load = { published: 0, delivered: 0, busiestDay: 0, peak: 0, users: 0, connectionMinutes: 0, channelMinutes: 0 }
  // 36,035,000 messages, 300,000 connection minutes and 60 channel minutes: $94.50 plus the package.
  const livestream = { ...load, published: 35_000, delivered: 36_000_000 - 35_000, peak: 5_000 }
  expect(ably?.offer({ ...livestream, connectionMinutes: 300_000, channelMinutes: 60 })).toEqual({
    dollars: 29 + 92.5 + 2,
    plan: 'Standard',
  })
  // 8.5 million messages exceed the quota by 3.5 million: four packages.
  expect(supabase?.offer({ ...load, delivered: 8_500_000, peak: 100 })).toEqual({ dollars: 35, plan: 'Pro' })
  expect(pusher?.offer({ ...load, peak: 501 })).toEqual({ dollars: 99, plan: 'Pro' })
})
