import { expect, test } from 'vitest'
import { batchedTokenClient, registryFor } from '../../../src/deployment/tokens/clients.ts'
import type { Env } from '../../../src/env.ts'
import type { TokenRecord } from '../../../src/rpc/tokens.ts'

/** Token registries that record their calls and wait with their results until the test releases them. */
function fakeRegistries() {
  const calls = new Map<string, string[][]>()
  const released = Promise.withResolvers<void>()
  const getByName = (name: string) => ({
    async show(tokens: TokenRecord[]): Promise<boolean[]> {
      calls.set(name, [...(calls.get(name) ?? []), tokens.map(({ user }) => user)])
      await released.promise
      return tokens.map(({ user }) => user !== 'user7')
    },
    revoke: async () => ({ at: 0, channels: name.length }),
  })
  // The functions under test touch this binding only.
  return { env: { PASSES: { getByName } } as unknown as Env, calls, release: released.resolve }
}

const token = (user: string): TokenRecord => ({ user, channel: 'circle:dev', issued: 0, expires: 1 })

test('[A6] 500 tokens at once make at most two calls to each of sixteen registries', async () => {
  const { env, calls, release } = fakeRegistries()
  const isValid = batchedTokenClient(env)
  const users = Array.from({ length: 500 }, (_, index) => `user${index}`)
  const checks = users.map(user => isValid(token(user)))
  release()
  const valid = await Promise.all(checks)
  expect(users.filter((_, index) => valid[index] === false)).toEqual(['user7'])
  expect(calls.size).toBe(16)
  const batches = [...calls.values()]
  expect(batches.every(sizes => sizes.length === 2 && sizes[0]?.length === 1)).toBe(true)
  expect(batches.flat(2).toSorted()).toEqual(users.toSorted())
})

test('[A6] all tokens of a user are kept by one registry', async () => {
  const { env, calls, release } = fakeRegistries()
  release()
  await batchedTokenClient(env)(token('ada'))
  await batchedTokenClient(env)(token('ada'))
  await registryFor(env, 'ada').show([token('ada')])
  expect([...calls.values()]).toEqual([[['ada'], ['ada'], ['ada']]])
})
