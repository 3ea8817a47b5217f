import { expect, test } from 'vitest'
import { type Question, routeMessage } from '../../src/agents/routing.ts'
import { agentByRule, validateRules } from '../../src/agents/routing-rules.ts'

const known = new Set(['pickle', 'scribe', 'owl'])
const question = (given: Partial<Question>): Question => ({
  to: null,
  content: 'hello',
  rules: [],
  defaultAgent: null,
  known,
  ...given,
})

test('[T2] nobody answers where nobody was asked', () => {
  expect(routeMessage(question({}))).toEqual([])
})

test('[T2] the default agent answers what nothing else decides', () => {
  expect(routeMessage(question({ defaultAgent: 'pickle' }))).toEqual(['pickle'])
})

test('[T2] a rule comes before the default agent, a mention before a rule, `to` before all', () => {
  const rules = [{ match: '*', agent: 'scribe' }]
  expect(routeMessage(question({ rules, defaultAgent: 'pickle' }))).toEqual(['scribe'])
  expect(routeMessage(question({ rules, content: '@owl and @pickle' }))).toEqual(['owl', 'pickle'])
  expect(routeMessage(question({ rules, content: '@owl', to: 'pickle' }))).toEqual(['pickle'])
})

test('[T2] rules are tried literal, then regex, then wildcard, and in their own order within a tier', () => {
  const rules = [
    { match: '*', agent: 'all' },
    { match: 'deploy *', agent: 'wildcard' },
    { match: '/^deploy (now|later)$/i', agent: 'regex' },
    { match: '/^deploy/', agent: 'second-regex' },
    { match: 'deploy now', agent: 'literal' },
  ]
  const lines = ['deploy now', ' Deploy NOW ', 'deploy later', 'deploy soon', 'Deploy soon', 'no deploy']
  expect(lines.map(line => agentByRule(rules, line))).toEqual([
    'literal',
    'literal',
    'regex',
    'second-regex',
    'all', // the wildcard `deploy *` stands behind it in the list
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
  ['/usr/local', '/usr/local', true], // no flags, no expression
  ['/help', '/help', true],
  ['/a.c/s', 'a\nc', true],
  ['/^b$/m', 'a\nb', true],
  ['/^B$/', 'b', false],
  ['/\\p{L}+ß/u', 'straß', true],
])('[T2] does the rule %j match %j: %j', (match, line, expected) => {
  expect(validateRules([{ match, agent: 'owl' }])).toBe(null)
  expect(agentByRule([{ match, agent: 'owl' }], line) === 'owl').toBe(expected)
})

test.each([
  ['/(/', 'no valid expression'],
  ['/[z-a]/', 'no valid expression'],
  ['/(a)\\1/', 'no valid expression, or one that could backtrack for ever'],
  ['/(?=a)b/', 'no valid expression, or one that could backtrack for ever'],
  ['/(?<!a)b/', 'no valid expression, or one that could backtrack for ever'],
  ['/a{1000}/', 'too large'],
  ['/(a{50}){50}/', 'refused'],
  ['//', 'matches every line'],
  ['/a/g', 'the flag g means nothing here'],
  ['  ', 'it is empty'],
])('[T2] the rule %j is refused when set', (match, reason) => {
  expect(validateRules([{ match, agent: 'owl' }])).toContain(reason)
})

test('[T2] rules that are each small enough can be too large together', () => {
  const rules = Array.from({ length: 12 }, () => ({ match: '/a{98}/', agent: 'owl' }))
  expect(validateRules(rules.slice(0, 10))).toBe(null)
  expect(validateRules(rules)).toContain('too large together')
})

test('[T2] an expression that would backtrack for ever elsewhere answers at once', () => {
  const text = `${'a'.repeat(32_000)}!`
  const rules = ['/^(a+)+$/', '/^(a|a)*$/', '/^(a|aa)+$/', '/^(.*a){20}$/'].map(match => ({ match, agent: 'owl' }))
  expect(validateRules(rules)).toBe(null)
  expect(agentByRule(rules, text)).toBe(null)
})

test('[T2] a stored rule that is no longer accepted matches nothing and spoils nothing', () => {
  const rules = [
    { match: '/(/', agent: 'owl' },
    { match: '*', agent: 'scribe' },
  ]
  expect(agentByRule(rules, 'hello')).toBe('scribe')
})
