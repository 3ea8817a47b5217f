import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const ci = join(import.meta.dirname, '../../.ci/run')

/** Runs CI where `npm run --silent <script>` prints and exits as said here; returns its last line and exit code. */
async function runCi(scripts: Record<'test' | 'test:full', string>) {
  const bin = await mkdtemp(join(tmpdir(), 'circles-ci-'))
  onTestFinished(() => rm(bin, { recursive: true }))
  const cases = Object.entries(scripts).map(([name, body]) => `${name}) ${body} ;;`)
  await writeFile(join(bin, 'npm'), `#!/bin/sh\ncase "$3" in\n${cases.join('\n')}\nesac\n`)
  await writeFile(join(bin, 'python3'), '#!/bin/sh\nexit 0\n') // it has the client: nothing is installed
  for (const name of ['npm', 'python3']) await chmod(join(bin, name), 0o755)
  const env = { PATH: bin + delimiter + process.env['PATH'] }
  return new Promise(resolve =>
    execFile(ci, { env }, (error, stdout) => resolve([stdout.trim().split('\n').at(-1), error?.code ?? 0])),
  )
}

const says = (line: string, code = 0) => `echo 'a line'; echo '${line}'; exit ${code}`

test.each([
  ['both pass', says('12 passed, 0 failed'), says('3 passed, 0 failed'), '15 passed, 0 failed', 0],
  ['a test fails', says('11 passed, 1 failed', 1), says('3 passed, 0 failed'), '14 passed, 1 failed', 1],
  ['a long form fails', says('12 passed, 0 failed'), says('1 passed, 2 failed', 1), '13 passed, 2 failed', 1],
  [
    'something prints after the counts',
    says('1 passed, 0 failed\nbye'),
    says('1 passed, 0 failed'),
    '2 passed, 0 failed',
    0,
  ],
  ['one does not start', 'exit 1', says('3 passed, 0 failed'), '3 passed, 1 failed', 1],
  ['one ends without counts', 'echo fine', says('3 passed, 0 failed'), '3 passed, 1 failed', 1],
  ['nothing ran', says('0 passed, 0 failed'), says('0 passed, 0 failed'), '0 passed, 2 failed', 1],
  ['an error is not counted', says('12 passed, 0 failed', 1), says('3 passed, 0 failed'), '15 passed, 1 failed', 1],
])('CI adds up `npm test` and `npm run test:full`: %s', async (_, short, long, lastLine, code) => {
  expect(await runCi({ test: short, 'test:full': long })).toEqual([lastLine, code])
})
