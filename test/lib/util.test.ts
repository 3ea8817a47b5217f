import { expect, test } from 'vitest'
import { memoizePer } from '../../src/lib/util.ts'

test('a result is cached per key, and a failure is not', async () => {
  const made: object[] = []
  let fails = true
  const get = memoizePer(async (key: object) => {
    made.push(key)
    if (fails) throw new Error('not yet')
    return made.length
  })
  const [one, other] = [{}, {}]
  await expect(get(one)).rejects.toThrow('not yet')
  fails = false
  expect([await get(one), await get(one), await get(other)]).toEqual([2, 2, 3])
})
