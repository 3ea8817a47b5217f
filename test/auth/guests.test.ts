import { expect, test } from 'vitest'
import { namedGuest, newGuest } from '../../src/auth/guests.ts'

test('[A1] ?name=ada is the user guest:ada, a member', () => {
  expect(namedGuest('ada')).toEqual({ id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member', expires: null })
})

test('[A1] a name is cleaned before it is used', () => {
  expect(namedGuest('  Ada \u202e  Lovelace ')).toMatchObject({ id: 'guest:Ada Lovelace', name: 'Ada Lovelace' })
})

test.each(['', '   ', '\u200b', 'agent:pickle', 'Guest:ada', 'system:x', 'x'.repeat(65), '\ud800'])(
  '[A1] %j is not a valid name',
  name => {
    expect(namedGuest(name)).toEqual({ denied: 'invalid_name', message: expect.any(String) })
  },
)

test('[A1] a guest without a name gets a random one and is a new guest each time', () => {
  expect(newGuest('0a1b2c3d-0000-4000-8000-000000000000')).toEqual({
    id: 'guest:calm-crane-0a1b2c3d',
    name: 'Calm Crane',
    kind: 'guest',
    role: 'member',
    expires: null,
  })
  const ids = Array.from({ length: 1_000 }, () => newGuest(crypto.randomUUID()).id)
  expect(new Set(ids).size).toBe(1_000)
})
