import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { EventData } from '../../protocol/events/events.ts'
import { mapConcurrent } from '../concurrency.ts'
import { CliError } from '../exit-codes.ts'
import type { Progress } from '../terminal.ts'
import { FileReader } from './fingerprint.ts'
import { Repository } from './git.ts'
import { PatternRules } from './pattern-rules.ts'
import { readTree, selectListed } from './tree.ts'
import { type WatchRules, watchRulesOf } from './watch-rules.ts'
import { emptyState, type WatchState } from './watch-state.ts'

const filesAtOnce = 16

/** A folder that is watched: which of its files are published, and what its repository says. */
export class WorkspaceFolder {
  readonly root: string // its real path
  readonly repository: Repository | null
  readonly #patterns: readonly string[] // to ignore, besides its own rules

  private constructor(root: string, patterns: readonly string[], repository: Repository | null) {
    this.root = root
    this.repository = repository
    this.#patterns = patterns
  }

  /** The folder at this path. `onGitFailure` is called when there is a repository that git does not read, with the reason. */
  static async open(
    path: string,
    patterns: readonly string[] = [],
    onGitFailure: (reason: string) => void = () => {},
  ): Promise<WorkspaceFolder> {
    const absolute = resolve(path)
    const found = await stat(absolute).catch(() => null)
    if (!found?.isDirectory()) throw new CliError('usage', `There is no folder ${absolute}.`)
    const root = await realpath(absolute)
    return new WorkspaceFolder(root, patterns, await Repository.at(root, onGitFailure))
  }

  /** The files that are published: among `paths`, or of the whole folder (null). */
  async listed(paths: readonly string[] | null): Promise<Set<string>> {
    if (paths !== null) return selectListed(this.root, this.#patterns, paths, this.repository)
    return new Set((await readTree(this.root, this.#patterns, this.repository)).paths)
  }

  /** The status of the repository, with the same names as the files; null if there is none. */
  async gitStatus(): Promise<EventData<'git_status'> | null> {
    if (this.repository === null) return null
    const rules = new PatternRules(this.#patterns, this.repository.ignoresCase)
    return this.repository.status((path, isTracked) => rules.ignores(path, isTracked))
  }

  /** The rules for what need not be watched. They follow from the present state of the folder and of git. */
  watchRules(): Promise<WatchRules> {
    return watchRulesOf(this.root, this.#patterns, this.repository)
  }
}

/** The state of a folder that is watched for the first time: what is there already is not published. */
export async function takeBaseline(folder: WorkspaceFolder, progress: Progress): Promise<WatchState> {
  const paths = [...(await folder.listed(null))]
  const reader = new FileReader(folder.root)
  let done = 0
  const files = await mapConcurrent(paths, filesAtOnce, async path => {
    const print = await reader.fingerprint(path)
    progress.at(++done, paths.length)
    return print === null ? [] : [[path, print] as const]
  })
  progress.end()
  return emptyState(new Map(files.flat()))
}
