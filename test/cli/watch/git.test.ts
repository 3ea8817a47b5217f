import { stat, utimes } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Repository } from '../../../src/cli/watch/git.ts'
import { makeFolder, makeRepository, type TestFolder } from '../fixtures.ts'

const empty = { ahead: 0, behind: 0, staged: [], changed: [], untracked: [], conflicted: [] }

async function statusOf(folder: TestFolder, below = '') {
  const repository = await Repository.at(folder.root + below)
  if (repository === null) throw new Error('the folder is not a repository')
  const status = await repository.status()
  if (status === null) throw new Error('git gave no status')
  return status
}
const headOf = (folder: TestFolder) => folder.git('rev-parse', 'HEAD')

test('[watch] a clean repository', async () => {
  await using folder = await makeRepository()
  expect(await statusOf(folder)).toEqual({ branch: 'main', head: await headOf(folder), ...empty })
})

test('[watch] before the first commit there is a branch and no head', async () => {
  await using folder = await makeFolder()
  await folder.git('init', '--quiet', '--initial-branch=main')
  await folder.write('a.txt', '')
  expect(await statusOf(folder)).toEqual({ branch: 'main', head: null, ...empty, untracked: ['a.txt'] })
})

test('[watch] edits, new files, deletions and renames are listed as git lists them', async () => {
  await using folder = await makeRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', 'd.txt': 'dddd\n' })
  await folder.write('a.txt', 'A\n')
  await folder.write('b.txt', 'B\n')
  await folder.git('add', 'b.txt')
  await folder.write('b.txt', 'BB\n')
  await folder.remove('c.txt')
  await folder.git('mv', 'd.txt', 'e.txt')
  await folder.write('new dir/ünï.txt', '')
  expect(await statusOf(folder)).toEqual({
    branch: 'main',
    head: await headOf(folder),
    ...empty,
    staged: ['b.txt', 'e.txt'],
    changed: ['a.txt', 'b.txt', 'c.txt'],
    untracked: ['new dir/ünï.txt'],
  })
})

test('[watch] ahead of and behind an upstream', async () => {
  await using upstream = await makeRepository()
  await using folder = await makeFolder()
  await folder.git('clone', '--quiet', upstream.root, '.')
  await folder.write('b.txt', '')
  await folder.git('add', '--all')
  await folder.git('commit', '--quiet', '--message', 'mine')
  await upstream.git('commit', '--quiet', '--allow-empty', '--message', 'theirs')
  await upstream.git('commit', '--quiet', '--allow-empty', '--message', 'theirs again')
  await folder.git('fetch', '--quiet')
  expect(await statusOf(folder)).toMatchObject({ branch: 'main', upstream: 'origin/main', ahead: 1, behind: 2 })
})

test('[watch] a merge conflict lists its files under conflicted only', async () => {
  await using folder = await makeDivergence()
  await folder.git('merge', 'other').catch(() => {})
  expect(await statusOf(folder)).toEqual({
    branch: 'main',
    head: await headOf(folder),
    ...empty,
    conflicted: ['a.txt'],
  })
})

test('[watch] during a rebase conflict there is no branch; afterwards there is again', async () => {
  await using folder = await makeDivergence()
  await folder.git('rebase', 'other').catch(() => {})
  expect(await statusOf(folder)).toMatchObject({ branch: null, conflicted: ['a.txt'] })
  await folder.write('a.txt', 'both\n')
  await folder.git('add', 'a.txt')
  await folder.git('rebase', '--continue')
  expect(await statusOf(folder)).toEqual({ branch: 'main', head: await headOf(folder), ...empty })
})

test('[watch] a detached head is on no branch', async () => {
  await using folder = await makeRepository()
  await folder.git('checkout', '--quiet', '--detach')
  expect(await statusOf(folder)).toEqual({ branch: null, head: await headOf(folder), ...empty })
})

test('[watch] the status of a folder below the root has its own files, by relative paths', async () => {
  await using folder = await makeRepository({ 'app/a.txt': 'a\n', 'other/b.txt': 'b\n' })
  await folder.write('app/a.txt', 'A\n')
  await folder.write('other/b.txt', 'B\n')
  expect(await statusOf(folder, '/app')).toMatchObject({ changed: ['a.txt'] })
})

test('[watch] long lists are cut, and the rest is counted', async () => {
  await using folder = await makeRepository()
  for (let index = 0; index < 203; index++) await folder.write(`new/${index}.txt`, '')
  const { untracked, more } = await statusOf(folder)
  expect([untracked.length, more]).toEqual([200, 3])
})

test('[watch] reading the status does not refresh the index, which would trigger another read', async () => {
  await using folder = await makeRepository()
  await utimes(`${folder.root}/a.txt`, 1_600_000_000, 1_600_000_000) // touched, so git would refresh its index
  const before = await stat(`${folder.root}/.git/index`)
  await statusOf(folder)
  expect((await stat(`${folder.root}/.git/index`)).mtimeMs).toBe(before.mtimeMs)
})

test('[watch] git’s own folders are found, also from a subfolder and from a linked working tree', async () => {
  await using folder = await makeRepository({ 'app/a.txt': '' })
  await using other = await makeFolder()
  await folder.git('worktree', 'add', '--quiet', `${other.root}/tree`)
  expect((await Repository.at(folder.root))?.folders).toEqual([`${folder.root}/.git`])
  expect((await Repository.at(`${folder.root}/app`))?.folders).toEqual([`${folder.root}/.git`])
  const linked = await Repository.at(`${other.root}/tree`)
  expect(linked?.folders).toEqual([`${folder.root}/.git/worktrees/tree`, `${folder.root}/.git`])
})

test('[watch] a folder that is no repository has no git status', async () => {
  await using folder = await makeFolder()
  expect(await Repository.at(folder.root)).toBeNull()
})

/** Makes a repository whose branches `main` and `other` differ in the same line. */
async function makeDivergence(): Promise<TestFolder> {
  const folder = await makeRepository()
  await folder.git('checkout', '--quiet', '-b', 'other')
  await folder.write('a.txt', 'theirs\n')
  await folder.git('commit', '--quiet', '--all', '--message', 'theirs')
  await folder.git('checkout', '--quiet', 'main')
  await folder.write('a.txt', 'ours\n')
  await folder.git('commit', '--quiet', '--all', '--message', 'ours')
  return folder
}
