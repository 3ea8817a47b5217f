import { lstat, readFile, realpath } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { CliError } from '../exit-codes.ts'
import { runGit } from './run-git.ts'

/** Where git found the repository of a folder: its working tree's top, its own folder, and the one with its objects. */
type Found = { root: string; top: string; own: string; common: string }

/**
 * Refuses a folder whose `.git` leads to a repository that does not name it as its working tree: what git said of it
 * would be of other folders of this machine. It belongs to it if `.git` is a folder in it; if the repository keeps the
 * way back (`git worktree add`); or if it is a submodule, whose repository is in that of the folders above.
 */
export async function checkOwnership({ root, top, own, common }: Found): Promise<void> {
  const marked = await findRepositoryTop(root)
  if (marked === null || !(await isSame(marked, top)))
    throw foreign(root, `its repository says that its working tree is ${top}`)
  const marker = join(marked, '.git')
  const link = (await linkOutside(own)) ?? (await linkOutside(common))
  if (link !== null) throw foreign(root, `${link} is a link to another repository`)
  if ((await lstat(marker)).isDirectory()) {
    if (!((await isSame(own, marker)) && (await isSame(common, marker))))
      throw foreign(root, `its repository is ${common}`)
    return
  }
  const isNamed = (await namesWorktree(own, common, marker)) || (await isSubmodule(own, common, marked))
  if (!isNamed) throw foreign(root, `.git names ${own}, which does not name it`)
}

function foreign(root: string, reason: string): CliError {
  return new CliError('usage', `${root} is not watched, for ${reason}.`)
}

/** A linked working tree: the repository keeps the place of its `.git`. */
async function namesWorktree(own: string, common: string, marker: string): Promise<boolean> {
  const back = await readFile(join(own, 'gitdir'), 'utf8').catch(() => null)
  const isInside = await isSame(dirname(own), join(common, 'worktrees'))
  return back !== null && isInside && (await isSame(resolve(own, back.trim()), marker))
}

/** A submodule: its repository is kept by the one above it, and names the folder in its configuration. */
async function isSubmodule(own: string, common: string, top: string): Promise<boolean> {
  if (!(await isSame(own, common))) return false
  const output = await runGit(['config', '--file', join(own, 'config'), '--get', 'core.worktree'], {
    folder: top,
    okCodes: [0, 1],
  })
  const worktree = output.toString().trim()
  return worktree !== '' && (await isSame(resolve(own, worktree), top))
}

/** The nearest folder from `root` upwards that git has marked as a repository, or null. */
export async function findRepositoryTop(root: string): Promise<string | null> {
  for (let folder = root; ; folder = dirname(folder)) {
    const marker = await lstat(join(folder, '.git')).catch(() => null)
    if (marker !== null) return folder
    if (folder === dirname(folder)) return null
  }
}

/** What says which files there are, if it is a link to somewhere outside of the repository; else null. */
async function linkOutside(folder: string): Promise<string | null> {
  const inside = await realpath(folder)
  for (const name of ['HEAD', 'index', 'refs', 'packed-refs', 'objects']) {
    const real = await realpath(join(folder, name)).catch(() => null)
    if (real !== null && !real.startsWith(inside + sep)) return join(folder, name)
  }
  return null
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map(path => realpath(path).catch(() => null)))
  return a !== null && a === b
}
