import fc from 'fast-check'
import type { JsonSchema } from '../../../src/http/openapi/json-schema.ts'

/** Generates values that a JSON schema of a document allows. `schemas`: the components that it refers to. */
export function valuesOf(schema: JsonSchema, schemas: Record<string, JsonSchema>): fc.Arbitrary<unknown> {
  const read = (one: JsonSchema) => valuesOf(one, schemas)
  if (typeof schema.$ref === 'string') return read(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const choice = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined
  if (choice !== undefined) return fc.oneof(...choice.map(read))
  switch (schema.type) {
    case 'string':
      return texts(schema)
    case 'integer':
      return fc.integer({ min: numberIn(schema, 'minimum', -1000), max: numberIn(schema, 'maximum', 1_000_000) })
    case 'number':
      return fc.integer()
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(read((schema.items ?? {}) as JsonSchema), {
        minLength: numberIn(schema, 'minItems', 0),
        maxLength: Math.min(numberIn(schema, 'maxItems', 3), 3),
      })
    case 'object':
      return objects(schema, read)
    default:
      return fc.constant('anything')
  }
}

function texts(schema: JsonSchema): fc.Arbitrary<string> {
  const [min, max] = [numberIn(schema, 'minLength', 0), numberIn(schema, 'maxLength', 1000)]
  if (schema.format === 'uri') return fc.constantFrom('https://example.org/hook', 'https://example.com/a?b=c')
  if (schema.format === 'date-time') return fc.constantFrom('2026-11-28T10:00:00.000Z', '2026-11-28T10:00:00Z')
  if (typeof schema.pattern === 'string') {
    const [, letter] = /^\^(\[(?:\\.|[^\]\\])*\])\*\$$/.exec(schema.pattern) ?? []
    const bounds = { minLength: min, maxLength: Math.min(max, Math.max(min, 40)) }
    if (letter !== undefined) return fc.string({ ...bounds, unit: fc.stringMatching(new RegExp(`^${letter}$`)) })
    return fc.stringMatching(new RegExp(schema.pattern)).filter(text => text.length >= min && text.length <= max)
  }
  return fc.string({ minLength: min, maxLength: Math.min(max, Math.max(min, 40)), unit: fc.constantFrom(...'abc xyz') })
}

function objects(schema: JsonSchema, read: (one: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
  return fc.record(Object.fromEntries(properties.map(([key, one]) => [key, read(one)])), {
    requiredKeys: (schema.required ?? []) as never[],
  })
}

function numberIn(schema: JsonSchema, key: string, fallback: number): number {
  const value = schema[key]
  const exclusive = schema[`exclusive${key[0]?.toUpperCase()}${key.slice(1)}`]
  if (typeof exclusive === 'number') return key === 'minimum' ? exclusive + 1 : exclusive - 1
  return typeof value === 'number' ? Math.max(-1_000_000, Math.min(value, 1_000_000_000)) : fallback
}
