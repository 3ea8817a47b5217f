import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { JsonSchema } from '../../../src/http/openapi/json-schema.ts'
import { openApi } from '../../../src/http/openapi/openapi.ts'
import { createRoutes } from '../../../src/http/routes.ts'
import { builtinTables } from '../../../src/protocol/tables.ts'
import { builtinSite } from '../../support/site.ts'
import { valuesOf } from './json-arbitrary.ts'

const { operations } = createRoutes(builtinTables, builtinSite)
const all = Object.values(operations).flat()
// biome-ignore lint/suspicious/noExplicitAny: a test walks the document
const document = openApi(operations) as any
const schemas = document.components.schemas as Record<string, JsonSchema>
const described = (method: string, path: string) => document.paths[path.replace(/:(\w+)/g, '{$1}')][method]

const seed = Number(process.env.CIRCLES_SEED ?? 20_261_129)
beforeAll(() => console.log(`openapi: CIRCLES_SEED=${seed}`))

test.each(all.filter(({ query }) => query !== undefined).map(one => [one.id, one] as const))(
  '[W] %s takes every query that its description allows, and none outside the bounds',
  (_, { method, path, query }) => {
    const parameters = described(method, path).parameters.filter((one: JsonSchema) => one.in === 'query')
    for (const { name, schema, required } of parameters) {
      const others = Object.fromEntries(
        parameters
          .filter((one: JsonSchema) => one.required && one.name !== name)
          .map((one: JsonSchema) => [one.name, 'x']),
      )
      const parse = (value: unknown) => query?.safeParse({ ...others, [name]: String(value) }).success
      fc.assert(
        fc.property(valuesOf(schema, schemas), value => parse(value) === true),
        { seed, numRuns: 50 },
      )
      if (!required) expect(query?.safeParse(others).success).toBe(true)
      if (schema.type !== 'integer') continue
      expect(schema).toMatchObject({ minimum: expect.any(Number), maximum: expect.any(Number) })
      for (const bound of [schema.minimum, schema.maximum]) expect([bound, parse(bound)]).toEqual([bound, true])
      for (const outside of [schema.minimum - 1, schema.maximum + 1, '1.5', '1e3', '', ' 1']) {
        expect([outside, parse(outside)]).toEqual([outside, false])
      }
    }
  },
)

test.each(all.flatMap(one => (one.body === undefined ? [] : [[one.id, one, one.body] as const])))(
  '[W] %s takes every body that its description allows',
  (id, { method, path }, body) => {
    const { schema } = described(method, path).requestBody.content['application/json']
    fc.assert(
      fc.property(valuesOf(schema, schemas), value => {
        const parsed = body.safeParse(JSON.parse(JSON.stringify(value)))
        if (!parsed.success && isBeyondSchemas(id, parsed.error.issues)) return true
        if (!parsed.success) throw new Error(`${id}: ${JSON.stringify(value)}: ${parsed.error.message}`)
        return true
      }),
      { seed, numRuns: 100 },
    )
  },
)

// Rules that a JSON schema cannot state; the descriptions name them.
function isBeyondSchemas(_id: string, issues: readonly { code: string; path: PropertyKey[] }[]): boolean {
  return issues.every(({ code, path }) => code === 'custom' && path.length === 0)
}

test('[W] every operation has a name of its own, a description, and the refusals that fit its shape', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  for (const { method, path, isPublic, body } of all) {
    const { operationId, description, responses, tags } = described(method, path)
    expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
    expect(description.length).toBeGreaterThan(5)
    expect(document.tags.map(({ name }: JsonSchema) => name)).toContain(tags[0])
    const expected = [...(isPublic ? [] : ['401', '403', '429']), ...(body === undefined ? [] : ['400', '413', '415'])]
    expect(Object.keys(responses)).toEqual(expect.arrayContaining([...expected, 'default']))
  }
  expect(document.tags.every(({ description }: JsonSchema) => String(description).endsWith('.'))).toBe(true)
})

test('[W] a guest can be named, and every path parameter has its bounds', () => {
  expect(document.components.securitySchemes.guest).toMatchObject({ type: 'apiKey', in: 'query', name: 'name' })
  expect(document.security).toContainEqual({ guest: [] })
  const inPath = all.flatMap(({ method, path }) =>
    described(method, path).parameters.filter((one: JsonSchema) => one.in === 'path'),
  )
  for (const { schema } of inPath) {
    expect(schema.pattern ?? schema.enum ?? schema.maxLength).toBeDefined()
  }
})

test('[W] a number is described as an integer, unless it is a measure or a price', () => {
  const fractions = new Set<string>()
  JSON.stringify(document, (key, value) => {
    if (value?.type === 'number') fractions.add(key)
    return value
  })
  expect([...fractions].toSorted()).toEqual(['beyond_included', 'dollars', 'dollars_a_month', 'quantity', 'total'])
})
