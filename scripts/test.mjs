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

const page = { name: 'page', slow: true, run: build }

const longForms = [page, { name: 'long forms of tests', ...vitest('full') }]

const steps = [
  ...typedFolders.map(folder => ({ name: `types of ${folder}`, args: [tool('typescript', 'bin/tsc'), '-p', folder] })),
  {
    name: 'lint',
    args: [tool('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '--diagnostic-level=warn'],
  },
  { name: 'tests in node', ...vitest('node') },
  page,
  {
    name: 'deploy, dry run',
    slow: true,
    args: [tool('wrangler', 'bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', join(scratch, 'deploy')],
  },
  { name: 'benchmarks, smoke', slow: true, args: [join(root, 'bench/smoke.ts')] },
  { name: 'tests in workerd', slow: true, ...vitest('workerd') },
  // In parallel: both wait for servers, browsers and clocks most of the time.
  { name: 'tests against a server, and in a browser', slow: true, ...vitest('server', 'browser') },
]

await main(async () => {
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  await install()
  let total = { passed: 0, failed: 0 }
  for (const step of full ? longForms : steps.filter(({ slow }) => !(fast && slow))) {
    console.log(`\n── ${step.name}`)
    const result = await perform(step)
    total = sum(total, result)
    if (result.failed > 0) console.log(`── ${step.name}: failed`)
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
})

async function perform(step) {
  if (step.projects) return (await Promise.all(step.projects.map(runTests))).reduce(sum)
  const code = step.run ? await step.run() : await run(node, step.args)
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
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
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
