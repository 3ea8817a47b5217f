import { symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readTree } from '../../../src/cli/watch/tree.ts'
import { aFolder, aRepository } from '../fixtures.ts'

test('[watch] what .gitignore leaves out, at every level, is not told of', async () => {
  await using folder = await aRepository({
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

test('[watch] what nobody wants to hear of is left out without being asked, and so is what the user names', async () => {
  await using folder = await aFolder()
  for (const path of ['.git/HEAD', 'node_modules/x/index.js', 'pkg/node_modules/y.js', '.DS_Store', 'a.swp', 'b~']) {
    await folder.write(path, '')
  }
  for (const path of ['a.ts', 'big.bin', 'sub/other.bin', 'secret/plan.md']) await folder.write(path, '')
  const { paths } = await readTree(folder.root, ['*.bin', '/secret/'])
  expect(paths).toEqual(['a.ts'])
})

test('[watch] the repository’s own excludes count', async () => {
  await using folder = await aRepository({ 'a.ts': '', 'b.ts': '' })
  await folder.write('.git/info/exclude', 'b.ts\n')
  expect((await readTree(folder.root, [])).paths).toEqual(['a.ts'])
})

test('[watch] links are not followed', async () => {
  await using folder = await aFolder()
  await folder.write('a/b.ts', '')
  await symlink('a', `${folder.root}/loop`)
  await symlink('/etc/passwd', `${folder.root}/passwd`)
  expect((await readTree(folder.root, [])).paths).toEqual(['a/b.ts'])
})
