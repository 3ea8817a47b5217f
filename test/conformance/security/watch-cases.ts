import assert from 'node:assert/strict'
import type { Case } from '../case.ts'

// Tools of a local server that read or change what is stored, and ask nobody for a token.
const tools = ['/cdn-cgi/explorer/api', '/cdn-cgi/local/explorer/api']

/** Requests to the tools of a development server. */
export const localToolCases: Case[] = tools.flatMap(path => [
  {
    area: 'local tools',
    input: `GET ${path}/workers/durable_objects/namespaces`,
    expected: 'no list of what is stored',
    async run(harness) {
      const { text } = await harness.request({ path: `${path}/workers/durable_objects/namespaces` })
      assert.ok(!/"success":\s*true|CircleObject/.test(text), text)
    },
  },
  {
    area: 'local tools',
    input: `POST ${path}/…/query`,
    expected: 'no rows',
    async run(harness) {
      const query = `${path}/workers/durable_objects/namespaces/circles-CircleObject/query`
      const body = { durable_object_name: `circle:${harness.circle}`, queries: [{ sql: 'SELECT 1' }] }
      const { text } = await harness.post(query, body)
      assert.ok(!/"success":\s*true|"rows"/.test(text), text)
    },
  },
])
