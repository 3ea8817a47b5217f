import { expect, test } from 'vitest'
import type { z } from 'zod'
import { createRoutes } from '../../src/http/routes.ts'
import { tools } from '../../src/mcp/tools.ts'
import { builtinKinds } from '../../src/protocol/channels/channel-kinds.ts'
import { newCircle } from '../../src/protocol/channels/circles.ts'
import { builtinCommands, configuration } from '../../src/protocol/commands/commands.ts'
import { memberChange } from '../../src/protocol/commands/member-schema.ts'
import { agentText, publication } from '../../src/protocol/commands/publish-schema.ts'
import { agentFrame } from '../../src/protocol/connected-agents.ts'
import { archiveEvent, archiveRow } from '../../src/protocol/events/archive.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { EventBus } from '../../src/protocol/events/bus-events.ts'
import { cleanText } from '../../src/protocol/text.ts'
import { json, jsonValue, titleLine } from '../../src/protocol/text-schema.ts'
import { agentDescription, approvalAsk, turnPart } from '../../src/protocol/turns.ts'
import { redelivery, webhookSchemas } from '../../src/protocol/webhooks.ts'
import { builtinSite } from '../support/site.ts'

const tables = { kinds: builtinKinds, commands: builtinCommands, events: builtinEvents }
const { newWebhook, webhookChange } = webhookSchemas(builtinEvents)

/** Every schema that reads what comes from outside, by its name. */
const schemas: [name: string, schema: z.ZodType][] = [
  ...[...builtinCommands].map(([type, { schema }]): [string, z.ZodType] => [`command ${type}`, schema]),
  ...[...builtinEvents].map(([type, { schema }]): [string, z.ZodType] => [`event ${type}`, schema]),
  ['bus', new EventBus(tables).schema],
  ['archive event', archiveEvent],
  ['archive row', archiveRow],
  ['configuration', configuration],
  ['new circle', newCircle],
  ['member change', memberChange],
  ['publication', publication],
  ['agent text', agentText],
  ['new webhook', newWebhook],
  ['webhook change', webhookChange],
  ['redelivery', redelivery],
  ['turn part', turnPart],
  ['approval', approvalAsk],
  ['agent description', agentDescription],
  ['agent frame', agentFrame],
  ...Object.entries(tools).map(([name, { input }]): [string, z.ZodType] => [`tool ${name}`, input]),
  ...Object.values(createRoutes(tables, builtinSite).operations)
    .flat()
    .flatMap(({ method, path, query, body }): [string, z.ZodType][] => [
      ...(query === undefined ? [] : [[`query of ${method} ${path}`, query] as [string, z.ZodType]]),
      ...(body === undefined ? [] : [[`body of ${method} ${path}`, body] as [string, z.ZodType]]),
    ]),
]

// Strings that are read as they are, and why that is fine.
const exceptions = new Map([
  ['turn part.delta.text', 'the answer buffer cleans it: half of a character may come with the next delta'],
  ['turn part.final.content', 'the answer buffer compares it with the deltas, and cleans it'],
])

const hostile = [
  'a\u0000b',
  'a\u001b]0;x\u0007b',
  'a\u009b31mb',
  'a\u007fb',
  'a\rb',
  '\ud800',
  'a'.repeat(16) + '\u0001',
]

type Leaf = [path: string, schema: z.ZodType]
type Definition = {
  type: string
  in: z.ZodType
  out: z.ZodType
  shape: Record<string, z.ZodType>
  options: z.ZodType[]
  element: z.ZodType
  items: z.ZodType[]
  valueType: z.ZodType
  innerType: z.ZodType
}
const definitionOf = (schema: z.ZodType): Definition => schema.def as unknown as Definition

/** The leaves of a schema that read a string. */
function stringsIn(schema: z.ZodType, path: string): Leaf[] {
  const def = definitionOf(schema)
  switch (def.type) {
    case 'string':
      return [[path, schema]]
    case 'pipe': // a string that is read and then changed is one leaf
      return isString(def.in) ? [[path, schema]] : [...stringsIn(def.in, path), ...stringsIn(def.out, path)]
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => stringsIn(inner, `${path}.${key}`))
    case 'union':
      return def.options.flatMap(inner => stringsIn(inner, `${path}${typeOf(inner)}`))
    case 'array':
      return stringsIn(def.element, `${path}[]`)
    case 'tuple':
      return def.items.flatMap((inner, index) => stringsIn(inner, `${path}[${index}]`))
    case 'record':
      return isFree(schema) ? [] : stringsIn(def.valueType, `${path}{}`)
    case 'optional':
    case 'nullable':
    case 'default':
    case 'catch':
      return stringsIn(def.innerType, path)
    case 'lazy':
      return [] // z.json(): any value
    default:
      expect(['number', 'int', 'boolean', 'literal', 'enum', 'unknown', 'transform', 'null'], path).toContain(def.type)
      return []
  }
}

const isString = (schema: z.ZodType): boolean => schema.def.type === 'string'
const isFree = (schema: z.ZodType): boolean => !isString(definitionOf(schema).valueType)

function typeOf(schema: z.ZodType): string {
  const { shape } = schema.def as unknown as { shape?: { type?: z.ZodLiteral } }
  return shape?.type?.def.type === 'literal' ? `.${shape.type.value}` : ''
}

const leaves = schemas.flatMap(([name, schema]) => stringsIn(schema, name))

test('every string that comes from outside is cleaned by its schema, or refused', () => {
  expect(leaves.length).toBeGreaterThan(150)
  const open = leaves.filter(([path, schema]) => !exceptions.has(path) && hostile.some(text => isTaken(schema, text)))
  expect(open.map(([path]) => path)).toEqual([])
})

test('every exception is needed', () => {
  const paths = new Set(
    leaves.filter(([, schema]) => hostile.some(text => isTaken(schema, text))).map(([path]) => path),
  )
  expect([...exceptions.keys()].filter(path => !paths.has(path))).toEqual([])
})

/** Does a schema take this text with what makes it hostile? */
function isTaken(schema: z.ZodType, text: string): boolean {
  const read = schema.safeParse(text)
  return read.success && typeof read.data === 'string' && cleanText(read.data) !== read.data
}

test('a title that shows nothing is empty', () => {
  for (const hidden of [' ', '\u200b', '\ufe0f\u{e0100}', '\u3164', '\u202e\u{e0041}'])
    expect(titleLine().parse(hidden)).toBe('')
  expect(titleLine().parse('a\nb')).toBe('a b')
})

test('JSON that a client chooses is data: it is taken as it is, but for what would be lost on its way', () => {
  const parse = (text: string): unknown => JSON.parse(text)
  expect(json().parse({ a: ['\u0001'] })).toEqual({ a: ['\u0001'] })
  for (const lost of ['{"a":{"__proto__":{"x":1}}}', '{"a":["\\ud800"]}', '{"a":[{"\\udc00":1}]}']) {
    expect(json().safeParse(parse(lost)).success).toBe(false)
    expect(jsonValue().safeParse(parse(lost)).success).toBe(false)
  }
})
