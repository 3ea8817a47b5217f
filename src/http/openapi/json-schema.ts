import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

/** Schemas by name, which a document refers to instead of repeating them. */
export class Components {
  readonly #schemas = new Map<string, JsonSchema>()

  /** The JSON schema of a zod schema; what has a name of its own (`meta({ id })`) becomes a component. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
    for (const [name, own] of Object.entries($defs)) this.#schemas.set(name, moved(own))
    return moved(json)
  }

  /** All that were referred to, by name. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

/** The schema with its references leading to the components of the document. */
function moved(json: unknown): JsonSchema {
  const text = JSON.stringify(json, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value))
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'))
}
