import assert from 'node:assert/strict'
import type { Case } from './case.ts'
import { assertResponse } from './harness.ts'

const queries = [
  ...['"', '""""', '*', '-', '^', '(', ')', '%', '_', '\u0000', '\u202e', '👍'],
  ...['a OR', 'a AND NOT', 'NEAR(', 'NEAR(a b, 2)', 'body:x', 'content:*', '{a b}:c'],
  ...["'; DROP TABLE events; --", 'x'.repeat(500)],
]

/** Searches with words that mean something to a database, and invalid ones. */
export const searchCases: Case[] = [
  ...queries.map(
    (words): Case => ({
      area: 'search',
      input: JSON.stringify(words).slice(0, 40),
      expected: 'a list, perhaps an empty one',
      async run(harness) {
        const response = await harness.request({
          path: `/api/circles/${harness.circle}/search?q=${encodeURIComponent(words)}`,
        })
        assertResponse(response, '200')
        assert.ok(Array.isArray(JSON.parse(response.text).results), response.text)
      },
    }),
  ),
  ...(
    [
      ['10 KB', `q=${'x'.repeat(10_240)}`],
      ['an empty query', 'q='],
      ['no query', ''],
      ['51 results', 'q=x&limit=51'],
      ['-1 results', 'q=x&limit=-1'],
    ] as const
  ).map(
    ([input, query]): Case => ({
      area: 'search',
      input,
      expected: '400 invalid',
      async run(harness) {
        assertResponse(await harness.request({ path: `/api/circles/${harness.circle}/search?${query}` }), '400 invalid')
      },
    }),
  ),
]
