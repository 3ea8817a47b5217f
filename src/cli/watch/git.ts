import { homedir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import type { EventData } from '../../protocol/events/events.ts'
import { CliError } from '../exit-codes.ts'
import { type RepositoryConfig, readConfig } from './git-config.ts'
import { fieldsOf, nameOf } from './git-names.ts'
import { checkOwnership, findRepositoryTop } from './git-ownership.ts'
import { type IsHidden, parseStatus, statusEvent } from './git-status.ts'
import { GitError, runGit } from './run-git.ts'

/** A file that git lists: one that it tracks, or one that is there and not ignored. */
export type ListedFile = { path: string; isTracked: boolean }

/** Where git keeps things, and where the folder is in its repository. */
type Places = { root: string; top: string; prefix: string; folders: readonly string[] }

/** Reports why git says nothing of a folder, as words to follow a colon. */
type OnFailure = (reason: string) => void

const maxDiffBytes = 1_048_576

/** The git repository that a folder is in. It is read, and never written, and nothing that it names is run. */
export class Repository {
  readonly #places: Places
  readonly #onFailure: OnFailure
  #config: RepositoryConfig
  #failure: string | null = null // reported last
  /** Git's own folders, in which something changes with every commit, branch, merge … */
  readonly folders: readonly string[]

  private constructor(places: Places, config: RepositoryConfig, onFailure: OnFailure) {
    this.#places = places
    this.#config = config
    this.#onFailure = onFailure
    this.folders = places.folders
  }

  /** The repository of a folder; null if there is none, or git does not read it, which is reported. */
  static async at(root: string, onFailure: OnFailure = () => {}): Promise<Repository | null> {
    try {
      const places = await findPlaces(root)
      return new Repository(places, await readConfig(root, places.folders), onFailure)
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      if (await isGitFolder(root)) throw new CliError('usage', `${root} belongs to git itself. Watch a working tree.`)
      if (await findRepositoryTop(root)) onFailure(error.message)
      return null // only files are published
    }
  }

  /** True if names that differ in case only are one name here. */
  get ignoresCase(): boolean {
    return this.#config.ignoresCase
  }

  /** The files with rules outside the folder: in the folders above it, the repository's own, the user's. */
  get ruleFiles(): readonly string[] {
    const { root, top, folders } = this.#places
    const above: string[] = []
    for (let folder = root; folder !== top && folder !== dirname(folder); ) {
      folder = dirname(folder)
      above.push(join(folder, '.gitignore'))
    }
    return [...above, join(folders.at(-1) ?? root, 'info/exclude'), this.#config.excludesFile ?? defaultExcludes()]
  }

  /** Every file of the folder that git lists; null if git cannot. */
  async files(): Promise<ListedFile[] | null> {
    const args = ['ls-files', '-z', '-t', '--cached', '--others', '--exclude-standard']
    try {
      const output = await this.#git(args)
      this.#failure = null
      return listedIn(output)
    } catch (error) {
      this.#report(error)
    }
    // Without the index, git still knows its rules; only files that it tracks against them are missing.
    const GIT_INDEX_FILE = join(this.folders[0] ?? '', 'circles-no-index')
    return this.#git(args, { env: { GIT_INDEX_FILE } }).then(listedIn, () => null)
  }

  /** True if git ignores the folder itself: then it lists only files that it tracks. */
  async isIgnored(): Promise<boolean> {
    const env = { GIT_LITERAL_PATHSPECS: '0' } // check-ignore knows none
    const args = ['check-ignore', '--no-index', '--', '.']
    const output = await this.#git(args, { env, okCodes: [0, 1] }).catch(() => null)
    return output !== null && output.byteLength > 0
  }

  /** What git ignores: files, and as a whole folders, whose paths end in `/`. */
  async ignoredPaths(): Promise<Set<string>> {
    const args = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignored=matching', '--', '.']
    try {
      const { entries } = parseStatus(await this.#git(args))
      const { prefix } = this.#places
      const ignored = entries.flatMap(({ index, path }) => (index === '!' && path?.startsWith(prefix) ? [path] : []))
      return new Set(ignored.map(path => path.slice(prefix.length)))
    } catch (error) {
      this.#report(error)
      return new Set()
    }
  }

  /** The status of the folder that is watched, without what is hidden; null if git cannot say. */
  async status(isHidden: IsHidden = () => false): Promise<EventData<'git_status'> | null> {
    const args = ['status', '--porcelain=v2', '--branch', '--ahead-behind', '-z', '--untracked-files=all', '--', '.']
    try {
      this.#config = await readConfig(this.#places.root, this.folders) // it may have changed
      const status = statusEvent(parseStatus(await this.#git(args)), this.#places.prefix, isHidden)
      return status.branch === '(detached)' ? { ...status, branch: await this.#branch() } : status
    } catch (error) {
      this.#report(error)
      return null
    }
  }

  /** A file's unified diff against the last commit; null if there is none, or it is not text. */
  async diff(path: string): Promise<string | null> {
    const options = [
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--unified=3',
      '--src-prefix=a/',
      '--dst-prefix=b/',
    ]
    const read = (args: string[], okCodes = [0]) => this.#git(args, { okCodes, maxBytes: maxDiffBytes })
    try {
      const base = await this.#base()
      let output = await read(['diff', ...options, base, '--', path])
      if (output.byteLength === 0 && path !== '-' && !(await this.#isTracked(path)))
        output = await read(['diff', ...options, '--no-index', '--', '/dev/null', path], [0, 1])
      const text = output.toString()
      return isOneTextFile(text) ? text : null
    } catch (error) {
      this.#report(error)
      return null
    }
  }

  /** What a diff compares with: the last commit, or before it a tree without files. */
  async #base(): Promise<string> {
    const head = await this.#git(['rev-parse', '--verify', '--quiet', 'HEAD'], { okCodes: [0, 1] })
    return textOf(head) || textOf(await this.#git(['hash-object', '-t', 'tree', '--stdin']))
  }

  async #isTracked(path: string): Promise<boolean> {
    return (await this.#git(['ls-files', '-z', '--', path])).byteLength > 0
  }

  /** The branch, if one may have the name that stands for none. */
  async #branch(): Promise<string | null> {
    return textOf(await this.#git(['symbolic-ref', '--quiet', '--short', 'HEAD'], { okCodes: [0, 1] })) || null
  }

  #git(args: readonly string[], options: { env?: Record<string, string>; okCodes?: number[]; maxBytes?: number } = {}) {
    const { root, top, folders } = this.#places
    const env = { GIT_DIR: folders[0] ?? '', GIT_WORK_TREE: top, ...options.env } // whatever a configuration says later
    return runGit(args, { folder: root, settings: this.#config.withoutFilters, ...options, env })
  }

  #report(error: unknown): void {
    if (!(error instanceof GitError)) throw error
    if (error.message !== this.#failure) this.#onFailure(error.message)
    this.#failure = error.message
  }
}

async function findPlaces(root: string): Promise<Places> {
  const print = async (...args: string[]) => textOf(await runGit(['rev-parse', ...args], { folder: root }))
  const top = await print('--show-toplevel') // fails without a working tree
  const [own, common, prefix] = await Promise.all([
    print('--absolute-git-dir'),
    print('--git-common-dir'),
    print('--show-prefix'),
  ])
  await checkOwnership({ root, top, own, common: resolve(root, common) })
  // In a linked working tree the branches and the excludes are in the main one's folder.
  return { root, top, prefix, folders: [...new Set([own, resolve(root, common)])] }
}

/** True for a folder in which git keeps a repository, such as a bare one. */
async function isGitFolder(root: string): Promise<boolean> {
  const output = await runGit(['rev-parse', '--is-inside-git-dir'], { folder: root }).catch(() => null)
  return (output !== null && textOf(output) === 'true') || root.split(sep).includes('.git')
}

/** The user's own rules, where no other file is configured. */
export function defaultExcludes(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git/ignore')
}

function listedIn(output: Buffer): ListedFile[] {
  const files = new Map<string, ListedFile>() // a file in conflict is listed for each side
  for (const field of fieldsOf(output)) {
    const path = nameOf(field.subarray(2))
    // A name that ends in `/` is a repository of its own; git does not look into it either.
    if (path !== null && !path.endsWith('/')) files.set(path, { path, isTracked: field[0] !== 63 }) // `?`
  }
  return [...files.values()]
}

/** True for the diff of one file that is text. Lines of its content never begin like this. */
function isOneTextFile(diff: string): boolean {
  return (diff.match(/^diff --/gm) ?? []).length === 1 && !/^Binary files /m.test(diff)
}

function textOf(output: Buffer): string {
  return output.toString().replace(/\r?\n$/, '')
}
