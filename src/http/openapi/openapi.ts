import * as z from 'zod/v4'
import { operationDescriptions } from './descriptions.ts'
import { Components, type JsonSchema } from './json-schema.ts'
import type { Operation } from './operation.ts'
import { describeParameters } from './parameters.ts'
import { tagDescriptions } from './tags.ts'

/** Operations by their tag, in the order in which the document shows them. */
export type OperationsByTag = Record<string, readonly Operation[]>

const error = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: 'Error', description: 'Why a request was refused: a code for programs, a message for people.' })

/** Makes the OpenAPI document of the HTTP API from the schemas that check its requests. */
export function openApi(operations: OperationsByTag, basePath = ''): JsonSchema {
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
    servers: [{ url: basePath === '' ? '/' : basePath }],
    security: [{ token: [] }, { guest: [] }, {}],
    tags: Object.keys(operations).map(name => ({ name, description: tagDescriptions[name] ?? name })),
    paths,
    components: { securitySchemes, schemas: components.all() },
  }
}

const securitySchemes: JsonSchema = {
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  guest: {
    type: 'apiKey',
    in: 'query',
    name: 'name',
    description: 'The name of a guest. Only a server with AUTH=open has guests; without a name they are `visitor`.',
  },
}

/** The document's form of an operation whose path has `{name}` for a parameter. */
function describeOperation(operation: Operation, tag: string, components: Components): JsonSchema {
  const { id, summary, description = operationDescriptions[id], isPublic, body, bodyType } = operation
  const json = body === undefined ? null : { 'application/json': { schema: components.of(body, 'input') } }
  const text = bodyType === undefined ? null : { [bodyType]: { schema: { type: 'string' } } }
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    ...(isPublic && { security: [] }),
    parameters: describeParameters(operation, components),
    ...((json ?? text) && { requestBody: { required: true, content: json ?? text } }),
    responses: { ...describeResponses(operation, components), ...refusalsOf(operation) },
  }
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

/** The refusals that an operation can return by its shape; `default` covers the others. */
function refusalsOf({ isPublic, path, query, body, bodyType }: Operation): Record<string, JsonSchema> {
  const hasBody = body !== undefined || bodyType !== undefined
  const isChecked = hasBody || query !== undefined || path.includes('{')
  return Object.fromEntries([
    ...(isChecked ? [['400', refusal('The request is not valid; the message says what would be.')]] : []),
    ...(isPublic
      ? []
      : [
          ['401', refusal('There is no token, or it does not count.')],
          ['403', refusal('The caller may not do this.')],
          ['429', refusal('Too fast; `Retry-After` says when to try again.')],
        ]),
    ...(path.includes('{') ? [['404', refusal('It does not exist, as far as the caller may know.')]] : []),
    ...(hasBody
      ? [
          ['413', refusal('The body is too large.')],
          ['415', refusal('The body has another media type or encoding.')],
        ]
      : []),
    ['default', refusal('The request was refused.')],
  ])
}

function refusal(description: string): JsonSchema {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
}
