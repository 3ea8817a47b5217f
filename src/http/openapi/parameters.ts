import { namePattern } from '../../protocol/channels/channels.ts'
import type { Components, JsonSchema } from './json-schema.ts'
import type { Operation, PathParameter } from './operation.ts'

const privateNamePattern = '(dm|chat~[a-z0-9._-]{1,64})~[0-9a-f]{32}'
const nameSchema = { type: 'string', pattern: `^${namePattern}$` }

// The parameters of paths, by name: each means the same in every path.
const pathParameters: Record<string, PathParameter> = {
  name: {
    description:
      'The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.',
    schema: { type: 'string', pattern: `^(?:${namePattern}|${privateNamePattern})$` },
  },
  user: { description: 'The id of a user.', schema: { type: 'string', minLength: 1, maxLength: 256 } },
  invitation: {
    description: 'The id of an invitation, or its code.',
    schema: { type: 'string', minLength: 1, maxLength: 64 },
  },
  circle: { description: 'The name of the circle; upper case counts as lower case.', schema: nameSchema },
  document: { description: 'The name of the document in its circle.', schema: nameSchema },
  file: { description: 'The id of the file.', schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' } },
  device: { description: 'The id of the device.', schema: { type: 'string', pattern: '^[0-9a-f]{32}$' } },
  number: {
    description: 'The number of a version, a suggestion or an edit.',
    schema: { type: 'string', pattern: '^[1-9][0-9]{0,14}$' },
  },
  id: { description: 'The id of the webhook.', schema: { type: 'string', minLength: 1, maxLength: 64 } },
}

/** The parameters of an operation whose path has `{name}` for a parameter. */
export function describeParameters(
  { path, params = {}, query, headers = {} }: Operation,
  components: Components,
): JsonSchema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const parameter = params[name] ?? pathParameters[name]
    if (parameter === undefined) throw new Error(`expected a description of the path parameter ${name}, got none`)
    return { name, in: 'path', required: true, ...parameter }
  })
  const shape = query === undefined ? {} : components.of(query, 'input')
  const required = new Set((shape.required as string[] | undefined) ?? [])
  const inQuery = Object.entries((shape.properties as Record<string, JsonSchema> | undefined) ?? {}).map(
    ([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      required: required.has(name),
      ...(description !== undefined && { description }),
      schema,
    }),
  )
  const inHeaders = Object.entries(headers).map(([name, { description, pattern }]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string', pattern },
  }))
  return [...inPath, ...inQuery, ...inHeaders]
}
