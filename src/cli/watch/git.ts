import { resolve } from 'node:path'
import { type FileStatusResult, type SimpleGit, simpleGit } from 'simple-git'
import { type EventData, workspacePath } from '../../protocol/events/events.ts'

type GitStatus = EventData<'git_status'>

const maxPaths = 200 // in each list of a status
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904' // git's hash of a tree without files
const gitTimeoutMs = 30_000

/** The git repository that a folder is in. It is read, and never written. */
export class Repository {
  readonly #git: SimpleGit
  readonly #prefix: string // of the folder below the repository's root: '' or `packages/app/`
  /** Git's own folders, in which something changes with every commit, branch, merge … */
  readonly folders: readonly string[]

  private constructor(git: SimpleGit, prefix: string, folders: readonly string[]) {
    this.#git = git
    this.#prefix = prefix
    this.folders = folders
  }

  /** The repository of a folder; null if there is none, or no git. */
  static async at(root: string): Promise<Repository | null> {
    const git = openGit(root)
    try {
      // The prefix comes last: at the top of a repository it is empty, and the output is trimmed.
      const output = await git.revparse(['--absolute-git-dir', '--git-common-dir', '--show-prefix'])
      const [own = '', common = '', prefix = ''] = output.split('\n')
      // In a linked working tree the branches are in the main one's folder.
      return new Repository(git, prefix, [...new Set([own, resolve(root, common)])])
    } catch {
      return null // not a repository: only files are published
    }
  }

  /** The status of the folder that is watched. */
  async status(): Promise<GitStatus> {
    const status = await this.#git.status(['--', '.'])
    const conflicted = new Set(status.conflicted)
    const omitted: string[] = []
    const list = (belongs: (file: FileStatusResult) => boolean) => {
      const all = status.files.filter(belongs).map(({ path }) => this.#relative(path))
      const listed = all.filter(path => workspacePath.safeParse(path).success).slice(0, maxPaths)
      omitted.push(...all.slice(listed.length))
      return listed
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
      ...(omitted.length > 0 && { more: omitted.length }),
    }
  }

  /** A file's unified diff against the last commit; null if there is none, or it is not text. */
  async diff(path: string): Promise<string | null> {
    const base = (await this.#head()) ?? emptyTree
    const isTracked = (await this.#git.raw(['ls-files', '--error-unmatch', '--', path]).catch(() => '')) !== ''
    const options = ['--no-color', '--no-ext-diff', '--no-textconv', '--unified=3']
    const text = isTracked
      ? await this.#git.raw(['diff', ...options, base, '--', path])
      : await this.#git.raw(['diff', ...options, '--no-index', '--', '/dev/null', path]).catch(() => '')
    return text === '' || /^Binary files /m.test(text) ? null : text
  }

  async #head(): Promise<string | null> {
    return this.#git.revparse(['--verify', '--quiet', 'HEAD']).then(
      head => head || null,
      () => null, // before the first commit
    )
  }

  #relative(path: string): string {
    return path.startsWith(this.#prefix) ? path.slice(this.#prefix.length) : path
  }
}

function branchOf(current: string | null): string | null {
  return current === null || current.startsWith('HEAD') ? null : current
}

/** Git without optional locks: a status would refresh the index, which is a change, which asks for the status. */
function openGit(baseDir: string): SimpleGit {
  const { PATH = '', HOME = '', USERPROFILE, SYSTEMROOT } = process.env
  const inherited = { PATH, HOME, ...(USERPROFILE && { USERPROFILE }), ...(SYSTEMROOT && { SYSTEMROOT }) }
  return simpleGit({ baseDir, allowEnvironment: ['GIT_OPTIONAL_LOCKS'], timeout: { block: gitTimeoutMs } }).env({
    ...inherited,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
  })
}
