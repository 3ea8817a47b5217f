// npm run flaky -- test/web/agents.browser.test.ts 30: runs one test file many times (20 by default) in its project and
// prints which tests failed, why, and how often. On a busy machine more fails; to make it busy, run something beside it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.mjs'
import { environment, install, main, node, root, tool } from './toolchain.mjs'

const [file, times = '20'] = process.argv.slice(2)

await main(async () => {
  if (file === undefined || !(Number(times) > 0)) throw new Error('usage: npm run flaky -- <test file> [times]')
  await install()
  await build()
  const scratch = mkdtempSync(join(tmpdir(), 'circles-flaky-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  const failures = new Map()
  let passed = 0
  for (let round = 1; round <= Number(times); round++) {
    const failed = runOnce(join(scratch, `${round}.json`))
    for (const { name } of failed) failures.set(name, (failures.get(name) ?? 0) + 1)
    if (failed.length === 0) passed++
    console.log(`run ${round}: ${failed.length === 0 ? 'passed' : 'failed'}`)
    for (const { name, reason } of failed) console.log(`  ${name}\n    ${reason}`)
  }
  for (const [name, count] of failures) console.log(`${count} of ${times} failed: ${name}`)
  console.log(`${passed} passed, ${Number(times) - passed} failed`)
  return passed === Number(times) ? 0 : 1
})

/** Runs the file once and returns the names of what failed, and the beginning of the reason. */
function runOnce(report) {
  const args = [
    'run',
    ...projectsOf(file).flatMap(project => ['--project', project]),
    file,
    '--reporter=json',
    `--outputFile=${report}`,
  ]
  const { status } = spawnSync(node, [tool('vitest', 'vitest.mjs'), ...args], { cwd: root, env: environment() })
  try {
    const tests = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(result => result.assertionResults)
    const failed = tests.filter(test => test.status === 'failed').map(reasonOf)
    return failed.length === 0 && status !== 0 ? [{ name: 'the file itself', reason: `exit code ${status}` }] : failed
  } catch {
    return [{ name: 'the file itself', reason: 'it did not start' }] // there is no report
  }
}

function reasonOf({ fullName, failureMessages: [message = ''] }) {
  return { name: fullName.trim(), reason: message.slice(0, 1_000) }
}

function projectsOf(path) {
  const own = /\.(workerd|server|browser|full)\.test\.tsx?$/.exec(path)?.[1]
  return own ? [own] : ['node', 'isolated']
}
