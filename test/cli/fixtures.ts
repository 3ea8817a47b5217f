import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A temporary folder; it is deleted when the test ends. */
export type TestFolder = AsyncDisposable & {
  root: string
  /** Writes a file, with a modification time later than that of every file written before. */
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
  /** Runs git in the folder, without this machine's configuration. */
  git(...args: string[]): Promise<string>
}

/** Makes an empty folder. */
export async function makeFolder(): Promise<TestFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'circles-folder-')))
  let writes = 0
  return {
    root,
    async write(path, text) {
      const absolute = join(root, path)
      await mkdir(dirname(absolute), { recursive: true })
      // In one step: a watcher that looks meanwhile finds neither an empty file nor another time.
      writes += 1
      const prepared = `${root}.${writes}`
      await writeFile(prepared, text)
      // Long ago, and each later than the one before, so that nothing depends on the clock of this file system.
      await utimes(prepared, 1_700_000_000 + writes, 1_700_000_000 + writes)
      await rename(prepared, absolute)
    },
    remove: path => rm(join(root, path), { recursive: true }),
    async git(...args) {
      const { PATH = '' } = process.env
      const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
      const env = { PATH, HOME: root, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' }
      const { stdout } = await run('git', [...author, ...args], { cwd: root, env })
      return stdout.trim()
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** Makes a git repository with one commit of `files` on `main`. */
export async function makeRepository(files: Record<string, string> = { 'a.txt': 'one\n' }): Promise<TestFolder> {
  const folder = await makeFolder()
  await folder.git('init', '--quiet', '--initial-branch=main')
  for (const [path, text] of Object.entries(files)) await folder.write(path, text)
  await folder.git('add', '--all')
  await folder.git('commit', '--quiet', '--message', 'first')
  return folder
}
