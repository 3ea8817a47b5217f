// npm run conformance -- <url>: tries every bad input of the table on a server that runs.
// Under the policy `token` it mints its tokens with AUTH_SECRET from the environment.
// --only <words>: the rows that have these words in them. --list: says what would be tried.
import { parseArgs } from 'node:util'
import { Lab, type Place } from './harness.ts'
import { tryRows } from './run-cases.ts'
import { nameOf, rowsFor } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, list: { type: 'boolean', default: false } },
})
process.exitCode = await main(positionals[0], process.env.AUTH_SECRET ?? null)

async function main(url: string | undefined, secret: string | null): Promise<number> {
  if (url === undefined || !URL.canParse(url))
    return wrong('Say which server: npm run conformance -- http://localhost:8000')
  const base = url.replace(/\/$/, '')
  const policy = await policyOf(base).catch(() => null)
  if (policy === null) return wrong(`Nobody answers at ${base}.`)
  const place: Place = { url: base, secret, policy }
  const rows = rowsFor(place).filter(row => nameOf(row).includes(values.only))
  if (values.list) for (const row of rows) console.log(nameOf(row))
  if (values.list) return 0
  if (policy === 'token' && secret === null)
    return wrong('This server wants tokens: give its AUTH_SECRET in the environment.')
  try {
    return await conform(place, rows)
  } catch (error) {
    console.log(`This server cannot even be talked with: ${error instanceof Error ? error.message : error}`)
    return 1
  }
}

async function conform(place: Place, rows: ReturnType<typeof rowsFor>): Promise<number> {
  const verdicts = await tryRows(place, rows, ({ row, fault }) => {
    if (fault !== null) console.log(`✗ ${nameOf(row)}\n  ${fault.replaceAll('\n', '\n  ')}`)
  })
  const fine = verdicts.filter(({ fault }) => fault === null).length
  console.log(`${fine} of ${rows.length} as expected, under the policy ${place.policy}`)
  return fine === rows.length ? 0 : 1
}

function wrong(why: string): number {
  console.error(why)
  return 2
}

async function policyOf(url: string): Promise<Place['policy']> {
  const probe = new Lab({ url, policy: 'open', secret: null }, 'conformance')
  const { status } = await probe.knock('/ws/circles/conformance', { 'sec-websocket-protocol': 'circles.v1' }, null)
  return status === 401 ? 'token' : 'open'
}
