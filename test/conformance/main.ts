// npm run conformance -- <url>: tries every bad input of the table on a running server.
// Under the policy `token` it signs its tokens with AUTH_SECRET from the environment.
// --only <words>: only the cases whose names contain these words. --list: prints the cases without running them.
import { parseArgs } from 'node:util'
import { Harness, type Target } from './harness.ts'
import { runCases } from './run-cases.ts'
import { casesFor, nameOf } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, list: { type: 'boolean', default: false } },
})
process.exitCode = await main(positionals[0], process.env.AUTH_SECRET ?? null)

async function main(url: string | undefined, secret: string | null): Promise<number> {
  if (url === undefined || !URL.canParse(url))
    return usageError('Give the address of a server: npm run conformance -- http://localhost:8000')
  const base = url.replace(/\/$/, '')
  const policy = await policyOf(base).catch(() => null)
  if (policy === null) return usageError(`No server responds at ${base}.`)
  const target: Target = { url: base, secret, policy }
  const cases = casesFor(target).filter(testCase => nameOf(testCase).includes(values.only))
  if (values.list) for (const testCase of cases) console.log(nameOf(testCase))
  if (values.list) return 0
  if (policy === 'token' && secret === null)
    return usageError('This server requires tokens: set AUTH_SECRET to its secret.')
  try {
    return await conform(target, cases)
  } catch (error) {
    console.log(`The server cannot be tested: ${error instanceof Error ? error.message : error}`)
    return 1
  }
}

async function conform(target: Target, cases: ReturnType<typeof casesFor>): Promise<number> {
  const verdicts = await runCases(target, cases, ({ testCase, problem }) => {
    if (problem !== null) console.log(`✗ ${nameOf(testCase)}\n  ${problem.replaceAll('\n', '\n  ')}`)
  })
  const passed = verdicts.filter(({ problem }) => problem === null).length
  console.log(`${passed} of ${cases.length} as expected, under the policy ${target.policy}`)
  return passed === cases.length ? 0 : 1
}

function usageError(message: string): number {
  console.error(message)
  return 2
}

async function policyOf(url: string): Promise<Target['policy']> {
  const harness = new Harness({ url, policy: 'open', secret: null }, 'conformance')
  const offer = { 'sec-websocket-protocol': 'circles.v1' }
  const { status } = await harness.requestUpgrade('/ws/circles/conformance', offer, null)
  return status === 401 ? 'token' : 'open'
}
