import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { localTime } from '../../../src/web/people/local-time.ts'
import '../english.ts'

const evening = Date.parse('2026-11-30T20:05:00.000Z')

beforeAll(() => void vi.stubEnv('TZ', 'Europe/Berlin'))
afterAll(() => void vi.unstubAllEnvs())

// A digit of the clock and AM are apart by another space in other versions of the Unicode data.
const shown = (zone: unknown) => localTime(zone, evening)?.replace(/\s/g, ' ')

test('the time is that of the other person, with the day if it is another one than the reader’s', () => {
  expect(shown('Europe/Berlin')).toBe('9:05 PM')
  expect(shown('America/New_York')).toBe('3:05 PM')
  expect(shown('Asia/Kolkata')).toBe('Tue 1:35 AM')
  expect(shown('UTC')).toBe('8:05 PM')
})

test.each([
  [undefined],
  [null],
  [7],
  [''],
  ['Nowhere/Land'],
  ['+05:30'],
  ['x'.repeat(100)],
  [{ toString: () => 'UTC' }],
])('what is no time zone shows no time: %j', zone => {
  expect(localTime(zone, evening)).toBe(null)
})
