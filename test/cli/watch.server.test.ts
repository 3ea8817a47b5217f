import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../support/server.ts'
import { openSocket, type Socket } from '../support/socket.ts'
import { circles, type Running, startCircles } from './circles.ts'
import { makeFolder, makeRepository, type TestFolder } from './fixtures.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

type Watch = AsyncDisposable & { program: Running; socket: Socket; env: Record<string, string> }

/** Starts `circles-rooms watch` on a folder, and a socket that receives what it publishes. */
async function startWatch(folder: TestFolder, workspace: string, ...options: string[]): Promise<Watch> {
  const stateFolder = await makeFolder()
  const env = { CIRCLES_URL: server.url, CIRCLES_NAME: 'watcher', XDG_STATE_HOME: stateFolder.root }
  const socket = await openSocket(server.ws(`/ws/workspaces/${workspace}?name=eve`), ['circles.v1'])
  const program = startCircles(['watch', folder.root, '--workspace', workspace, ...options], { env })
  await program.waitForError(/Watching /)
  return {
    program,
    socket,
    env,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      await socket.close()
      await stateFolder[Symbol.asyncDispose]()
    },
  }
}

type PublishedEvent = { type: string; seq: number; data: Record<string, unknown> & { path?: string } }

/** Receives events until one matches. Returns all of them. */
async function until({ socket }: Watch, matches: (event: PublishedEvent) => boolean): Promise<PublishedEvent[]> {
  const received: PublishedEvent[] = []
  for (;;) {
    const event = (await socket.next(frame => 'seq' in frame)) as unknown as PublishedEvent
    received.push(event)
    if (matches(event)) return received
  }
}

const names = (events: PublishedEvent[]) =>
  events.flatMap(({ type, data }) => (data.path === undefined ? [] : [`${type} ${data.path}`])).sort()
const gitWith = (wanted: Record<string, unknown>) => (event: PublishedEvent) =>
  event.type === 'git_status' &&
  Object.entries(wanted).every(([key, value]) => JSON.stringify(event.data[key]) === JSON.stringify(value))

test('[watch] edit, rename, delete, commit, branch, conflict and rebase are published as they happen', async () => {
  await using folder = await makeRepository({ 'a.txt': 'one\n', 'b.txt': 'b\n', '.gitignore': 'out/\n' })
  await using watch = await startWatch(folder, 'life')
  await until(watch, gitWith({ branch: 'main', changed: [] }))

  await folder.write('a.txt', 'two\n')
  await folder.write('out/ignored.txt', '')
  const edited = await until(watch, gitWith({ changed: ['a.txt'] }))
  expect(names(edited)).toEqual(['file_changed a.txt'])
  expect(edited[0]?.data).toMatchObject({ path: 'a.txt', size: 4, by: 'guest:watcher' })

  await folder.git('mv', 'b.txt', 'c.txt')
  expect(names(await until(watch, gitWith({ staged: ['c.txt'] })))).toEqual([
    'file_created c.txt',
    'file_deleted b.txt',
  ])

  await folder.git('commit', '--quiet', '--all', '--message', 'second')
  await until(watch, gitWith({ head: await folder.git('rev-parse', 'HEAD'), staged: [], changed: [] }))

  await folder.remove('c.txt')
  expect(names(await until(watch, gitWith({ changed: ['c.txt'] })))).toEqual(['file_deleted c.txt'])
  await folder.git('checkout', '--quiet', '--', '.')
  expect(names(await until(watch, gitWith({ changed: [] })))).toEqual(['file_created c.txt'])

  await folder.git('checkout', '--quiet', '-b', 'topic')
  await until(watch, gitWith({ branch: 'topic' }))
  await folder.write('a.txt', 'topic\n')
  await folder.git('commit', '--quiet', '--all', '--message', 'on topic')
  await folder.git('checkout', '--quiet', 'main')
  await folder.write('a.txt', 'main\n')
  await folder.git('commit', '--quiet', '--all', '--message', 'on main')
  await folder.git('merge', 'topic').catch(() => {})
  await until(watch, gitWith({ branch: 'main', conflicted: ['a.txt'] }))
  await folder.git('merge', '--abort')
  await until(watch, gitWith({ branch: 'main', conflicted: [] }))
  await folder.git('rebase', 'topic').catch(() => {})
  await until(watch, gitWith({ branch: null, conflicted: ['a.txt'] }))
  await folder.write('a.txt', 'both\n')
  await folder.git('add', 'a.txt')
  await folder.git('rebase', '--continue')
  await until(watch, gitWith({ branch: 'main', head: await folder.git('rev-parse', 'HEAD'), conflicted: [] }))
  expect([0, 130]).toContain(await watch.program.stop()) // 130: it was still looking for more, and was cut off after a second
})

test('[watch] a checkout of 1,000 files is a handful of frames', async () => {
  await using folder = await makeRepository()
  await folder.git('checkout', '--quiet', '-b', 'big')
  for (let index = 0; index < 1_000; index++) await folder.write(`src/${index}.txt`, `${index}\n`)
  await folder.git('add', '--all')
  await folder.git('commit', '--quiet', '--message', 'big')
  await folder.git('checkout', '--quiet', 'main')
  await using watch = await startWatch(folder, 'checkout')
  await until(watch, gitWith({ branch: 'main' }))
  const before = watch.socket.texts.length
  await folder.git('checkout', '--quiet', 'big')
  const paths = new Set<string>()
  let isOnBranch = false // git may have switched while the files are still being found
  const received = await until(watch, event => {
    if (event.data.path !== undefined) paths.add(event.data.path)
    isOnBranch ||= gitWith({ branch: 'big', changed: [] })(event)
    return isOnBranch && paths.size === 1_000
  })
  expect(received.map(({ seq }) => seq)).toEqual(received.map((_, index) => (received[0]?.seq ?? 0) + index))
  expect(watch.socket.texts.length - before).toBeLessThan(50)
})

test('[watch] changes while the server is down are published once when it is back', async () => {
  await using folder = await makeFolder()
  await folder.write('a.txt', 'a')
  await using other = await startServer()
  await using stateFolder = await makeFolder()
  const env = { CIRCLES_URL: other.url, CIRCLES_NAME: 'watcher', XDG_STATE_HOME: stateFolder.root }
  await using program = startCircles(['watch', folder.root, '--workspace', 'away', '--json'], { env })
  await program.waitForError(/Watching /)
  await other.kill9()
  await folder.write('a.txt', 'b')
  await program.waitForError(/Retrying/)
  await folder.write('new.txt', '')
  await other.start()
  expect(JSON.parse(await program.line())).toMatchObject({ type: 'file_changed', data: { path: 'a.txt' } })
  expect(JSON.parse(await program.line())).toMatchObject({ type: 'file_created', data: { path: 'new.txt' } })
  expect(await logOf(other, 'away')).toEqual(['file_changed a.txt', 'file_created new.txt'])
})

test('[watch] --once publishes what has changed since the last time, and exits', async () => {
  await using folder = await makeRepository()
  await using stateFolder = await makeFolder()
  const env = { CIRCLES_URL: server.url, XDG_STATE_HOME: stateFolder.root }
  const once = () => circles(['watch', folder.root, '--workspace', 'once', '--once', '--with-diff'], { env })
  expect(await once()).toMatchObject({ code: 0, out: expect.stringMatching(/^git: main at [0-9a-f]{7}\n$/) })
  expect(await once()).toEqual({ code: 0, out: '', err: '' })
  await folder.write('a.txt', 'two\n')
  await folder.write('key.txt', 'password = hunter22hunter22\n')
  const { code, out, err } = await once()
  expect({ code, out, err }).toEqual({
    code: 0,
    out: expect.stringMatching(/^~ a\.txt, \+ key\.txt, git: main at /),
    err: 'The diff of key.txt was not sent: it looks secret.\n',
  })
  const events = await eventsOf(server, 'once')
  expect(events.map(({ data }) => data.diff !== undefined)).toEqual([false, true, false, false])
})

test('[watch] a new client sees the state of the workspace', async () => {
  await using folder = await makeRepository()
  await using watch = await startWatch(folder, 'welcome')
  await until(watch, gitWith({ branch: 'main' }))
  await folder.write('b.txt', 'b')
  await until(watch, gitWith({ untracked: ['b.txt'] }))
  const client = await openSocket(server.ws('/ws/workspaces/welcome'), ['circles.v1'])
  const welcome = await client.next(({ type }) => type === 'welcome')
  await client.close()
  expect((welcome.data as { workspace: unknown }).workspace).toMatchObject({
    git: { branch: 'main', untracked: ['b.txt'] },
    files: [{ path: 'b.txt', change: 'created', size: 1, by: 'guest:watcher' }],
  })
})

async function eventsOf({ url }: Server, workspace: string): Promise<PublishedEvent[]> {
  const response = await fetch(`${url}/api/workspaces/${workspace}/events?after=0&limit=200`)
  return ((await response.json()) as { events: PublishedEvent[] }).events
}

async function logOf(from: Server, workspace: string): Promise<string[]> {
  return names(await eventsOf(from, workspace))
}
