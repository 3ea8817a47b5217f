// npm test: types, lint, a dry run of the deployment, and every test. `npm run check` (--fast) omits the steps that need a
// server; `npm run test:full` (--full) runs the long forms of tests instead. The last line is `N passed, N failed` for all
// test runs; another step counts as one if it fails.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build } from './build.mjs'
import { install, main, node, root, run, tool } from './toolchain.mjs'

const fast = process.argv.includes('--fast')
const full = process.argv.includes('--full')
const scratch = mkdtempSync(join(tmpdir(), 'circles-test-'))
const vitest = (...projects) => ({ projects })

/** The TypeScript projects: each folder with its own tsconfig.json. */
const typedFolders = ['.', ...['src', 'test', 'examples'].flatMap(foldersBelow)].filter(folder =>
  existsSync(join(root, folder, 'tsconfig.json')),
)

const page = { name: 'page', run: build }
const inFull = { name: 'long forms of tests', ...vitest('full') }

const quick = [
  ...typedFolders.map(folder => ({ name: `types of ${folder}`, args: [tool('typescript', 'bin/tsc'), '-p', folder] })),
  {
    name: 'lint',
    args: [tool('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '--diagnostic-level=warn'],
  },
]
const inNode = { name: 'tests in node', ...vitest('node', 'isolated') }
const inWorkerd = { name: 'tests in workerd', ...vitest('workerd') }
const dryRuns = [
  {
    name: 'deploy, dry run',
    args: [tool('wrangler', 'bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', join(scratch, 'deploy')],
  },
  { name: 'benchmarks, smoke', args: [join(root, 'bench/smoke.ts')] },
]
// In parallel: both wait for servers, browsers and clocks most of the time.
const onServer = { name: 'tests against a server, and in a browser', ...vitest('server', 'browser') }

/** What runs one after the other; of a list of lists, all at once. */
const plan = full
  ? [page, inFull]
  : fast
    ? [...quick, inNode]
    : [inNode, page, [[inWorkerd], [...quick, ...dryRuns]], onServer] // the tests in workerd leave half of two cores idle

const failures = [] // repeated at the end, where they are seen

await main(async () => {
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  await install()
  const total = await inTurn(plan)
  for (const line of failures) console.log(line)
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
})

async function inTurn(steps) {
  let total = { passed: 0, failed: 0 }
  for (const step of steps)
    total = sum(total, Array.isArray(step) ? (await Promise.all(step.map(inTurn))).reduce(sum) : await perform(step))
  return total
}

async function perform(step) {
  console.log(`\n── ${step.name}`)
  const result = await outcomeOf(step)
  if (result.failed > 0) failures.push(`failed: ${step.name}`)
  return result
}

async function outcomeOf({ projects, run: own, args }) {
  if (projects) return (await Promise.all(projects.map(runTests))).reduce(sum)
  const code = own ? await own() : await run(node, args)
  return { passed: 0, failed: code === 0 ? 0 : 1 }
}

/** Runs a project of vitest; a file that does not load, or an error outside of tests, counts as a failure. */
async function runTests(project) {
  const report = join(scratch, `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await run(node, [tool('vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters])
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { numPassedTests: passed, numFailedTests: failedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const notLoaded = testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
  const failed = failedTests + notLoaded
  failures.push(...testResults.flatMap(failuresOf))
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}

/** A line for each failed test of a file, or for the file if it did not load. */
function failuresOf({ name, status, message, assertionResults }) {
  const lines = assertionResults
    .filter(test => test.status === 'failed')
    .map(test => `${test.fullName}: ${test.failureMessages[0] ?? ''}`)
  const own = status === 'failed' && assertionResults.length === 0 ? [message] : lines
  return own.map(text => `failed: ${relative(root, name)}: ${text.split('\n').slice(0, 8).join('\n  ')}`)
}

function sum(one, other) {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed }
}

function foldersBelow(parent) {
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.parentPath.includes('node_modules'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
}
