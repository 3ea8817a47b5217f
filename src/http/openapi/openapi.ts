import { z } from 'zod'
import { Components, type JsonSchema } from './json-schema.ts'
import type { Operation } from './operation.ts'

/** Operations by their tag, in the order in which the document shows them. */
export type OperationsByTag = Record<string, readonly Operation[]>

const error = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: 'Error', description: 'Why something was not done: a code for programs, words for people.' })

/** Makes the OpenAPI document of the HTTP API from the schemas that check its requests. */
export function openApi(operations: OperationsByTag): JsonSchema {
  const components = new Components()
  components.of(z.object({ error }), 'output') // makes `Error` a component
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const [tag, list] of Object.entries(operations)) {
    for (const operation of list) {
      const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [operation.method]: describeOperation({ ...operation, path }, tag, components) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Circles',
      version: '1',
      description: 'Durable rooms for people and agents. The WebSocket side is described by /asyncapi.json.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: Object.keys(operations).map(name => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: components.all(),
    },
  }
}

const errorResponse: JsonSchema = {
  description: 'It was not done.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
}

/** The document's form of an operation whose path has `{name}` for a parameter. */
function describeOperation(operation: Operation, tag: string, components: Components): JsonSchema {
  const { method, path, summary, description, isPublic, body, bodyType } = operation
  const json = body === undefined ? null : { 'application/json': { schema: components.of(body, 'input') } }
  const text = bodyType === undefined ? null : { [bodyType]: { schema: { type: 'string' } } }
  return {
    operationId: `${method}${path.replace(/[{}]/g, '').replace(/[/_](\w)/g, (_, letter) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(isPublic && { security: [] }),
    parameters: describeParameters(operation, components),
    ...((json ?? text) && { requestBody: { required: true, content: json ?? text } }),
    responses: { ...describeResponses(operation, components), default: errorResponse },
  }
}

function describeParameters({ path, query, headers = {} }: Operation, components: Components): JsonSchema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const shape = query === undefined ? {} : components.of(query, 'input')
  const required = new Set((shape.required as string[] | undefined) ?? [])
  const inQuery = Object.entries((shape.properties as Record<string, JsonSchema> | undefined) ?? {}).map(
    ([name, schema]) => ({ name, in: 'query', required: required.has(name), schema }),
  )
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  return [...inPath, ...inQuery, ...inHeaders]
}

function describeResponses({ responses }: Operation, components: Components): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, describeResponse(response, components)]),
  )
}

function describeResponse(response: z.ZodType | string, components: Components): JsonSchema {
  if (typeof response !== 'string') {
    return { description: 'Done.', content: { 'application/json': { schema: components.of(response, 'output') } } }
  }
  const isMediaType = /^\w+\/[\w-]+$/.test(response)
  if (!isMediaType) return { description: response }
  return { description: 'Done.', content: { [response]: { schema: { type: 'string' } } } }
}
