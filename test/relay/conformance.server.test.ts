import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCases, type Verdict } from '../conformance/run-cases.ts'
import { casesFor } from '../conformance/table.ts'
import { faultsIn } from '../support/faults-in.ts'
import { type Server, startServer } from '../support/server.ts'

// The table of bad inputs once more, with every socket behind a relay: each gets the same reaction.

const secret = 'a secret of thirty-two bytes or more'
const RELAYS = JSON.stringify({ from: 0, size: 50 })
const all = [
  { policy: 'open', vars: { RELAYS } },
  { policy: 'token', vars: { RELAYS, AUTH: 'token', AUTH_SECRET: secret } },
] as const
const policies = all.slice(0, Number(process.env.RELAY_POLICIES ?? 1)) // both in `npm run test:full`
const waitMs = 300_000

const servers = new Map<string, Server>()
const verdicts = new Map<string, Verdict[]>()

beforeAll(async () => {
  await Promise.all(
    policies.map(async ({ policy, vars }) => {
      const server = await startServer(vars)
      servers.set(policy, server)
      verdicts.set(policy, await runCases({ url: server.url, policy, secret, timeoutMs: waitMs }, casesFor({ policy })))
    }),
  )
}, 4 * waitMs)
afterAll(async () => {
  for (const server of servers.values()) await server[Symbol.asyncDispose]()
})

describe.each(policies)('bad inputs behind relays, under $policy', ({ policy }) => {
  test.each(casesFor({ policy }))('[E1] $area: $input → $expected', testCase => {
    const verdict = verdicts.get(policy)?.find(one => one.testCase === testCase)
    expect(verdict?.problem).toBeNull()
  })

  test('[E1] no error was thrown, and no token was printed', () => {
    expect(faultsIn(servers.get(policy)?.output() ?? '')).toEqual([])
  })
})
