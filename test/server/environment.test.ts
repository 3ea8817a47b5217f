import { expect, test } from 'vitest'
import { missingIn, resolveEnv } from '../../src/server/environment.ts'

const exported = { CircleDirectory: 'exported directory', TokenRegistry: 'exported registry', Other: 'other' }

test('objects are found among what the Worker exports; what it binds itself counts first', () => {
  const env = { CIRCLES: 'circles', REGISTER: 'bound directory' }
  const resolved = { CIRCLES: 'circles', REGISTER: 'bound directory', PASSES: 'exported registry' }
  expect(resolveEnv(env, exported)).toEqual(resolved)
  expect(missingIn(resolveEnv(env, exported))).toBeNull()
})

test('an environment is resolved once for each binding, as soon as the exports are known', () => {
  const env = { CIRCLES: 'circles', B: 'others' }
  expect(resolveEnv(env, {})).toEqual(env) // a queue knows no exports: it is resolved again by the first request
  const first = resolveEnv(env, exported)
  expect(first).toMatchObject({ PASSES: 'exported registry' })
  expect(resolveEnv(env, {})).toBe(first)
  expect(resolveEnv(env, exported, 'B')).toMatchObject({ CIRCLES: 'others', TICKET_SCOPE: 'B' })
  expect(first).not.toHaveProperty('TICKET_SCOPE')
})

test('what is missing is named', () => {
  expect(missingIn(resolveEnv({}, exported))).toContain('needs the binding CIRCLES')
  expect(missingIn(resolveEnv({ CIRCLES: 1 }, { TokenRegistry: 1 }))).toMatch(
    /^Circles needs the Durable Objects CircleDirectory\./,
  )
  expect(missingIn(resolveEnv({ CIRCLES: 1 }, { CircleDirectory: 1 }))).toMatch(
    /^Circles needs the Durable Objects TokenRegistry\./,
  )
})
