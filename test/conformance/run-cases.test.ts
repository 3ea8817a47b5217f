import { expect, test } from 'vitest'
import { Harness } from './harness.ts'
import { firstOf } from './run-cases.ts'

const usersOf = (circle: string) => {
  const harness = new Harness({ url: 'http://localhost', policy: 'open', secret: null }, circle)
  return [harness.newUser(), harness.newUser()]
}

test('users are new in every lane and every run: what one used up is not missing to another', () => {
  const users = ['conformance-mx1-0', 'conformance-mx1-1', 'conformance-mx2-0', 'conformance-mx2-1'].flatMap(usersOf)
  expect(new Set(users).size).toBe(users.length)
})

test('the error of a case is reported, not that of closing what it opened', async () => {
  const failing = async () => {
    await using _one = { [Symbol.asyncDispose]: () => Promise.reject(new Error('closing one')) }
    await using _other = { [Symbol.asyncDispose]: () => Promise.reject(new Error('closing the other')) }
    throw new Error('the case')
  }
  const error = await failing().catch((thrown: unknown) => thrown)
  expect(firstOf(error)).toEqual(new Error('the case'))
  expect(firstOf('text')).toBe('text')
})
