import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ChangePublisher, firstBatch } from '../../../src/cli/watch/change-publisher.ts'
import { Repository } from '../../../src/cli/watch/git.ts'
import { loadState, saveState, type WatchState } from '../../../src/cli/watch/watch-state.ts'
import { listPaths, takeBaseline } from '../../../src/cli/watch/workspace-folder.ts'
import type { Publication } from '../../../src/protocol/publish-schema.ts'
import { aFolder, aRepository, type TestFolder } from '../fixtures.ts'

const silent = { at: () => {}, end: () => {} }

/** A folder that is watched, and what a workspace was told of it. */
async function aWatch(folder: TestFolder, options: { withDiff?: boolean; memory?: WatchState } = {}) {
  const memory = options.memory ?? (await takeBaseline({ root: folder.root, patterns: [] }, silent))
  const batches: Publication[][] = []
  const withheld: string[] = []
  const saved: WatchState[] = []
  const network = { up: true }
  const teller = new ChangePublisher({
    root: folder.root,
    memory,
    repository: await Repository.at(folder.root),
    withDiff: options.withDiff ?? false,
    save: async memory => void saved.push(structuredClone(memory)),
    async publish(batch) {
      if (!network.up) throw new Error('offline')
      batches.push(batch)
    },
    withheld: (path, why) => withheld.push(`${path}: ${why}`),
  })
  return {
    memory,
    batches,
    withheld,
    saved,
    network,
    async look() {
      const told = await teller.tell(await listPaths({ root: folder.root, patterns: [] }, memory))
      return told.map(short)
    },
    tell: () => listPaths({ root: folder.root, patterns: [] }, memory).then(paths => teller.tell(paths)),
  }
}

function short(publication: Publication): string {
  if (publication.type !== 'git_status') return `${publication.type} ${publication.data.path}`
  const { branch, staged, changed, untracked, conflicted } = publication.data
  return `git ${branch} ${staged.length}/${changed.length}/${untracked.length}/${conflicted.length}`
}

test('[watch] what is there at first is no news; what happens to it then is', async () => {
  await using folder = await aFolder()
  await folder.write('a.txt', 'a')
  await folder.write('b.txt', 'b')
  const watch = await aWatch(folder)
  expect(await watch.look()).toEqual([])
  await folder.write('a.txt', 'A!')
  await folder.remove('b.txt')
  await folder.write('c.txt', 'c')
  expect(await watch.look()).toEqual(['file_changed a.txt', 'file_deleted b.txt', 'file_created c.txt'])
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
  expect(await watch.look()).toEqual([])
})

test('[watch] a file that was only touched did not change', async () => {
  await using folder = await aFolder()
  await folder.write('a.txt', 'a')
  const watch = await aWatch(folder)
  await folder.write('a.txt', 'a')
  expect(await watch.look()).toEqual([])
})

test('[watch] a rename is one file gone and another, of the same content, there', async () => {
  await using folder = await aRepository({ 'old.txt': 'text\n' })
  const watch = await aWatch(folder)
  await watch.look()
  await folder.git('mv', 'old.txt', 'new.txt')
  expect(await watch.look()).toEqual(['file_created new.txt', 'file_deleted old.txt', 'git main 1/0/0/0'])
})

test('[watch] a commit and a branch change no file, and are told', async () => {
  await using folder = await aRepository()
  const watch = await aWatch(folder)
  expect(await watch.look()).toEqual(['git main 0/0/0/0'])
  await folder.git('checkout', '--quiet', '-b', 'topic')
  expect(await watch.look()).toEqual(['git topic 0/0/0/0'])
  await folder.git('commit', '--quiet', '--allow-empty', '--message', 'second')
  expect(await watch.look()).toEqual(['git topic 0/0/0/0'])
  expect(watch.batches.flat().at(-1)?.data).toMatchObject({ head: await folder.git('rev-parse', 'HEAD') })
})

test('[watch] a checkout of 1,000 files goes out in 11 batches, and git comes last', async () => {
  await using folder = await aRepository()
  await folder.git('checkout', '--quiet', '-b', 'big')
  for (let index = 0; index < 1_000; index++) await folder.write(`src/${index}.txt`, `${index}\n`)
  await folder.git('add', '--all')
  await folder.git('commit', '--quiet', '--message', 'big')
  await folder.git('checkout', '--quiet', 'main')
  const watch = await aWatch(folder)
  await watch.look()
  watch.batches.length = 0
  await folder.git('checkout', '--quiet', 'big')
  expect((await watch.look()).length).toBe(1_001)
  expect(watch.batches.map(batch => batch.length)).toEqual([...Array(10).fill(100), 1])
  expect(watch.batches.at(-1)?.[0]?.type).toBe('git_status')
})

test('[watch] what could not be told is told later under the same ids, and what happened meanwhile once', async () => {
  await using folder = await aFolder()
  const watch = await aWatch(folder)
  await folder.write('a.txt', 'a')
  watch.network.up = false
  await expect(watch.tell()).rejects.toThrow('offline')
  const [frozen] = watch.saved.at(-1)?.outgoing ?? []
  for (const text of ['b', 'c', 'd']) await folder.write('b.txt', text)
  await folder.write('a.txt', 'aa')

  // The program is started anew, from what it had saved.
  const memory = watch.saved.at(-1)
  if (memory === undefined) throw new Error('it saved before it told')
  const again = await aWatch(folder, { memory })
  expect(await again.look()).toEqual(['file_created a.txt', 'file_changed a.txt', 'file_created b.txt'])
  expect(again.batches[0]?.[0]?.id).toBe(frozen?.id)
})

test('[watch] what happened while nobody watched is told when somebody does again', async () => {
  await using folder = await aRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
  await using place = await aFolder()
  const file = join(place.root, 'deep/state.json')
  const watch = await aWatch(folder)
  await watch.look()
  await saveState(file, watch.memory)
  await folder.write('a.txt', 'A\n')
  await folder.git('rm', '--quiet', 'b.txt')
  const memory = await loadState(file)
  if (memory === null) throw new Error('it was remembered')
  const again = await aWatch(folder, { memory })
  expect(await again.look()).toEqual(['file_changed a.txt', 'file_deleted b.txt', 'git main 1/1/0/0'])
})

test('[watch] a state file that is none is said so, and not overwritten', async () => {
  await using place = await aFolder()
  await place.write('state.json', '{"version":1,"files":[[1]]}')
  await expect(loadState(join(place.root, 'state.json'))).rejects.toThrow(/begins anew/)
  expect(await loadState(join(place.root, 'none.json'))).toBeNull()
})

test('[watch] a file that is left out from now on is heard of no more', async () => {
  await using folder = await aFolder()
  await folder.write('a.log', 'a')
  const watch = await aWatch(folder)
  await folder.write('.gitignore', '*.log')
  await folder.write('a.log', 'b')
  expect(await watch.look()).toEqual(['file_created .gitignore'])
})

test('[watch] contents are not told unless they are asked for', async () => {
  await using folder = await aRepository()
  const watch = await aWatch(folder)
  await folder.write('a.txt', 'two\n')
  await watch.look()
  expect(JSON.stringify(watch.batches)).not.toContain('two')
})

test('[watch] with diffs: unified, also of new files, but not of what is binary, long or looks secret', async () => {
  await using folder = await aRepository({ 'a.txt': 'one\n', 'b.txt': 'b\n', 'c.txt': 'c\n', '.env': 'A=b\n' })
  const watch = await aWatch(folder, { withDiff: true })
  await folder.write('a.txt', 'two\n')
  await folder.write('b.txt', `${'long\n'.repeat(4_000)}`)
  await folder.write('c.txt', 'const key = "AKIAIOSFODNN7EXAMPLE"\n')
  await folder.write('.env', 'A=c\n')
  await folder.write('image.png', '\u0000\u0001\u0002')
  await folder.write('new.txt', 'new\n')
  await watch.look()
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
  expect(watch.withheld.sort()).toEqual(['.env: secret', 'b.txt: too large', 'c.txt: secret'])
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
