import { expect, test } from 'vitest'
import { batchedTokenClient, registryFor } from '../../../src/deployment/tokens/clients.ts'
import type { Env } from '../../../src/env.ts'
import type { TokenRecord } from '../../../src/rpc/tokens.ts'

/** The objects that know tokens, with what each was asked; all of them wait until the test lets them answer. */
function objects() {
  const asked = new Map<string, string[][]>()
  const gate = Promise.withResolvers<void>()
  const getByName = (name: string) => ({
    async show(passes: TokenRecord[]): Promise<boolean[]> {
      asked.set(name, [...(asked.get(name) ?? []), passes.map(({ user }) => user)])
      await gate.promise
      return passes.map(({ user }) => user !== 'user7')
    },
    revoke: async () => ({ at: 0, channels: name.length }),
  })
  // The functions under test touch this binding only.
  return { env: { PASSES: { getByName } } as unknown as Env, asked, answer: gate.resolve }
}

const pass = (user: string): TokenRecord => ({ user, channel: 'circle:dev', issued: 0, expires: 1 })

test('[A6] a crowd that comes at once is at most two calls to each of sixteen objects', async () => {
  const { env, asked, answer } = objects()
  const show = batchedTokenClient(env)
  const users = Array.from({ length: 500 }, (_, index) => `user${index}`)
  const shown = users.map(user => show(pass(user)))
  answer()
  const good = await Promise.all(shown)
  expect(users.filter((_, index) => good[index] === false)).toEqual(['user7'])
  expect(asked.size).toBe(16)
  const calls = [...asked.values()]
  expect(calls.every(batches => batches.length === 2 && batches[0]?.length === 1)).toBe(true)
  expect(calls.flat(2).toSorted()).toEqual(users.toSorted())
})

test('[A6] a user is known to one object only, whoever asks', async () => {
  const { env, asked, answer } = objects()
  answer()
  await batchedTokenClient(env)(pass('ada'))
  await batchedTokenClient(env)(pass('ada'))
  await registryFor(env, 'ada').show([pass('ada')])
  expect([...asked.values()]).toEqual([[['ada'], ['ada'], ['ada']]])
})
