import { symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readTree } from '../../../src/cli/watch/tree.ts'
import { makeFolder, makeRepository } from '../fixtures.ts'

test('[watch] files that .gitignore ignores, at any level, are not listed', async () => {
  await using folder = await makeRepository({
    '.gitignore': 'dist/\n*.log\n/top.txt\n',
    'top.txt': '',
    'a.log': '',
    'dist/out.js': '',
    'src/top.txt': '',
    'src/.gitignore': '*.gen.ts\n!keep.log\n',
    'src/a.gen.ts': '',
    'src/a.ts': '',
    'src/keep.log': '',
    'src/deep/b.gen.ts': '',
    'src/deep/dist/c.ts': '',
  })
  const { paths } = await readTree(folder.root, [])
  expect(paths.sort()).toEqual(['.gitignore', 'src/.gitignore', 'src/a.ts', 'src/keep.log', 'src/top.txt'])
  const asGit = await folder.git('ls-files', '--cached', '--others', '--exclude-standard')
  expect(paths.sort().join('\n')).toBe(asGit)
})

test('[watch] the default list and the user’s patterns are ignored', async () => {
  await using folder = await makeFolder()
  for (const path of ['.git/HEAD', 'node_modules/x/index.js', 'pkg/node_modules/y.js', '.DS_Store', 'a.swp', 'b~']) {
    await folder.write(path, '')
  }
  for (const path of ['a.ts', 'big.bin', 'sub/other.bin', 'secret/plan.md']) await folder.write(path, '')
  const { paths } = await readTree(folder.root, ['*.bin', '/secret/'])
  expect(paths).toEqual(['a.ts'])
})

test('[watch] the repository’s own excludes are ignored', async () => {
  await using folder = await makeRepository({ 'a.ts': '' })
  await folder.write('b.ts', '')
  await folder.write('.git/info/exclude', 'b.ts\n')
  expect((await readTree(folder.root, [])).paths).toEqual(['a.ts'])
})

test('[watch] links are not followed', async () => {
  await using folder = await makeFolder()
  await folder.write('a/b.ts', '')
  await symlink('a', `${folder.root}/loop`)
  await symlink('/etc/passwd', `${folder.root}/passwd`)
  expect((await readTree(folder.root, [])).paths).toEqual(['a/b.ts'])
})
