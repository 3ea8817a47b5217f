import type { z } from 'zod/v4'

/**
 * What a value must be instead, as the end of a sentence: "must have at most 64 characters". The value itself and the
 * keys that came with it are not repeated: they may be secret, or somebody's markup.
 */
export function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'has a key that is unknown here'
    case 'invalid_type':
      return `must be ${nounOf(issue.expected)}`
    case 'invalid_value':
      return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`
    case 'too_small':
      return boundOf(issue.origin, 'least', issue.minimum)
    case 'too_big':
      return boundOf(issue.origin, 'most', issue.maximum)
    case 'custom':
      return issue.message
    case 'invalid_union':
      return unionOf(issue)
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : `must be a valid ${issue.format}`
    default:
      return 'is not valid'
  }
}

/** The first issue of a value of this schema by its place, in a sentence that says what would be right. */
export function describeIssue({ issues }: z.ZodError, schema: z.ZodType): string {
  const issue = mostTelling(issues)
  if (issue === undefined) return 'This value is not valid.'
  const place = issue.path.join('.')
  return `${place === '' ? 'This value' : `\`${place}\``} ${expectationIn(schema, issue)}.`
}

/** The expectation of an issue, with the keys that an object of the schema has where there was an unknown one. */
export function expectationIn(schema: z.ZodType, issue: z.core.$ZodIssue): string {
  const expectation = expectationOf(issue)
  if (issue.code !== 'unrecognized_keys') return expectation
  const keys = keysAt(schema, issue.path)
  return keys === null ? expectation : `${expectation}; it takes ${keys.join(', ') || 'none'}`
}

/** The issue to name: an unknown key before others, since it is often the misspelling of one that is then missing. */
export function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
}

/** The keys of the object at this place of a schema; null: there is no one object there. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] | null {
  const { def } = schema._zod as z.core.$ZodTypes['_zod']
  const [key, ...rest] = path
  switch (def.type) {
    case 'object': {
      if (key === undefined) return Object.keys(def.shape)
      const member = def.shape[String(key)]
      return member === undefined ? null : keysAt(member, rest)
    }
    case 'array':
      return key === undefined ? null : keysAt(def.element, rest)
    case 'optional':
    case 'nullable':
    case 'default':
      return keysAt(def.innerType, path)
    case 'pipe':
      return keysAt(def.in, path)
    default:
      return null
  }
}

const nouns: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
}

function nounOf(type: string): string {
  return nouns[type] ?? `of type ${type}`
}

function boundOf(origin: string, side: 'least' | 'most', bound: number | bigint): string {
  if (origin === 'string') return `must have at ${side} ${bound} ${bound === 1 ? 'character' : 'characters'}`
  if (origin === 'array') return `must have at ${side} ${bound} ${bound === 1 ? 'entry' : 'entries'}`
  return `must be at ${side} ${bound}`
}

function unionOf(issue: z.core.$ZodIssueInvalidUnion): string {
  if ('options' in issue && Array.isArray(issue.options)) {
    return `must be ${issue.options.map(option => JSON.stringify(option)).join(' or ')}`
  }
  return 'is none of the forms that are possible here'
}
