// npm run generate: writes src/http-client/generated.ts, the operations of the HTTP API and their types, from the same
// description that /openapi.json serves.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from 'json-schema-to-typescript'
import { inboxApi } from '../src/http/inbox-api.ts'
import { openApi } from '../src/http/openapi/openapi.ts'
import { directEndpoints } from '../src/http/routes/direct.ts'
import { fileEndpoints } from '../src/http/routes/files.ts'
import { documentEndpoints } from '../src/http/routes/shared-documents.ts'
import { createRoutes } from '../src/http/routes.ts'
import { ownSite } from '../src/http/site.ts'
import { builtinTables } from '../src/protocol/tables.ts'
import { connectedAgents } from '../src/server/connected-agents.ts'
import { node, root, tool } from './toolchain.mjs'

const file = join(root, 'src/http-client/generated.ts')
const banner = '// Made by `npm run generate` from the description of the API: change that instead.'

// What the compiler of schemas says about each definition.
const notes = /( \*\n)? \* This interface was referenced by [^*]*(\n \* via [^*]*)?\n \*\//g

// Names that mean something else to every program.
const renamed = { Event: 'LoggedEvent', Error: 'ErrorBody' }

/** The text of src/http-client/generated.ts, as it should be. */
export async function generateHttpClient() {
  const site = {
    ...ownSite,
    documents: documentEndpoints,
    files: fileEndpoints,
    direct: directEndpoints(),
    inbox: inboxApi,
    connectedAgents: connectedAgents.site,
  }
  const document = openApi(createRoutes(builtinTables, site).operations)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  const types = await compile(typesOf(operations, document.components.schemas), 'Operations', {
    additionalProperties: false,
    bannerComment: banner,
    format: false,
    unreachableDefinitions: true,
  })
  const text = `${types}\n${routesOf(operations)}\n${headersOf(operations)}`
  return formatted(text.replaceAll(notes, ' */'))
}

/** A schema whose properties are the operations. */
function typesOf(operations, schemas) {
  const named = Object.entries(schemas).map(([name, schema]) => [
    renamed[name] ?? name,
    { ...schema, description: schema.description ?? descriptionOf(name) },
  ])
  const json = {
    title: 'Operations',
    description: 'The operations of the HTTP API: what each takes, and what it returns.',
    ...objectOf(Object.fromEntries(operations.map(operation => [operation.operationId, typeOf(operation)]))),
    definitions: Object.fromEntries(named),
  }
  return JSON.parse(JSON.stringify(json), (_key, value) => {
    if (typeof value?.$ref === 'string') {
      const name = value.$ref.split('/').at(-1)
      return { $ref: `#/definitions/${renamed[name] ?? name}` }
    }
    if (value?.type !== 'array') return value
    const { minItems: _min, maxItems: _max, ...list } = value // with them it would be a tuple
    return list
  })
}

function descriptionOf(name) {
  return name.startsWith('event_') ? `The frame of the event \`${name.slice(6)}\`.` : `The shape of \`${name}\`.`
}

function typeOf({ summary, description, parameters, requestBody, responses }) {
  const argumentsByName = parameters.map(({ name, in: place, required = false, description, schema }) => {
    return [place === 'header' ? camel(name) : name, { schema: { ...schema, description }, required }]
  })
  if (requestBody !== undefined) argumentsByName.push(['body', { schema: bodyOf(requestBody), required: true }])
  const names = argumentsByName.map(([name]) => name)
  if (new Set(names).size !== names.length) throw new Error(`expected arguments with different names, got ${names}`)
  const args = objectOf(
    Object.fromEntries(argumentsByName.map(([name, { schema }]) => [name, schema])),
    argumentsByName.flatMap(([name, { required }]) => (required ? [name] : [])),
  )
  const input = names.length === 0 ? { tsType: 'Record<never, never>' } : args
  return { ...objectOf({ args: input, result: resultOf(responses) }), description: `${summary}. ${description}` }
}

function bodyOf({ content }) {
  return content['application/json']?.schema ?? { tsType: 'string | ReadableStream<Uint8Array>' }
}

/** What is returned for the responses of success, which have one shape: JSON, nothing, or a text that is not read. */
function resultOf(responses) {
  const contents = Object.entries(responses).flatMap(([status, { content }]) => (/^2/.test(status) ? [content] : []))
  const [content] = contents
  if (contents.some(other => JSON.stringify(other) !== JSON.stringify(content))) {
    throw new Error(`expected one shape for all responses, got ${JSON.stringify(contents)}`)
  }
  if (content === undefined) return { tsType: 'undefined' }
  return content['application/json']?.schema ?? { tsType: 'Response' }
}

function objectOf(properties, required = Object.keys(properties)) {
  return { type: 'object', properties, required, additionalProperties: false }
}

function routesOf(operations) {
  const routes = operations.map(({ operationId, method, path }) => [operationId, `${method.toUpperCase()} ${path}`])
  const json = JSON.stringify(Object.fromEntries(routes))
  return `/** The method and the path of each operation. */\nexport const routes: Record<keyof Operations, string> = ${json}\n`
}

function headersOf(operations) {
  const headers = operations.flatMap(({ parameters }) => parameters.filter(one => one.in === 'header'))
  const json = JSON.stringify(Object.fromEntries(headers.map(({ name }) => [camel(name), name.toLowerCase()])))
  return `/** The headers that are arguments, by the name of the argument. */\nexport const headers: Record<string, string> = ${json}\n`
}

/** `Idempotency-Key` as `idempotencyKey`. */
function camel(header) {
  return header.toLowerCase().replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase())
}

function formatted(text) {
  const args = [tool('@biomejs/biome', 'bin/biome'), 'format', `--stdin-file-path=${file}`]
  return execFileSync(node, args, { cwd: root, input: text, encoding: 'utf8' })
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await generateHttpClient())
