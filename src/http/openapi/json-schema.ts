import * as z from 'zod/v4'

/** A JSON schema, or another object of a document that is written as JSON. */
export type JsonSchema = Record<string, unknown>

/** The named schemas of a document, which it refers to instead of repeating them. */
export class Components {
  readonly #schemas = new Map<string, JsonSchema>()

  /** The JSON schema of a zod schema; a schema that has a name (`meta({ id })`) becomes a component. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const options = { io, unrepresentable: 'any', override: dropNoProperties } as const
    const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, options)
    for (const [name, definition] of Object.entries($defs)) this.#schemas.set(name, withComponentRefs(definition))
    return withComponentRefs(json)
  }

  /** All components so far, sorted by name. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

/** An object with any keys has no properties: generators make a map of it, not a class. */
function dropNoProperties({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { properties, additionalProperties } = jsonSchema
  const isMap = typeof additionalProperties === 'object' && Object.keys(properties ?? {}).length === 0
  if (isMap) delete jsonSchema.properties
}

/** The schema with its references pointing to the document's components. */
function withComponentRefs(json: unknown): JsonSchema {
  const text = JSON.stringify(json, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value))
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'))
}
