import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment, node, root, tool } from '../../scripts/toolchain.mjs'

// The tests of rooms, of what is around them, and of servers that are killed, a third time: with every socket behind a relay
// (`CIRCLES_BEHIND_RELAYS=1`). What differs, and why it may, is listed here; everything else is the same.

const suites = {
  node: ['test/rooms', 'test/agents', 'test/seams', 'test/server', 'test/protocol/events', 'test/deployment'],
  workerd: [
    'test/rooms/log',
    'test/rooms/faults',
    'test/rooms/object',
    'test/rooms/turns',
    'test/http/routes',
    'test/deployment',
  ],
  server: ['test/chaos/kill', 'test/chaos/deploy', 'test/fuzz', 'test/http/routes/stream', 'test/cli/send-tail'],
}
type Project = keyof typeof suites

/** Those that run. The others take five minutes: `RELAY_SUITES=node,workerd,server npm run test:full`. */
const projects = (process.env.RELAY_SUITES ?? 'node').split(',') as Project[]

/** Tests that find something else behind relays, by the beginning of their names, and why they may. */
const different: { [Name in Project]: Record<string, string> } = {
  node: {
    'a component receives the bytes of a session': 'bytes are of documents, which have no relays',
    'bytes in one group with text arrive as they are': 'the same',
    'an outcome leads to the same bytes in the object and in the tests’ room':
      'it gives the room connections of its own',
  },
  workerd: {
    '[H3] an alarm that throws is set again': 'a circle sets no alarm for members of relays, which look after them',
    '[H3] [T3] an object that starts without an alarm': 'the same',
    '[H3] an alarm is set while a native socket is open': 'the same',
    '[H3] the alarm of a hibernated circle closes nobody': 'the same',
    '[E3] five of fifty stop reading': 'it counts what is buffered at the circle, and that is at the relay',
  },
  server: { '[cli] doctor reports what works': 'it names the relay of its socket, and those of the circle' },
}

type Report = {
  numTotalTests: number
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[]
}

let scratch: string
const reports = new Map<Project, Report>()

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'circles-behind-relays-'))
  for (const project of projects) reports.set(project, await run(project))
}, 1_800_000)
afterAll(() => rm(scratch, { recursive: true, force: true }))

/** Runs the tests of a project in a process of its own. */
async function run(project: Project): Promise<Report> {
  const file = join(scratch, `${project}.json`)
  const vitest = [node, tool('vitest', 'vitest.mjs'), 'run', '--project', project, ...suites[project]]
  const killOnExit = join(root, 'test/support/kill-on-exit.mjs')
  const child = spawn(node, [killOnExit, ...vitest, '--reporter=json', `--outputFile=${file}`], {
    cwd: root,
    env: environment({ CIRCLES_BEHIND_RELAYS: '1' }),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  await once(child, 'close')
  return JSON.parse(await readFile(file, 'utf8')) as Report
}

describe.each(projects)('%s, behind relays', project => {
  const reasons = Object.keys(different[project])
  const failed = () =>
    (reports.get(project)?.testResults ?? []).flatMap(({ name, status, assertionResults }) => {
      const file = relative(root, name)
      if (status === 'failed' && assertionResults.length === 0) return [`${file} did not load`]
      return assertionResults.filter(one => one.status === 'failed').map(({ fullName }) => fullName)
    })

  test('nothing differs but what is listed', () => {
    expect(reports.get(project)?.numTotalTests).toBeGreaterThan(15)
    expect(failed().filter(name => !reasons.some(reason => name.startsWith(reason)))).toEqual([])
  })

  test('everything that is listed differs', () => {
    expect(reasons.filter(reason => !failed().some(name => name.startsWith(reason)))).toEqual([])
  })
})
