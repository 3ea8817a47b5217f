import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment, node } from '../../scripts/toolchain.mjs'
import { faultsIn } from '../support/faults-in.ts'
import { type Server, startServer } from '../support/server.ts'
import { asked } from './probe.ts'
import { tryRows, type Verdict } from './run-cases.ts'
import { nameOf, rowsFor, table } from './table.ts'

const secret = 'a secret of thirty-two bytes or more'
const policies = [
  { policy: 'open', vars: {} },
  { policy: 'token', vars: { AUTH: 'token', AUTH_SECRET: secret } },
] as const

const servers = new Map<string, Server>()
const verdicts = new Map<string, Verdict[]>()

// Both policies at once: most rows wait for something.
beforeAll(async () => {
  await Promise.all(
    policies.map(async ({ policy, vars }) => {
      const server = await startServer(vars)
      servers.set(policy, server)
      verdicts.set(policy, await tryRows({ url: server.url, policy, secret }, rowsFor({ policy })))
    }),
  )
}, 300_000)
afterAll(async () => {
  for (const server of servers.values()) await server[Symbol.asyncDispose]()
})

describe.each(policies)('bad inputs, under $policy', ({ policy }) => {
  test.each(rowsFor({ policy }))('[E1] $where: $input → $reaction', row => {
    const verdict = verdicts.get(policy)?.find(tried => tried.row === row)
    expect(verdict?.fault).toBeNull()
  })

  test('[E1] nothing of all this was thrown, and no token was printed', () => {
    expect(faultsIn(servers.get(policy)?.output() ?? '')).toEqual([])
  })

  test('the program tries the same on any server', async () => {
    const { length } = rowsFor({ policy }).filter(row => nameOf(row).includes('__proto__'))
    const tried = await program(servers.get(policy)?.url ?? '', '--only', '__proto__')
    expect(tried).toEqual({ code: 0, output: `${length} of ${length} as expected, under the policy ${policy}\n` })
  })
})

test('[E1] no two rows try the same', () => {
  const names = table.map(({ where, input, under }) => `${where}: ${input} ${under ?? ''}`)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('[E1] the table has every input that was asked for, and many of its own', () => {
  const names = table.map(nameOf)
  expect(asked.filter(input => !names.some(name => name.startsWith(input)))).toEqual([])
  const own = names.filter(name => !asked.some(input => name.startsWith(input)))
  console.log(`${names.length} inputs, ${own.length} of our own`)
  expect(own.length).toBeGreaterThanOrEqual(60)
})

test('the program says what is wrong with a server that takes everything, and ends with 1', async () => {
  const careless = createServer((_, response) => {
    const headers = { 'x-circles-instance': 'one', 'content-type': 'application/json' }
    response.writeHead(201, headers).end('{"seq":1}')
  })
  careless.listen(0, '127.0.0.1')
  await once(careless, 'listening')
  const address = careless.address()
  const { code, output } = await program(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  careless.closeAllConnections()
  careless.close()
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
