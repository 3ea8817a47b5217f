import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Repository } from '../../../src/cli/watch/git.ts'
import { readTree } from '../../../src/cli/watch/tree.ts'
import { makeRepository, type TestFolder } from '../fixtures.ts'

// Which files are published is git's decision, wherever its rules come from and however they are written.

const asGit = async (folder: TestFolder, below = '') =>
  (await folder.git('-C', join(folder.root, below), 'ls-files', '--cached', '--others', '--exclude-standard'))
    .split('\n')
    .sort()

test('[watch] rules above the folder that is watched apply to it', async () => {
  await using folder = await makeRepository({ '.gitignore': 'dist/\n', 'packages/app/a.ts': '' })
  await folder.write('packages/app/dist/out.js', '')
  const { paths } = await readTree(join(folder.root, 'packages/app'), [])
  expect(paths.sort()).toEqual(await asGit(folder, 'packages/app'))
})

test('[watch] a file that git tracks is published, whatever the rules say', async () => {
  await using folder = await makeRepository({ 'dist/index.js': '1\n' })
  await folder.write('.gitignore', 'dist/\n')
  expect((await readTree(folder.root, [])).paths.sort()).toEqual(await asGit(folder))
})

test('[watch] rules match names in the case they are written in', async () => {
  await using folder = await makeRepository({ '.gitignore': 'build/\n' })
  await folder.write('Build/readme.md', '')
  expect((await readTree(folder.root, [])).paths.sort()).toEqual(await asGit(folder))
})

test('[watch] a byte order mark is no part of the first rule', async () => {
  await using folder = await makeRepository({ '.gitignore': '\ufeffsecrets.txt\n' })
  await folder.write('secrets.txt', '')
  expect((await readTree(folder.root, [])).paths.sort()).toEqual(await asGit(folder))
})

test('[watch] a diff is that of the file, whatever the file is called', async () => {
  await using folder = await makeRepository({ '*': 'one\n', '.env': 'COLOUR=red\n' })
  await folder.write('*', 'two\n')
  await folder.write('.env', 'COLOUR=green\n')
  const diff = await (await Repository.at(folder.root))?.diff('*')
  expect(diff).toContain('+two')
  expect(diff).not.toContain('green')
})

test('[watch] a branch may begin with HEAD', async () => {
  await using folder = await makeRepository()
  await folder.git('checkout', '--quiet', '-b', 'HEADER-redesign')
  expect((await (await Repository.at(folder.root))?.status())?.branch).toBe('HEADER-redesign')
})

test('[watch] a file that is only intended to be added is a change', async () => {
  await using folder = await makeRepository()
  await folder.write('b.txt', 'b\n')
  await folder.git('add', '--intent-to-add', 'b.txt')
  expect((await (await Repository.at(folder.root))?.status())?.changed).toEqual(['b.txt'])
})

test('[watch] names are listed as they are, with the space at their end', async () => {
  await using folder = await makeRepository()
  await writeFile(join(folder.root, 'trail '), '')
  expect((await (await Repository.at(folder.root))?.status())?.untracked).toEqual(['trail '])
})
