import { expect, test } from 'vitest'
import { matches, readGrants, roleIn } from '../../src/auth/grants.ts'

test.each([
  ['circle:dev-*', 'circle:dev-team', true],
  ['circle:dev-*', 'circle:dev-', true],
  ['circle:dev-*', 'circle:ops', false],
  ['circle:*', 'workspace:dev', false],
  ['*', 'agent:pickle', true],
  ['**', 'agent:pickle', true],
  ['*:lobby', 'circle:lobby', true],
  ['circle:a*b*c', 'circle:axxbyyc', true],
  ['circle:a*b*c', 'circle:axxbyyd', false],
  ['circle:ab*ab', 'circle:ab', false],
  ['circle:lobby', 'circle:lobby', true],
  ['circle:lobby', 'circle:lobby2', false],
  ['circle:l?bby', 'circle:lobby', false],
  ['circle:.*', 'circle:lobby', false],
  ['circle:[a-z]', 'circle:a', false],
  ['', 'circle:a', false],
])('[A2] the pattern %s on %s: %s', (pattern, channel, expected) => {
  expect(matches(pattern, channel)).toBe(expected)
})

test('[A2] the worst pattern takes at most pattern × text steps', () => {
  let steps = 0
  const countingText = new Proxy(Object('a'.repeat(4_000)), {
    get: (text, key) => {
      if (key !== 'length') steps++
      return Reflect.get(text, key)
    },
  })
  const pattern = `${'*a'.repeat(100)}b`
  expect(matches(pattern, countingText)).toBe(false)
  expect(steps).toBeLessThanOrEqual(pattern.length * 4_000)
})

test('[A2] the highest role of all matching patterns counts, in any order', () => {
  const channels = { 'circle:*': 'reader', 'circle:dev-*': 'moderator', 'circle:dev-team': 'member' }
  const grants = readGrants(channels)
  expect(['circle:dev-team', 'circle:ops', 'agent:pickle'].map(channel => roleIn(channel, grants))).toEqual([
    'moderator',
    'reader',
    null,
  ])
  expect(roleIn('circle:dev-team', [...grants].reverse())).toBe('moderator')
})

test('[A2] patterns are case-insensitive, like names', () => {
  expect(roleIn('circle:dev-team', readGrants({ 'Circle:Dev-*': 'owner' }))).toBe('owner')
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a list', ['circle:*']],
  ['a list of pairs', [['circle:*', 'owner']]],
  ['text', 'circle:*'],
  ['an unknown role', { 'circle:*': 'admin' }],
  ['the role of agents', { 'circle:*': 'agent' }],
  ['a role that is a property of every object', { 'circle:*': 'constructor' }],
  ['a role that is not a string', { 'circle:*': ['owner'] }],
  ['an object as a role', { 'circle:*': { role: 'owner' } }],
])('[A2] %s for channels grants nothing', (_, claim) => {
  expect(readGrants(claim)).toEqual([])
})

test('[A2] keys with a meaning in JavaScript are ordinary patterns', () => {
  const claim: unknown = JSON.parse('{"__proto__": "owner", "constructor": "owner", "circle:a": "member"}')
  const grants = readGrants(claim)
  expect(grants.map(([pattern]) => pattern)).toEqual(['__proto__', 'constructor', 'circle:a'])
  expect(roleIn('circle:a', grants)).toBe('member')
})
