import { execFile } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { foldersOf } from '../../../src/cli/watch/tree.ts'
import { WorkspaceFolder } from '../../../src/cli/watch/workspace-folder.ts'
import { randomChoices, seeds } from '../../support/random.ts'
import { makeFolder, type TestFolder } from '../fixtures.ts'

const run = promisify(execFile)
afterEach(() => void vi.unstubAllEnvs())

type Choices = ReturnType<typeof randomChoices>

const folderNames = ['a', 'dist', 'Build', 'build', 'x y', '.config', 'trail ', 'ünï']
const fileNames = [
  ...[
    'a.log',
    'keep.log',
    'A.LOG',
    'index.js',
    'secrets.txt',
    '*',
    '[a]',
    '-dash',
    ':(top)',
    ':!x',
    '#x',
    '!y',
    '.dot',
  ],
  ...[
    'q"uote',
    'trail ',
    ' lead',
    'é',
    'e\u0301',
    '👍',
    'tab\tin',
    'back\\slash',
    'a',
    'b',
    'dist',
    '$HOME',
    '%s',
    'ümlaut.LOG',
  ],
]
const rules = [
  ...[
    'dist/',
    'build/',
    '*.log',
    '!keep.log',
    '/a',
    'a/',
    'a/*',
    '!a/b',
    '**/b',
    'a/**/b',
    '**',
    '!*/',
    '!*.js',
    '[ab]',
    '?',
  ],
  ...[
    '\\#x',
    '\\!y',
    '#x',
    'trail\\ ',
    'trail ',
    '*.LOG',
    'x y',
    'x\\ y/',
    '.*',
    '!.gitignore',
    '/dist/*',
    '!/dist/a.log',
    'ünï',
    'é',
  ],
  ...[
    'secrets.txt',
    '\\*',
    '[[]a]',
    '',
    ' ',
    '/',
    '!',
    '**/dist/**',
    'a//b',
    'build/**',
    '*/index.js',
    '!index.js',
    'back\\\\slash',
  ],
]

function randomPath({ roll, pick }: Choices): string {
  const folders = Array.from({ length: roll(4) }, () => pick(folderNames))
  return [...folders, pick(fileNames)].join('/')
}

function randomRules({ roll, pick, chance }: Choices): string {
  const mark = chance(0.2) ? '\ufeff' : ''
  const end = chance(0.2) ? '\r\n' : '\n'
  return mark + Array.from({ length: 1 + roll(4) }, () => pick(rules)).join(end) + (chance(0.8) ? end : '')
}

/** Writes a file, unless something is in its way. */
async function put(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  } catch {
    // a file has the name of its folder, or the other way round
  }
}

/** Makes a repository with random files and rules from everywhere that rules come from. */
async function makeRandomRepository(choices: Choices, { root }: TestFolder, home: string): Promise<string> {
  const { roll, pick, chance } = choices
  const git = (...args: string[]) => run('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])
  const watched = pick(['', 'a', 'dist', 'a/build'])
  await git('init', '--quiet')
  await git('config', 'core.ignorecase', String(chance(0.3)))
  for (let files = 4 + roll(20); files > 0; files--) await put(join(root, randomPath(choices)), 'one\n')
  if (chance(0.9)) await git('add', '--', pick(['.', ':/', ':(glob)**/*.js', ':(glob)**/*a*', ':/'])).catch(() => {})
  const places = ['', '', watched, ...folderNames.slice(0, 4), `a/${pick(folderNames)}`].map(
    place => `${place}/.gitignore`,
  )
  for (let files = 1 + roll(4); files > 0; files--) await put(join(root, pick(places)), randomRules(choices))
  if (chance(0.4)) await put(join(root, '.git/info/exclude'), randomRules(choices))
  if (chance(0.3)) await put(join(home, 'config/git/ignore'), randomRules(choices))
  if (chance(0.3)) {
    await put(join(home, 'gitconfig'), '[core]\n\texcludesFile = ~/own ignore\n')
    await put(join(home, 'own ignore'), randomRules(choices))
  }
  if (chance(0.3)) await git('commit', '--quiet', '--message', 'one').catch(() => {})
  for (let files = roll(12); files > 0; files--) await put(join(root, randomPath(choices)), 'two\n')
  for (let files = roll(4); files > 0; files--)
    await rm(join(root, randomPath(choices)), { force: true }).catch(() => {})
  if (chance(0.3)) await git('init', '--quiet', join(root, pick(folderNames), 'inner')).catch(() => {})
  if (chance(0.3)) await put(join(root, 'a/inner/file'), '')
  if (chance(0.3)) await symlink('/etc/hosts', join(root, 'a/link')).catch(() => {})
  const folder = join(root, watched)
  for (const part of [join(root, watched.split('/')[0] ?? ''), folder])
    await mkdir(part, { recursive: true }).catch(() => rm(part).then(() => mkdir(part)))
  return folder
}

async function gitLists(folder: string): Promise<string[]> {
  const args = ['-C', folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = await run('git', args)
  const paths = stdout.split('\0').filter(path => path !== '' && !path.endsWith('/'))
  return [...new Set(paths)].sort()
}

async function gitStatusLists(folder: string, code: RegExp): Promise<string[]> {
  const prefix = (await run('git', ['-C', folder, 'rev-parse', '--show-prefix'])).stdout.replace(/\n$/, '')
  const args = ['-C', folder, 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', '.']
  const { stdout } = await run('git', args)
  const entries = stdout.split('\0').filter(entry => code.test(entry.slice(0, 2)))
  const paths = entries.map(entry => entry.slice(3 + prefix.length))
  return paths.filter(path => !/[\t\\]/.test(path)).sort() // no event may carry these
}

test.each(seeds(8))('[watch] what git lists is published, and nothing else (seed %i)', async seed => {
  await using folder = await makeFolder()
  await using home = await makeFolder()
  vi.stubEnv('HOME', home.root)
  vi.stubEnv('XDG_CONFIG_HOME', join(home.root, 'config'))
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(home.root, 'gitconfig'))
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1')
  await put(join(home.root, 'gitconfig'), '')
  const root = await makeRandomRepository(randomChoices(seed), folder, home.root)

  const watched = await WorkspaceFolder.open(root)
  const listed = await gitLists(root)
  expect([...(await watched.listed(null))].sort()).toEqual(listed)

  const { untracked, changed } = (await watched.gitStatus()) ?? {}
  expect(untracked?.toSorted()).toEqual(await gitStatusLists(root, /\?\?/))
  expect(changed?.toSorted()).toEqual(await gitStatusLists(root, /.[MADT]/))

  // A watcher would notice a change to each of them.
  const watchRules = await watched.watchRules()
  const unwatched = listed.filter(
    path =>
      watchRules.ignores(path) ||
      foldersOf(path)
        .slice(1)
        .some(above => watchRules.ignores(`${above}/`)),
  )
  expect(unwatched).toEqual([])
})
