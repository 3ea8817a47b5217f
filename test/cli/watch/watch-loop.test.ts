import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { runWatchLoop } from '../../../src/cli/watch/watch-loop.ts'
import { makeFolder, makeRepository, type TestFolder } from '../fixtures.ts'
import { watchOf } from './publisher.ts'

afterEach(() => void vi.unstubAllEnvs())

/** Runs the loop on a folder. `until` resolves with all names that were published, once one of them is this. */
async function startLoop(folder: TestFolder, below = '') {
  const control = new AbortController()
  const ready = Promise.withResolvers<void>()
  const watched = { ...folder, root: join(folder.root, below) }
  const watch = await watchOf(watched)
  const names: string[] = []
  let changed = Promise.withResolvers<void>()
  const loop = runWatchLoop({
    folder: watch.folder,
    publisher: watch.publisher,
    onPublished(published) {
      names.push(...published.flatMap(({ type, data }) => (type === 'git_status' ? [] : [`${type} ${data.path}`])))
      changed.resolve()
      changed = Promise.withResolvers()
    },
    onReady: ready.resolve,
    signal: control.signal,
  })
  await ready.promise
  return {
    async until(name: string) {
      while (!names.includes(name)) await changed.promise
      return names.splice(0).sort()
    },
    async [Symbol.asyncDispose]() {
      control.abort()
      await loop
    },
  }
}

test('[watch] what git ignores is not published while watching, also in a folder that is new', async () => {
  await using folder = await makeRepository({ '.gitignore': 'dist/\n*.log\n', 'app/a.ts': '' })
  await using loop = await startLoop(folder, 'app')
  await folder.write('app/dist/deep/out.js', '1')
  await folder.write('app/x.log', '1')
  await folder.write('app/b.ts', '1')
  expect(await loop.until('file_created b.ts')).toEqual(['file_created b.ts'])
  await folder.write('app/dist/deep/out.js', '2')
  await folder.write('app/c.ts', '1')
  expect(await loop.until('file_created c.ts')).toEqual(['file_created c.ts'])
})

test('[watch] a changed rule takes effect at once, wherever it stands', async () => {
  await using home = await makeFolder()
  vi.stubEnv('HOME', home.root)
  vi.stubEnv('XDG_CONFIG_HOME', join(home.root, 'config'))
  await mkdir(join(home.root, 'config/git'), { recursive: true })
  await using folder = await makeRepository({ '.gitignore': 'one/\n', 'app/a.ts': '', 'app/lib/.gitignore': 'four/\n' })
  await folder.write('.git/info/exclude', 'two/\n')
  await home.write('config/git/ignore', 'three/\n')
  for (const name of ['one', 'two', 'three', 'lib/four']) await folder.write(`app/${name}/x.ts`, '1')
  await using loop = await startLoop(folder, 'app')
  await folder.write('.gitignore', '')
  await loop.until('file_created one/x.ts')
  await folder.write('.git/info/exclude', '')
  await loop.until('file_created two/x.ts')
  await home.write('config/git/ignore', '')
  await loop.until('file_created three/x.ts')
  await folder.write('app/lib/.gitignore', '\n')
  await loop.until('file_created lib/four/x.ts')
  for (const name of ['one', 'two', 'three', 'lib/four']) {
    await folder.write(`app/${name}/x.ts`, '22')
    expect(await loop.until(`file_changed ${name}/x.ts`)).toEqual([`file_changed ${name}/x.ts`])
  }
})

test('[watch] a file that git tracks from now on is published, although a rule ignores its folder', async () => {
  await using folder = await makeRepository({ '.gitignore': 'dist/\n' })
  await folder.write('dist/index.js', '1')
  await folder.write('dist/map.js', '1')
  await using loop = await startLoop(folder)
  await folder.git('add', '--force', 'dist/index.js')
  expect(await loop.until('file_created dist/index.js')).toEqual(['file_created dist/index.js'])
  await folder.write('dist/map.js', '22')
  await folder.write('dist/index.js', '22')
  expect(await loop.until('file_changed dist/index.js')).toEqual(['file_changed dist/index.js'])
})
