import type { z } from 'zod/v4'
import { Components, type JsonSchema } from './json-schema.ts'

/**
 * The named schemas of a document in which objects within objects have names of their own, so that generators of code
 * need not invent any: `Welcome` has `WelcomeCircle`.
 */
export class NamedSchemas {
  readonly #components = new Components()
  readonly #named = new Map<string, JsonSchema>()

  /** Names a schema; returns the reference to it. */
  add(name: string, schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    return this.#name(pascal(name), this.#components.of(schema, io))
  }

  /** All schemas so far, sorted by name. */
  all(): Record<string, JsonSchema> {
    const shared = Object.entries(this.#components.all()).map(([name, json]): [string, JsonSchema] => [
      name,
      this.#inner(pascal(name), json),
    ])
    return Object.fromEntries([...shared, ...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  #name(name: string, json: JsonSchema): JsonSchema {
    if (typeof json.$ref === 'string') return json
    this.#named.set(name, this.#inner(name, json))
    return { $ref: `#/components/schemas/${name}` }
  }

  /** The schema with the objects in it replaced by references. */
  #inner(name: string, json: JsonSchema): JsonSchema {
    const { properties, items, anyOf, ...rest } = json
    return {
      ...rest,
      ...(properties !== undefined && { properties: this.#properties(name, properties as Record<string, JsonSchema>) }),
      ...(items !== undefined && { items: this.#nested(`${name}Item`, items as JsonSchema) }),
      ...(anyOf !== undefined && {
        anyOf: (anyOf as JsonSchema[]).map((one, index) => this.#nested(`${name}${index + 1}`, one)),
      }),
    }
  }

  #properties(name: string, properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
    return Object.fromEntries(
      Object.entries(properties).map(([key, one]) => [key, this.#nested(`${name}${pascal(key)}`, one)]),
    )
  }

  #nested(name: string, json: JsonSchema): JsonSchema {
    return json.properties === undefined && json.enum === undefined ? this.#inner(name, json) : this.#name(name, json)
  }
}

/** `agent_message` as `AgentMessage`. */
function pascal(name: string): string {
  return name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}
