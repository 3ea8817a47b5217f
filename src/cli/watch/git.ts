import { resolve } from 'node:path'
import { type FileStatusResult, type SimpleGit, simpleGit } from 'simple-git'
import { type EventData, workspacePath } from '../../protocol/events.ts'

type GitStatus = EventData<'git_status'>
const longestList = 200

/** The git repository that a folder is in, read and never written. */
export class Repository {
  readonly #git: SimpleGit
  readonly #prefix: string // of the folder below the repository's root, '' or `packages/app/`
  /** Git's own folders, in which something changes with every commit, branch, merge … */
  readonly folders: readonly string[]

  private constructor(git: SimpleGit, prefix: string, folders: readonly string[]) {
    this.#git = git
    this.#prefix = prefix
    this.folders = folders
  }

  /** Null: the folder is in no repository, or there is no git. */
  static async at(root: string): Promise<Repository | null> {
    const git = gitIn(root)
    try {
      // The prefix comes last: it is empty at the top of a repository, and what is around the answer is cut off.
      const asked = await git.revparse(['--absolute-git-dir', '--git-common-dir', '--show-prefix'])
      const [own = '', common = '', prefix = ''] = asked.split('\n')
      // In a linked working tree the branches are kept with the main one.
      return new Repository(git, prefix, [...new Set([own, resolve(root, common)])])
    } catch {
      return null // not a repository: files alone are told of
    }
  }

  /** Where things stand, for the folder that is watched. */
  async status(): Promise<GitStatus> {
    const status = await this.#git.status(['--', '.'])
    const conflicted = new Set(status.conflicted)
    const left: string[] = []
    const list = (belongs: (file: FileStatusResult) => boolean) => {
      const all = status.files.filter(belongs).map(({ path }) => this.#below(path))
      const told = all.filter(path => workspacePath.safeParse(path).success).slice(0, longestList)
      left.push(...all.slice(told.length))
      return told
    }
    const lists = {
      staged: list(file => /[MTADRC]/.test(file.index) && !conflicted.has(file.path)),
      changed: list(file => /[MTDRC]/.test(file.working_dir) && !conflicted.has(file.path)),
      untracked: list(file => file.index === '?'),
      conflicted: list(file => conflicted.has(file.path)),
    }
    return {
      branch: status.detached ? null : branchOf(status.current),
      head: await this.#head(),
      ...(status.tracking && { upstream: status.tracking }),
      ahead: status.ahead,
      behind: status.behind,
      ...lists,
      ...(left.length > 0 && { more: left.length }),
    }
  }

  /** How a file differs from the last commit, unified; null: it does not, or it cannot be shown as text. */
  async diff(path: string): Promise<string | null> {
    const head = await this.#head()
    const against = head ?? '4b825dc642cb6eb9a060e54bf8d69288fbee4904' // git's name of the empty tree
    const known = (await this.#git.raw(['ls-files', '--error-unmatch', '--', path]).catch(() => '')) !== ''
    const options = ['--no-color', '--no-ext-diff', '--no-textconv', '--unified=3']
    const text = known
      ? await this.#git.raw(['diff', ...options, against, '--', path])
      : await this.#git.raw(['diff', ...options, '--no-index', '--', '/dev/null', path]).catch(() => '')
    return text === '' || /^Binary files /m.test(text) ? null : text
  }

  async #head(): Promise<string | null> {
    return this.#git.revparse(['--verify', '--quiet', 'HEAD']).then(
      head => head || null,
      () => null, // before the first commit
    )
  }

  #below(path: string): string {
    return path.startsWith(this.#prefix) ? path.slice(this.#prefix.length) : path
  }
}

function branchOf(current: string | null): string | null {
  return current === null || current.startsWith('HEAD') ? null : current
}

/** Status would refresh the index, which is a change, which asks for the status: without optional locks it only reads. */
function gitIn(baseDir: string): SimpleGit {
  const { PATH = '', HOME = '', USERPROFILE, SYSTEMROOT } = process.env
  const around = { PATH, HOME, ...(USERPROFILE && { USERPROFILE }), ...(SYSTEMROOT && { SYSTEMROOT }) }
  return simpleGit({ baseDir, allowEnvironment: ['GIT_OPTIONAL_LOCKS'], timeout: { block: 30_000 } }).env({
    ...around,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
  })
}
