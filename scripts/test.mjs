// npm test: types, lint, what would be deployed, every test. `npm run check` (--fast) leaves out what needs a server.
// The last line is `N passed, N failed`, over all test runs; a step that is no test run counts when it fails.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build } from './build.mjs'
import { install, main, node, root, run, tool } from './house.mjs'

const fast = process.argv.includes('--fast')
const scratch = mkdtempSync(join(tmpdir(), 'circles-test-'))
const vitest = (...args) => ({ vitest: ['run', ...args] })

/** Projects of TypeScript: each folder with its own tsconfig.json. */
const typed = ['.', ...['src', 'test', 'examples'].flatMap(foldersBelow)].filter(folder =>
  existsSync(join(root, folder, 'tsconfig.json')),
)

const steps = [
  ...typed.map(folder => ({ name: `types of ${folder}`, args: [tool('typescript', 'bin/tsc'), '-p', folder] })),
  {
    name: 'lint',
    args: [tool('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '--diagnostic-level=warn'],
  },
  { name: 'tests in node', ...vitest('--project', 'node') },
  { name: 'page', slow: true, run: build },
  {
    name: 'deploy, dry run',
    slow: true,
    args: [tool('wrangler', 'bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', join(scratch, 'deploy')],
  },
  { name: 'tests in workerd', slow: true, ...vitest('--project', 'workerd') },
  { name: 'tests against a server', slow: true, ...vitest('--project', 'server') },
  { name: 'tests in a browser', slow: true, ...vitest('--project', 'browser') },
]

await main(async () => {
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  await install()
  const total = { passed: 0, failed: 0 }
  for (const step of steps.filter(({ slow }) => !(fast && slow))) {
    console.log(`\n── ${step.name}`)
    const { passed, failed } = await perform(step)
    total.passed += passed
    total.failed += failed
    if (failed > 0) console.log(`── ${step.name}: failed`)
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
})

async function perform(step) {
  if (step.vitest) return runTests(step.vitest)
  const code = step.run ? await step.run() : await run(node, step.args)
  return { passed: 0, failed: code === 0 ? 0 : 1 }
}

/** Runs vitest and counts by its own report: a file that does not load, or an error outside of tests, is a failure too. */
async function runTests(args) {
  const report = join(scratch, 'report.json')
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await run(node, [tool('vitest', 'vitest.mjs'), ...args, ...reporters])
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { numPassedTests: passed, numFailedTests: failedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const unloaded = testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
  const failed = failedTests + unloaded
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}

function foldersBelow(parent) {
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.parentPath.includes('node_modules'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
}
