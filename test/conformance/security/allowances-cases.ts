import assert from 'node:assert/strict'
import type { Case } from '../case.ts'
import { assertResponse, type Harness } from '../harness.ts'

const most = 200 // channels that this table is ready to create

/** What one person may use over the whole deployment, and what an import may bring. */
export const allowancesCases: readonly Case[] = [
  {
    area: 'allowances',
    input: 'one person creates channels without end',
    expected: '429 rate_limited, with Retry-After',
    async run(harness) {
      const limit = await limitOf(harness, 'channels_per_person_day')
      if (limit > most) return // an operator who permits that many has decided so
      const as = harness.newUser()
      const create = (n: number) => harness.post('/api/circles', { name: `${as}-${n}` }, { as })
      const numbers = Array.from({ length: limit }, (_, n) => n)
      for (const created of await Promise.all(numbers.map(create))) assertResponse(created, '201')
      const refused = await create(limit)
      assertResponse(refused, '429 rate_limited')
      assert.ok(Number(refused.headers['retry-after']) > 0)
      const path = (n: number) => `/api/circles/${as}-${n}?confirm=${as}-${n}`
      await Promise.all(numbers.map(n => harness.request({ method: 'DELETE', path: path(n), as })))
    },
  },
  importCase('a seq that leaves no number for the next message', { seq: Number.MAX_SAFE_INTEGER }, '400 invalid'),
  importCase('a time in the far future', { timestamp: '9999-12-31T00:00:00.000Z' }, '400 invalid'),
  importCase('a message whose author is not its user', { user: 'somebody-else' }, '400 invalid'),
  erasedCase('a message that says that it is deleted', { deleted: true }),
  erasedCase(
    'a message that a later event deletes',
    {},
    event({ type: 'message_deleted', seq: 2, id: 'seq:2', data: { target: 1, user_id: 'ceo' } }),
  ),
  {
    area: 'import',
    input: 'nothing, over a log that exists',
    expected: '400 empty',
    async run(harness) {
      const { as, path } = await aCircle(harness)
      assertResponse(await harness.post(`${path}/messages`, { content: 'kept' }, { as }), '201')
      assertResponse(await importTo(harness, { as, path: `${path}/import?replace=true` }, ''), '400 empty')
      assert.match((await harness.request({ path: `${path}/export`, as })).text, /kept/)
    },
  },
  {
    area: 'import',
    input: 'a message of somebody else',
    expected: '200, marked with who imported it',
    async run(harness) {
      const { as, path } = await aCircle(harness)
      assertResponse(await importTo(harness, { as, path: `${path}/import` }, JSON.stringify(event({}))), '200')
      const { text } = await harness.request({ path: `${path}/events`, as })
      const { origin } = JSON.parse(text).events[0]
      assert.ok(String(origin?.imported_by).endsWith(as), text)
    },
  },
]

function erasedCase(input: string, more: object, ...later: object[]): Case {
  return {
    area: 'import',
    input,
    expected: '200, and its text is neither shown nor found',
    async run(harness) {
      const { as, path } = await aCircle(harness)
      const first = event({})
      const lines = [{ ...first, data: { ...first.data, content: 'erased', ...more } }, ...later]
      const body = lines.map(line => JSON.stringify(line)).join('\n')
      assertResponse(await importTo(harness, { as, path: `${path}/import` }, body), '200')
      for (const below of ['/events', '/export']) {
        assert.doesNotMatch((await harness.request({ path: `${path}${below}`, as })).text, /erased/)
      }
      const found = await harness.request({ path: `${path}/search?q=erased`, as })
      assert.deepEqual(JSON.parse(found.text).results, [])
    },
  }
}

function importCase(input: string, more: object, expected: string): Case {
  return {
    area: 'import',
    input,
    expected,
    async run(harness) {
      const { as, path } = await aCircle(harness)
      const imported = await importTo(harness, { as, path: `${path}/import` }, JSON.stringify(event(more)))
      assertResponse(imported, expected)
    },
  }
}

async function aCircle(harness: Harness) {
  const as = harness.newUser()
  assertResponse(await harness.post('/api/circles', { name: `${as}-import` }, { as }), '201')
  return { as, path: `/api/circles/${as}-import` }
}

function importTo(harness: Harness, { as, path }: { as: string; path: string }, body: string) {
  return harness.post(path, body, { as, headers: { 'content-type': 'application/jsonl' } })
}

function event(more: object) {
  const data = { content: 'hello', user_id: 'ceo', user_name: 'The boss', client_id: null, hop: 0 }
  return { type: 'message', data, timestamp: '2026-11-21T09:00:00.000Z', seq: 1, id: 'seq:1', user: 'ceo', ...more }
}

async function limitOf(harness: Harness, name: string): Promise<number> {
  const socket = await harness.openNative()
  const welcome = await socket.next(({ type }) => type === 'welcome')
  await socket.close()
  const limits = welcome.data?.['limits'] as Record<string, number> | undefined
  return limits?.[name] ?? Number.POSITIVE_INFINITY
}
