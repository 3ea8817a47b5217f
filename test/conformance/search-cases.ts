import assert from 'node:assert/strict'
import type { Row } from './case.ts'
import { assertReply } from './harness.ts'

const queries = [
  ...['"', '""""', '*', '-', '^', '(', ')', '%', '_', '\u0000', '\u202e', '👍'],
  ...['a OR', 'a AND NOT', 'NEAR(', 'NEAR(a b, 2)', 'body:x', 'content:*', '{a b}:c'],
  ...["'; DROP TABLE events; --", 'x'.repeat(500)],
]

/** What a search is given that means something to a database. */
export const searchRows: Row[] = [
  ...queries.map(
    (words): Row => ({
      where: 'search',
      input: JSON.stringify(words).slice(0, 40),
      reaction: 'a list, maybe an empty one',
      async run(lab) {
        const reply = await lab.ask({ path: `/api/circles/${lab.circle}/search?q=${encodeURIComponent(words)}` })
        assertReply(reply, 200, null)
        assert.ok(Array.isArray(JSON.parse(reply.text).results), reply.text)
      },
    }),
  ),
  ...(
    [
      ['10 KB', `q=${'x'.repeat(10_240)}`],
      ['nothing', 'q='],
      ['no words at all', ''],
      ['51 results', 'q=x&limit=51'],
      ['-1 results', 'q=x&limit=-1'],
    ] as const
  ).map(
    ([input, query]): Row => ({
      where: 'search',
      input,
      reaction: '400 invalid',
      async run(lab) {
        assertReply(await lab.ask({ path: `/api/circles/${lab.circle}/search?${query}` }), 400, 'invalid')
      },
    }),
  ),
]
