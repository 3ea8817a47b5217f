import { z } from 'zod'
import { Components, type JsonSchema } from './json-schema.ts'
import { type Operation, operations } from './operations.ts'

const error = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: 'Error', description: 'Why something was not done: a code for programs, words for people.' })

/** The OpenAPI document of the HTTP side, made from the schemas that check it. */
export function openApi(): JsonSchema {
  const components = new Components()
  const failed = components.of(z.object({ error }), 'output') && {
    description: 'It was not done.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const [tag, own] of Object.entries(operations)) {
    for (const operation of own) {
      paths[operation.path] = {
        ...paths[operation.path],
        [operation.method]: described(operation, tag, components, failed),
      }
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

function described(operation: Operation, tag: string, components: Components, failed: JsonSchema): JsonSchema {
  const { method, path, summary, details, open, body, bodyType } = operation
  const content = body === undefined ? null : { 'application/json': { schema: components.of(body, 'input') } }
  const text = bodyType === undefined ? null : { [bodyType]: { schema: { type: 'string' } } }
  return {
    operationId: `${method}${path.replace(/[{}]/g, '').replace(/[/_](\w)/g, (_, letter) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(details !== undefined && { description: details }),
    ...(open && { security: [] }),
    parameters: parametersOf(operation, components),
    ...((content ?? text) && { requestBody: { required: true, content: content ?? text } }),
    responses: { ...answersOf(operation, components), default: failed },
  }
}

function parametersOf({ path, query, headers = {} }: Operation, components: Components): JsonSchema[] {
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

function answersOf({ answers }: Operation, components: Components): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]): [string, JsonSchema] => {
      if (typeof answer !== 'string') {
        return [
          status,
          { description: 'Done.', content: { 'application/json': { schema: components.of(answer, 'output') } } },
        ]
      }
      if (!/^\w+\/[\w-]+$/.test(answer)) return [status, { description: answer }]
      return [status, { description: 'Done.', content: { [answer]: { schema: { type: 'string' } } } }]
    }),
  )
}
