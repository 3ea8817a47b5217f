import { expect, test } from 'vitest'
import { compileRegex } from '../../src/agents/regex-rules.ts'
import { type RoutingInput, routeMessage } from '../../src/agents/routing.ts'
import { agentByRule, validateRules } from '../../src/agents/routing-rules.ts'

const known = new Set(['pickle', 'scribe', 'owl'])
const input = (overrides: Partial<RoutingInput>): RoutingInput => ({
  to: null,
  content: 'hello',
  rules: [],
  defaultAgent: null,
  known,
  regex: compileRegex,
  ...overrides,
})

test('[T2] a server that compiles no regular expressions refuses rules with one, and matches none', () => {
  const rules = [
    { match: '/^deploy/', agent: 'owl' },
    { match: 'deploy *', agent: 'pickle' },
  ]
  expect(validateRules(rules, null)).toContain('takes no regular expressions')
  expect(agentByRule(rules, 'deploy now', null)).toBe('pickle')
})

test('[T2] without a recipient, a mention, a rule or a default, no agent is prompted', () => {
  expect(routeMessage(input({}))).toEqual([])
})

test('[T2] the default agent is prompted where nothing else applies', () => {
  expect(routeMessage(input({ defaultAgent: 'pickle' }))).toEqual(['pickle'])
})

test('[T2] a rule precedes the default agent, a mention precedes a rule, and `to` precedes all', () => {
  const rules = [{ match: '*', agent: 'scribe' }]
  expect(routeMessage(input({ rules, defaultAgent: 'pickle' }))).toEqual(['scribe'])
  expect(routeMessage(input({ rules, content: '@owl and @pickle' }))).toEqual(['owl', 'pickle'])
  expect(routeMessage(input({ rules, content: '@owl', to: 'pickle' }))).toEqual(['pickle'])
})

test('[T2] literal rules are tried first, then regular expressions, then wildcards, each in their order', () => {
  const rules = [
    { match: '*', agent: 'all' },
    { match: 'deploy *', agent: 'wildcard' },
    { match: '/^deploy (now|later)$/i', agent: 'regex' },
    { match: '/^deploy/', agent: 'second-regex' },
    { match: 'deploy now', agent: 'literal' },
  ]
  const messages = ['deploy now', ' Deploy NOW ', 'deploy later', 'deploy soon', 'Deploy soon', 'no deploy']
  expect(messages.map(message => agentByRule(rules, message, compileRegex))).toEqual([
    'literal',
    'literal',
    'regex',
    'second-regex',
    'all', // the wildcard `deploy *` comes later in the list
    'all',
  ])
})

test.each([
  ['deploy', 'deploy', true],
  ['deploy', 'please deploy', false],
  ['*deploy*', 'please deploy it', true],
  ['deploy * to *', 'deploy 1.2 to production', true],
  ['deploy * to *', 'deploy 1.2', false],
  ['a*a', 'a', false],
  ['a*b*a', 'abba', true],
  ['/usr/local', '/usr/local', true], // not an expression: `local` is not a set of flags
  ['/help', '/help', true],
  ['/a.c/s', 'a\nc', true],
  ['/^b$/m', 'a\nb', true],
  ['/^B$/', 'b', false],
  ['/\\p{L}+ß/u', 'straß', true],
])('[T2] does the rule %j match %j: %j', (match, message, expected) => {
  expect(validateRules([{ match, agent: 'owl' }], compileRegex)).toBe(null)
  expect(agentByRule([{ match, agent: 'owl' }], message, compileRegex) === 'owl').toBe(expected)
})

test.each([
  ['/(/', 'not a regular expression'],
  ['/[z-a]/', 'not a regular expression'],
  ['/(a)\\1/', 'not a regular expression, or one that needs backtracking'],
  ['/(?=a)b/', 'not a regular expression, or one that needs backtracking'],
  ['/(?<!a)b/', 'not a regular expression, or one that needs backtracking'],
  ['/a{1000}/', 'too large'],
  ['/(a{50}){50}/', 'not valid'],
  ['//', 'matches every message'],
  ['/a/g', 'the flag g is not supported'],
  ['  ', 'it is empty'],
])('[T2] the rule %j is refused when set', (match, reason) => {
  expect(validateRules([{ match, agent: 'owl' }], compileRegex)).toContain(reason)
})

test('[T2] rules that are each small enough can be too large together', () => {
  const rules = Array.from({ length: 12 }, () => ({ match: '/a{98}/', agent: 'owl' }))
  expect(validateRules(rules.slice(0, 10), compileRegex)).toBe(null)
  expect(validateRules(rules, compileRegex)).toContain('too large together')
})

test('[T2] an expression that backtracks exponentially elsewhere is matched at once', () => {
  const text = `${'a'.repeat(32_000)}!`
  const rules = ['/^(a+)+$/', '/^(a|a)*$/', '/^(a|aa)+$/', '/^(.*a){20}$/'].map(match => ({ match, agent: 'owl' }))
  expect(validateRules(rules, compileRegex)).toBe(null)
  expect(agentByRule(rules, text, compileRegex)).toBe(null)
})

test('[T2] a stored rule that is no longer valid matches nothing, and the others still work', () => {
  const rules = [
    { match: '/(/', agent: 'owl' },
    { match: '*', agent: 'scribe' },
  ]
  expect(agentByRule(rules, 'hello', compileRegex)).toBe('scribe')
})
