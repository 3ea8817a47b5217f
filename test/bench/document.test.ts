import { expect, test } from 'vitest'
import { fill } from '../../bench/report/document.ts'

const place = (text: string) => `<!-- bench:fanout -->\n${text}<!-- /bench:fanout -->`

test('a place is filled, and filled again', () => {
  const once = fill(`before\n${place('')}\nafter`, new Map([['fanout', 'first $1']]))
  expect(once).toBe(`before\n${place('\nfirst $1\n\n')}\nafter`)
  expect(fill(once, new Map([['fanout', 'second']]))).toBe(`before\n${place('\nsecond\n\n')}\nafter`)
})

test('what was not measured stays as it is', () => {
  expect(fill(place('\nolder\n\n'), new Map([['rooms', 'newer']]))).toBe(place('\nolder\n\n'))
})
