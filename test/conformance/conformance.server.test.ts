import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startServer } from '../support/server.ts'
import { Bystander } from './check.ts'
import { Lab, type Place } from './lab.ts'
import { rowsFor, table } from './table.ts'

const secret = 'a secret of thirty-two bytes or more'
const policies = [
  { policy: 'open', vars: {} },
  { policy: 'token', vars: { AUTH: 'token', AUTH_SECRET: secret } },
] as const

describe.each(policies)('bad inputs, under $policy', ({ policy, vars }) => {
  let server: Server
  let bystander: Bystander
  beforeAll(async () => {
    server = await startServer(vars)
    bystander = await Bystander.in(new Lab({ url: server.url, policy, secret }, 'conformance'))
  })
  afterAll(async () => {
    await bystander?.leave()
    await server?.[Symbol.asyncDispose]()
  })

  const rows = rowsFor({ policy } as Place)
  test.each(rows)('[E1] $where: $input → $reaction', async row => {
    try {
      await bystander.witness(row)
    } catch (error) {
      await bystander.recover()
      throw error
    }
  })

  test('[E1] nothing of all this was thrown, and no token was printed', () => {
    expect(server.output()).not.toMatch(/uncaught|"error":|Error:|eyJ/)
  })
})

test('[E1] no two rows try the same', () => {
  const names = table.map(({ where, input, under }) => `${where}: ${input} ${under ?? ''}`)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
