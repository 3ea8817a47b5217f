import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateHttpClient } from '../../scripts/generate-http-client.mjs'
import { createRoutes } from '../../src/http/routes.ts'
import { routes } from '../../src/http-client/generated.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { builtinSite } from '../support/site.ts'

test('the client is what `npm run generate` makes of the API', async () => {
  const file = join(import.meta.dirname, '../../src/http-client/generated.ts')
  expect(await generateHttpClient()).toBe(readFileSync(file, 'utf8'))
})

test('every operation of the API is a method of the client', () => {
  const operations = Object.values(createRoutes(builtinTables, builtinSite).operations).flat()
  expect(Object.keys(routes).toSorted()).toEqual(operations.map(({ id }) => id).toSorted())
})
