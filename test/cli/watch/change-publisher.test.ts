import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstBatch } from '../../../src/cli/watch/change-publisher.ts'
import { loadState, saveState } from '../../../src/cli/watch/watch-state.ts'
import type { Publication } from '../../../src/protocol/commands/publish-schema.ts'
import { makeFolder, makeRepository } from '../fixtures.ts'
import { watchOf } from './publisher.ts'

test('[watch] files that are there at first are not published; later changes are', async () => {
  await using folder = await makeFolder()
  await folder.write('a.txt', 'a')
  await folder.write('b.txt', 'b')
  const watch = await watchOf(folder)
  expect(await watch.publish()).toEqual([])
  await folder.write('a.txt', 'A!')
  await folder.remove('b.txt')
  await folder.write('c.txt', 'c')
  expect(await watch.publish()).toEqual(['file_changed a.txt', 'file_deleted b.txt', 'file_created c.txt'])
  expect(watch.batches.flat()[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    type: 'file_changed',
    data: {
      path: 'a.txt',
      size: 2,
      sha256: createHash('sha256').update('A!').digest('hex'),
      mtime: '2023-11-14T22:13:23.000Z',
    },
  })
  expect(await watch.publish()).toEqual([])
})

test('[watch] a file that was only touched did not change', async () => {
  await using folder = await makeFolder()
  await folder.write('a.txt', 'a')
  const watch = await watchOf(folder)
  await folder.write('a.txt', 'a')
  expect(await watch.publish()).toEqual([])
})

test('[watch] a rename is one file deleted, and another with the same content created', async () => {
  await using folder = await makeRepository({ 'old.txt': 'text\n' })
  const watch = await watchOf(folder)
  await watch.publish()
  await folder.git('mv', 'old.txt', 'new.txt')
  expect(await watch.publish()).toEqual(['file_created new.txt', 'file_deleted old.txt', 'git main 1/0/0/0'])
})

test('[watch] a commit and a branch change no file, and are published', async () => {
  await using folder = await makeRepository()
  const watch = await watchOf(folder)
  expect(await watch.publish()).toEqual(['git main 0/0/0/0'])
  await folder.git('checkout', '--quiet', '-b', 'topic')
  expect(await watch.publish()).toEqual(['git topic 0/0/0/0'])
  await folder.git('commit', '--quiet', '--allow-empty', '--message', 'second')
  expect(await watch.publish()).toEqual(['git topic 0/0/0/0'])
  expect(watch.batches.flat().at(-1)?.data).toMatchObject({ head: await folder.git('rev-parse', 'HEAD') })
})

test('[watch] a checkout of 1,000 files goes out in 11 batches, and git comes last', async () => {
  await using folder = await makeRepository()
  await folder.git('checkout', '--quiet', '-b', 'big')
  for (let index = 0; index < 1_000; index++) await folder.write(`src/${index}.txt`, `${index}\n`)
  await folder.git('add', '--all')
  await folder.git('commit', '--quiet', '--message', 'big')
  await folder.git('checkout', '--quiet', 'main')
  const watch = await watchOf(folder)
  await watch.publish()
  watch.batches.length = 0
  await folder.git('checkout', '--quiet', 'big')
  expect((await watch.publish()).length).toBe(1_001)
  expect(watch.batches.map(batch => batch.length)).toEqual([...Array(10).fill(100), 1])
  expect(watch.batches.at(-1)?.[0]?.type).toBe('git_status')
})

test('[watch] events that could not be published go later under the same ids, and later changes once', async () => {
  await using folder = await makeFolder()
  const watch = await watchOf(folder)
  await folder.write('a.txt', 'a')
  watch.network.up = false
  await expect(watch.publish()).rejects.toThrow('offline')
  const [interrupted] = watch.saved.at(-1)?.outgoing ?? []
  for (const text of ['b', 'c', 'd']) await folder.write('b.txt', text)
  await folder.write('a.txt', 'aa')

  // The program is started again, from the state that it saved.
  const state = watch.saved.at(-1)
  if (state === undefined) throw new Error('no state was saved')
  const again = await watchOf(folder, { state })
  expect(await again.publish()).toEqual(['file_created a.txt', 'file_changed a.txt', 'file_created b.txt'])
  expect(again.batches[0]?.[0]?.id).toBe(interrupted?.id)
})

test('[watch] changes while no watcher ran are published when one runs again', async () => {
  await using folder = await makeRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
  await using stateFolder = await makeFolder()
  const file = join(stateFolder.root, 'deep/state.json')
  const watch = await watchOf(folder)
  await watch.publish()
  await saveState(file, watch.state)
  await folder.write('a.txt', 'A\n')
  await folder.git('rm', '--quiet', 'b.txt')
  const state = await loadState(file)
  if (state === null) throw new Error('no state was loaded')
  const again = await watchOf(folder, { state })
  expect(await again.publish()).toEqual(['file_changed a.txt', 'file_deleted b.txt', 'git main 1/1/0/0'])
})

test('[watch] an invalid state file is an error, and is not overwritten', async () => {
  await using stateFolder = await makeFolder()
  await stateFolder.write('state.json', '{"version":1,"files":[[1]]}')
  await expect(loadState(join(stateFolder.root, 'state.json'))).rejects.toThrow(/is not a state file/)
  expect(await loadState(join(stateFolder.root, 'none.json'))).toBeNull()
})

test('[watch] a file that is ignored from now on is no longer published', async () => {
  await using folder = await makeFolder()
  await folder.write('a.log', 'a')
  const watch = await watchOf(folder)
  await folder.write('.gitignore', '*.log')
  await folder.write('a.log', 'b')
  expect(await watch.publish()).toEqual(['file_created .gitignore'])
})

test('[watch] diffs are not published unless they are asked for', async () => {
  await using folder = await makeRepository()
  const watch = await watchOf(folder)
  await folder.write('a.txt', 'two\n')
  await watch.publish()
  expect(JSON.stringify(watch.batches)).not.toContain('two')
})

test('[watch] diffs are unified, also of new files, but not of files that are binary, long or look secret', async () => {
  await using folder = await makeRepository({ 'a.txt': 'one\n', 'b.txt': 'b\n', 'c.txt': 'c\n', '.env': 'A=b\n' })
  const watch = await watchOf(folder, { withDiff: true })
  await folder.write('a.txt', 'two\n')
  await folder.write('b.txt', `${'long\n'.repeat(4_000)}`)
  await folder.write('c.txt', 'const key = "AKIAIOSFODNN7EXAMPLE"\n')
  await folder.write('.env', 'A=c\n')
  await folder.write('image.png', '\u0000\u0001\u0002')
  await folder.write('new.txt', 'new\n')
  await watch.publish()
  const diffs = watch.batches
    .flat()
    .flatMap(({ type, data }) => (type === 'git_status' ? [] : [[data.path, data.diff]]))
  expect(Object.fromEntries(diffs)).toEqual({
    '.env': undefined,
    'a.txt': expect.stringMatching(/^diff --git [\s\S]*\n@@ -1 \+1 @@\n-one\n\+two\n$/),
    'b.txt': undefined,
    'c.txt': undefined,
    'image.png': undefined,
    'new.txt': expect.stringMatching(/\n@@ -0,0 \+1 @@\n\+new\n$/),
  })
  expect(watch.withheld.sort()).toEqual(['.env: it looks secret', 'b.txt: it is too large', 'c.txt: it looks secret'])
})

test('[watch] a batch is small enough for one request, however large its diffs', () => {
  const large = (id: string): Publication => ({
    id,
    type: 'file_changed',
    data: { path: 'a.txt', diff: '€'.repeat(5_000) },
  })
  const outgoing = Array.from({ length: 40 }, (_, index) => large(`e${index}`))
  const batch = firstBatch(outgoing)
  expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(262_144)
  expect(batch.length).toBeGreaterThan(5)
})

test('[watch] of a file that holds secrets, neither its size nor its hash is published or kept', async () => {
  await using folder = await makeFolder()
  await using stateFolder = await makeFolder()
  const file = join(stateFolder.root, 'state.json')
  const watch = await watchOf(folder, { withDiff: true })
  await folder.write('.env', 'PIN=1234\n')
  expect(await watch.publish()).toEqual(['file_created .env'])
  expect(watch.published[0]?.data).toEqual({ path: '.env', mtime: '2023-11-14T22:13:21.000Z' })
  await saveState(file, watch.state)
  expect(await readFile(file, 'utf8')).not.toMatch(/[0-9a-f]{64}/)
  await folder.write('.env', 'PIN=12345\n')
  expect(await watch.publish()).toEqual(['file_changed .env'])
  expect(watch.published[1]?.data).toEqual({ path: '.env', mtime: '2023-11-14T22:13:22.000Z' })
  expect(await watch.publish()).toEqual([])
})

test('[watch] the state of the first version is read, without what it kept of secrets', async () => {
  await using folder = await makeRepository({ 'a.txt': 'a\n', '.gitignore': 'plan.md\n' })
  await using stateFolder = await makeFolder()
  const file = join(stateFolder.root, 'state.json')
  await folder.write('.env', 'PIN=1234\n')
  await folder.write('plan.md', 'plan\n')
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const mtime = '2023-11-14T22:13:23.000Z'
  const event = (id: string, path: string, text: string, diff?: string) => ({
    id,
    type: 'file_created',
    data: { path, size: text.length, sha256: sha256(text), mtime, ...(diff && { diff }) },
  })
  const outgoing = [
    event('e1', '.env', 'PIN=1234\n'),
    event('e2', 'plan.md', 'plan\n', '+plan\n'),
    event('e3', 'a.txt', 'a\n', '+PIN=1234\n'),
  ]
  const files = [
    ['old.pem', 1, 2, sha256('x')],
    ['old.txt', 3, 4, sha256('y')],
  ]
  await stateFolder.write('state.json', JSON.stringify({ version: 1, files, git: null, outgoing }))
  const state = await loadState(file)
  expect(state?.files).toEqual(
    new Map([
      ['old.pem', { size: 1, mtime: 2, sha256: null }],
      ['old.txt', { size: 3, mtime: 4, sha256: sha256('y') }],
    ]),
  )
  const watch = await watchOf(folder, { ...(state !== null && { state }) })
  await watch.publish()
  expect(watch.batches[0]).toEqual([
    { id: 'e1', type: 'file_created', data: { path: '.env', mtime } },
    { id: 'e3', type: 'file_created', data: { path: 'a.txt', size: 2, sha256: sha256('a\n'), mtime } },
  ])
  expect(JSON.stringify(watch.batches)).not.toContain('plan')
})

test('[watch] an event of a file that is ignored by now is not sent again', async () => {
  await using folder = await makeRepository()
  const watch = await watchOf(folder)
  await folder.write('salaries.csv', 'ada,1\n')
  watch.network.up = false
  await expect(watch.publish()).rejects.toThrow('offline')
  await folder.write('.gitignore', '*.csv\n')
  watch.network.up = true
  await watch.publish()
  expect(JSON.stringify(watch.published.filter(({ type }) => type !== 'git_status'))).not.toContain('salaries')
})
