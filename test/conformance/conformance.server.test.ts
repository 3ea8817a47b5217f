import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment, node } from '../../scripts/toolchain.mjs'
import { faultsIn } from '../support/faults-in.ts'
import { type Server, startServer } from '../support/server.ts'
import { requiredProbes } from './probe.ts'
import { runCases, type Verdict } from './run-cases.ts'
import { cases, casesFor, nameOf } from './table.ts'

const secret = 'a secret of thirty-two bytes or more'
const policies = [
  { policy: 'open', vars: {} },
  { policy: 'token', vars: { AUTH: 'token', AUTH_SECRET: secret } },
] as const

// A machine that is busy with other tests is slow, and no fault of the server; one that hangs is still found.
const waitMs = 300_000

const servers = new Map<string, Server>()
const verdicts = new Map<string, Verdict[]>()

// Both policies at once, because most cases wait for something.
beforeAll(async () => {
  await Promise.all(
    policies.map(async ({ policy, vars }) => {
      const server = await startServer(vars)
      servers.set(policy, server)
      const target = { url: server.url, policy, secret, timeoutMs: waitMs }
      verdicts.set(policy, await runCases(target, casesFor({ policy })))
    }),
  )
}, 4 * waitMs)
afterAll(async () => {
  for (const server of servers.values()) await server[Symbol.asyncDispose]()
})

describe.each(policies)('bad inputs, under $policy', ({ policy }) => {
  test.each(casesFor({ policy }))('[E1] $area: $input → $expected', testCase => {
    const verdict = verdicts.get(policy)?.find(one => one.testCase === testCase)
    expect(verdict?.problem).toBeNull()
  })

  test('[E1] no error was thrown, and no token was printed', () => {
    expect(faultsIn(servers.get(policy)?.output() ?? '')).toEqual([])
  })

  test('the program runs the same cases on any server', async () => {
    const { length } = casesFor({ policy }).filter(testCase => nameOf(testCase).includes('__proto__'))
    const result = await program(servers.get(policy)?.url ?? '', '--only', '__proto__')
    expect(result).toEqual({ code: 0, output: `${length} of ${length} as expected, under the policy ${policy}\n` })
  })
})

test('[E1] no two cases are the same', () => {
  const names = cases.map(({ area, input, policy = '' }) => `${area}: ${input} ${policy}`)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('[E1] the table contains every required probe, and many more inputs', () => {
  const names = cases.map(nameOf)
  expect(requiredProbes.filter(input => !names.some(name => name.startsWith(input)))).toEqual([])
  const own = names.filter(name => !requiredProbes.some(input => name.startsWith(input)))
  console.log(`${names.length} inputs, ${own.length} of our own`)
  expect(own.length).toBeGreaterThanOrEqual(60)
})

test('the program reports a server that accepts everything, and exits with 1', async () => {
  const permissive = createServer((_, response) => {
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"seq":1}')
  })
  permissive.listen(0, '127.0.0.1')
  await once(permissive, 'listening')
  const address = permissive.address()
  const { code, output } = await program(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  permissive.closeAllConnections()
  permissive.close()
  expect(code).toBe(1)
  expect(output).toContain('Unexpected server response: 201')
})

async function program(...args: string[]): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, 'main.ts')
  const child = spawn(node, ['--no-warnings', script, ...args], { env: environment({ AUTH_SECRET: secret }) })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const [code] = await once(child, 'close')
  return { code, output }
}
