import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { mapConcurrent } from '../../src/cli/concurrency.ts'
import { sourceFolder } from '../support/source.ts'
import { makeFolder } from './fixtures.ts'
import { type Attack, HostileServer, uncleanIn } from './hostile-server.ts'
import { runCircles } from './run-circles.ts'

afterEach(() => void vi.unstubAllEnvs())

const doctor = ['doctor', '--channel', 'dev', '--timeout', '1']
const tail = ['tail', 'dev', '--no-follow', '--lines', '99', '--timeout', '1']
const send = ['send', 'dev', 'hello', '--timeout', '1', '--json']
const commands = [
  doctor,
  tail,
  send,
  [...doctor, '--json'],
  [...tail, '--json'],
  ['export', 'dev'],
  ['import', 'dev', 'package.json'],
]

// More than the answers have.
const fields = 100
const welcomeFields = 25 // before its limits

test('[cli] whatever a server answers, nothing unclean is printed', async () => {
  await using server = await HostileServer.start()
  const attacks = [null, 400, 401, 403, 404, 409, 429, 500, 'error', 'close'].map(
    refusal => ({ leaf: null, ...(refusal !== null && { refusal }) }) as Attack,
  )
  const runs = [
    ...attacks.flatMap(attack => commands.map(args => ({ attack, args }))),
    ...Array.from({ length: fields }, (_, leaf) => ({ attack: { leaf }, args: doctor })),
    ...Array.from({ length: welcomeFields }, (_, leaf) =>
      [tail, send].map(args => ({ attack: { leaf }, args })),
    ).flat(),
  ]
  const printed = await mapConcurrent(runs, 8, async run => {
    const [command = '', ...rest] = run.args
    // Some wait for an answer that never comes.
    const { out, err } = await runCircles(
      ['--url', server.urlFor(run.attack), command, ...rest],
      AbortSignal.timeout(1_000),
    )
    expect([uncleanIn(out), uncleanIn(err)], JSON.stringify([run, out, err])).toEqual([[], []])
    return out + err
  })
  expect(printed.filter(text => text.includes('evil')).length).toBeGreaterThan(20) // the attacks arrived
})

test('[cli] what the server answers to a watcher is printed clean', async () => {
  await using server = await HostileServer.start()
  await using folder = await makeFolder()
  await using stateFolder = await makeFolder()
  vi.stubEnv('XDG_STATE_HOME', stateFolder.root)
  const watch = [
    'watch',
    folder.root,
    '--workspace',
    'w',
    '--once',
    '--json',
    '--state',
    join(stateFolder.root, 'state'),
  ]
  await runCircles(['--url', server.urlFor({ leaf: -1 }), ...watch])
  for (const attack of [
    { leaf: 1 },
    { leaf: 2 },
    { leaf: null },
    { leaf: -1, refusal: 403 },
    { leaf: -1, refusal: 404 },
  ]) {
    await folder.write(`odd\u009b31m\u202e${attack.leaf}`, '')
    const { out, err } = await runCircles(['--url', server.urlFor(attack), ...watch])
    expect([uncleanIn(out), uncleanIn(err)]).toEqual([[], []])
  }
})

test('[cli] arguments are printed clean as well', async () => {
  for (const args of [['tail', 'a\u009b31m\u202e'], ['\u009b31m'], ['watch', '/no\u001b[2J', '--workspace', 'w']]) {
    const { err } = await runCircles(args)
    expect(uncleanIn(err)).toEqual([])
    expect(err).not.toBe('')
  }
})

test('[cli] one file prints, and it is made safe there', () => {
  const filesWith = (pattern: RegExp) =>
    readdirSync(join(sourceFolder, 'cli'), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .filter(path => pattern.test(readFileSync(join(sourceFolder, 'cli', path), 'utf8')))
  expect(filesWith(/console\.|std(out|err)\.write|styleText|\\x1b|\\u001b/)).toEqual(['terminal.ts'])
  // A program that is started prints by itself only if it is the deployment's own tool.
  expect(filesWith(/['"]inherit['"]/)).toEqual(['deploy/wrangler.ts'])
})
