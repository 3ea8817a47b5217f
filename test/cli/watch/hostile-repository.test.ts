import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { changeOf } from '../../../src/cli/watch/changes.ts'
import { Repository } from '../../../src/cli/watch/git.ts'
import { readTree } from '../../../src/cli/watch/tree.ts'
import { WorkspaceFolder } from '../../../src/cli/watch/workspace-folder.ts'
import { publication } from '../../../src/protocol/commands/publish-schema.ts'
import { makeFolder, makeRepository, type TestFolder } from '../fixtures.ts'
import { watchOf } from './publisher.ts'

afterEach(() => void vi.unstubAllEnvs())

/** Everything that the watcher asks git. */
async function askEverything(folder: TestFolder): Promise<void> {
  const repository = await Repository.at(folder.root)
  await repository?.files()
  await repository?.status()
  await repository?.ignoredPaths()
  await repository?.isIgnored()
  for (const path of ['a.txt', 'new.txt', 'sub']) await repository?.diff(path)
}

const programs = (script: string): [string, string][] => [
  ['core.fsmonitor', script],
  ['core.hooksPath', '.evil'],
  ['core.sshCommand', script],
  ['core.pager', script],
  ['core.editor', script],
  ['diff.external', script],
  ['diff.evil.command', script],
  ['diff.evil.textconv', script],
  ['filter.evil.clean', script],
  ['filter.evil.smudge', script],
  ['filter.evil.process', script],
  ['filter.evil.required', 'true'],
  ['filter.a=b.clean', script],
  ['filter.two.clean', script],
  ['alias.status', `!${script}`],
  ['remote.origin.url', `ext::${script}`],
  ['remote.origin.promisor', 'true'],
  ['protocol.ext.allow', 'always'],
]

test('[watch] no program that a repository names is run', async () => {
  await using folder = await makeRepository({
    'a.txt': 'one\n',
    '.gitattributes': '*.txt filter=evil diff=evil\nb* filter=a=b\nc* filter=two\n',
    b: 'b\n',
    c: 'c\n',
  })
  const script = `sh -c 'echo "$0 $*" >> "${folder.root}/ran"; cat'`
  for (const [name, value] of programs(script)) await folder.git('config', name, value)
  await folder.write('.git/hooks/post-index-change', `#!/bin/sh\n${script}\n`)
  await folder.write('.evil/post-index-change', `#!/bin/sh\n${script}\n`)
  for (const hook of ['.git/hooks', '.evil']) await chmod(join(folder.root, hook, 'post-index-change'), 0o755)
  for (const path of ['a.txt', 'b', 'c']) await folder.write(path, 'two\n')
  await folder.write('new.txt', 'new\n')
  await askEverything(folder)
  expect(await readFile(join(folder.root, 'ran'), 'utf8').catch(() => 'nothing')).toBe('nothing')
  expect((await (await Repository.at(folder.root))?.status())?.changed).toEqual(['a.txt', 'b', 'c'])
})

test('[watch] nor one that a submodule names', async () => {
  await using inner = await makeRepository({ 'a.txt': 'one\n', '.gitattributes': '*.txt filter=evil\n' })
  await using folder = await makeRepository()
  await folder.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub')
  await folder.git('commit', '--quiet', '--message', 'sub')
  const script = `sh -c 'echo ran >> "${folder.root}/ran"; cat'`
  for (const name of ['core.fsmonitor', 'filter.evil.clean'])
    await folder.git('config', '--file', '.git/modules/sub/config', name, script)
  await folder.write('sub/a.txt', 'two\n')
  await askEverything(folder)
  expect(await readFile(join(folder.root, 'ran'), 'utf8').catch(() => 'nothing')).toBe('nothing')
  expect((await (await Repository.at(folder.root))?.status())?.changed).toEqual(['sub'])
})

test('[watch] a filter of the user’s own is used, as git uses it', async () => {
  await using folder = await makeFolder()
  await using home = await makeFolder()
  await home.write('gitconfig', '[filter "upper"]\n\tclean = tr a-z A-Z\n')
  await folder.git('init', '--quiet')
  await folder.write('.gitattributes', '*.txt filter=upper\n')
  await folder.write('a.txt', 'ONE\n')
  await folder.git('add', '--all')
  await folder.git('commit', '--quiet', '--message', 'one')
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(home.root, 'gitconfig'))
  await folder.write('a.txt', 'one\n')
  expect((await (await Repository.at(folder.root))?.status())?.changed).toEqual([])
})

test('[watch] the folder decides which repository it is in, not the environment', async () => {
  await using folder = await makeRepository({ 'a.txt': '' })
  await using other = await makeRepository({ 'other.txt': '' })
  vi.stubEnv('GIT_DIR', join(other.root, '.git'))
  vi.stubEnv('GIT_WORK_TREE', other.root)
  vi.stubEnv('GIT_INDEX_FILE', join(other.root, '.git/index'))
  expect((await readTree(folder.root, [])).paths).toEqual(['a.txt'])
})

test('[watch] a repository that git does not read is named, and its files are published by its rules', async () => {
  await using folder = await makeRepository({ '.gitignore': '\ufeffdist/\n', 'app/a.ts': '' })
  await folder.write('app/dist/out.js', '')
  await folder.write('.git/info/exclude', 'b.ts\n')
  await folder.write('app/b.ts', '')
  await rename(join(folder.root, '.git/HEAD'), join(folder.root, '.git/NOHEAD'))
  const reasons: string[] = []
  const watched = await WorkspaceFolder.open(join(folder.root, 'app'), [], reason => reasons.push(reason))
  expect(watched.repository).toBeNull()
  expect(reasons).toEqual([expect.stringContaining('not a git repository')])
  expect([...(await watched.listed(null))]).toEqual(['a.ts'])
  expect([...(await watched.listed(['a.ts', 'b.ts', 'dist/out.js']))]).toEqual(['a.ts'])
})

test('[watch] a folder of git itself is not published', async () => {
  await using folder = await makeRepository()
  await using bare = await makeFolder()
  await bare.git('init', '--quiet', '--bare')
  await expect(WorkspaceFolder.open(join(folder.root, '.git'))).rejects.toThrow('belongs to git itself')
  await expect(WorkspaceFolder.open(join(folder.root, '.git/refs'))).rejects.toThrow('belongs to git itself')
  await expect(WorkspaceFolder.open(bare.root)).rejects.toThrow('belongs to git itself')
})

test('[watch] with a damaged index files are published by the rules, and git again when it is repaired', async () => {
  await using folder = await makeRepository({ '.gitignore': '*.log\n', 'a.txt': 'one\n' })
  const watch = await watchOf(folder)
  await watch.publish()
  await rename(join(folder.root, '.git/index'), join(folder.root, '.git/kept'))
  await writeFile(join(folder.root, '.git/index'), 'garbage')
  await folder.write('a.txt', 'two\n')
  await folder.write('a.log', '')
  expect(await watch.publish()).toEqual(['file_changed a.txt'])
  expect(watch.failures).toEqual([expect.stringContaining('index file')])
  await rename(join(folder.root, '.git/kept'), join(folder.root, '.git/index'))
  expect(await watch.publish()).toEqual(['git main 0/1/0/0'])
})

test.each([
  [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
  [253_402_300_800_000, undefined], // the year 10000
  [1e17, undefined], // the year 3170843, which no Date can hold
  [-1, '1969-12-31T23:59:59.999Z'],
  [-1e17, undefined],
])('[watch] a file that is dated %d is published with the time that can be said', (mtime, expected) => {
  const change = changeOf('a.txt', null, { size: 1, mtime, sha256: null }, () => 'e1')
  expect(publication.safeParse(change).success).toBe(true)
  expect(change?.data).toEqual({ path: 'a.txt', size: 1, ...(expected && { mtime: expected }) })
})

test('[watch] what is behind a link is not read', async () => {
  await using outside = await makeFolder()
  await using folder = await makeRepository({ 'sub/a.txt': 'one\n' })
  await outside.write('a.txt', 'private\n')
  const watch = await watchOf(folder, { withDiff: true })
  await watch.publish()
  await rm(join(folder.root, 'sub'), { recursive: true })
  await symlink(outside.root, join(folder.root, 'sub'))
  expect(await watch.publish()).toEqual(['file_deleted sub/a.txt', 'git main 0/1/1/0'])
  expect(JSON.stringify(watch.published)).not.toContain('private')
})

test('[watch] names that are not UTF-8 are counted, and published nowhere', async () => {
  await using folder = await makeRepository()
  const watch = await watchOf(folder)
  await watch.publish()
  await writeFile(Buffer.concat([Buffer.from(`${folder.root}/latin`), Buffer.from([0xe9])]), '')
  await mkdir(join(folder.root, 'x'))
  await writeFile(join(folder.root, 'line\nfeed'), '')
  expect(await watch.publish()).toEqual(['git main 0/0/0/0'])
  expect(watch.published.at(-1)?.data).toMatchObject({ untracked: [], more: 2 })
})

test('[watch] git’s lists and the files have the same names: what is ignored is in neither', async () => {
  await using folder = await makeRepository({ 'a.txt': '', 'plan/secret.md': 'one\n' })
  await folder.write('node_modules/x/index.js', '')
  await folder.write('plan/secret.md', 'two\n')
  const watched = await WorkspaceFolder.open(folder.root, ['plan/'])
  expect([...(await watched.listed(null))]).toEqual(['a.txt'])
  expect(await watched.gitStatus()).toMatchObject({ changed: [], untracked: [] })
})

test('[watch] what git tracks is published, also below a folder of the default list', async () => {
  await using folder = await makeRepository({ 'node_modules/x/index.js': 'one\n' })
  await folder.write('node_modules/y/index.js', '')
  const watched = await WorkspaceFolder.open(folder.root)
  expect([...(await watched.listed(null))]).toEqual(['node_modules/x/index.js'])
  const rules = await watched.watchRules()
  expect(['node_modules/', 'node_modules/x/', 'node_modules/y/'].map(path => rules.ignores(path))).toEqual([
    false,
    false,
    true,
  ])
})

test('[watch] a folder that git ignores is known as one: git lists only what it tracks there', async () => {
  await using folder = await makeRepository({ 'dist/index.js': '' })
  await folder.write('.gitignore', 'dist/\n')
  await folder.write('dist/map.js', '')
  const watched = await WorkspaceFolder.open(join(folder.root, 'dist'))
  expect(await watched.repository?.isIgnored()).toBe(true)
  expect(await (await Repository.at(folder.root))?.isIgnored()).toBe(false)
  expect([...(await watched.listed(null))]).toEqual(['index.js'])
})

test('[watch] a repository whose working tree is another folder is refused', async () => {
  await using folder = await makeRepository()
  await using documents = await makeFolder()
  await documents.write('diary.txt', '')
  const repository = await Repository.at(folder.root)
  await folder.git('config', 'core.worktree', documents.root)
  await expect(WorkspaceFolder.open(folder.root)).rejects.toThrow(`its working tree is ${documents.root}`)
  expect((await repository?.files())?.map(({ path }) => path)).toEqual(['a.txt']) // set while it is watched
  expect((await repository?.status())?.untracked).toEqual([])
})

test('[watch] a folder whose .git leads to a repository that does not name it is refused', async () => {
  await using secret = await makeRepository({ 'merger.txt': 'The offer is 4.2 million.\n' })
  const git = join(secret.root, '.git')
  const refusals: ((folder: TestFolder) => Promise<unknown>)[] = [
    folder => folder.write('.git', `gitdir: ${git}\n`),
    folder => symlink(git, join(folder.root, '.git')),
    async folder => {
      await folder.git('init', '--quiet')
      await folder.write('.git/commondir', git)
    },
    async folder => {
      await folder.git('init', '--quiet')
      await symlink(join(git, 'index'), join(folder.root, '.git/index'))
    },
    async folder => {
      await folder.write('own/worktrees/x/gitdir', join(folder.root, '.git'))
      await folder.write('own/worktrees/x/commondir', git)
      await folder.write('own/worktrees/x/HEAD', 'ref: refs/heads/main\n')
      await folder.write('.git', `gitdir: ${folder.root}/own/worktrees/x\n`)
    },
  ]
  for (const make of refusals) {
    await using folder = await makeFolder()
    await make(folder)
    await folder.write('merger.txt', 'guess\n')
    await expect(WorkspaceFolder.open(folder.root), String(make)).rejects.toThrow('is not watched, for')
  }
})

test('[watch] working trees that git has linked, and submodules, are watched', async () => {
  await using inner = await makeRepository({ 'in.txt': '' })
  await using folder = await makeRepository({ 'a.txt': '' })
  await using linked = await makeFolder()
  await folder.git('worktree', 'add', '--quiet', join(linked.root, 'tree'))
  await folder.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub')
  const listed = async (path: string) => [...(await (await WorkspaceFolder.open(path)).listed(null))]
  expect(await listed(join(linked.root, 'tree'))).toEqual(['a.txt'])
  expect(await listed(join(folder.root, 'sub'))).toEqual(['in.txt'])
})
