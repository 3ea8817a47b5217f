// npm run conformance -- <url>: tries every bad input of the table on a server that runs.
// Under the policy `token` it mints its tokens with AUTH_SECRET from the environment.
import { Bystander } from './check.ts'
import { Lab, type Place } from './lab.ts'
import { rowsFor } from './table.ts'

const url = process.argv[2]
if (url === undefined || !URL.canParse(url)) {
  console.error('Say which server: npm run conformance -- http://localhost:8000')
  process.exit(2)
}
process.exitCode = await conform(url.replace(/\/$/, ''), process.env.AUTH_SECRET ?? null)

async function conform(url: string, secret: string | null): Promise<number> {
  const place: Place = { url, secret, policy: await policyOf(url) }
  if (place.policy === 'token' && secret === null) {
    console.error('This server wants tokens: give its AUTH_SECRET in the environment.')
    return 2
  }
  const lab = new Lab(place, `conformance-${Date.now().toString(36)}`)
  const bystander = await Bystander.in(lab)
  const rows = rowsFor(place)
  let failed = 0
  for (const row of rows) {
    try {
      await bystander.witness(row)
    } catch (error) {
      failed += 1
      const why = error instanceof Error ? error.message : String(error)
      console.log(`✗ ${row.where}: ${row.input}\n  expected ${row.reaction}\n  ${why.replaceAll('\n', '\n  ')}`)
      await bystander.recover()
    }
  }
  await bystander.leave()
  console.log(`${rows.length - failed} of ${rows.length} as expected, under the policy ${place.policy}`)
  return failed === 0 ? 0 : 1
}

async function policyOf(url: string): Promise<Place['policy']> {
  const probe = new Lab({ url, policy: 'open', secret: null }, 'conformance')
  const { status } = await probe.knock('/ws/circles/conformance', { 'sec-websocket-protocol': 'circles.v1' }, null)
  return status === 401 ? 'token' : 'open'
}
