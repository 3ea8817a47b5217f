import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListedFile, Repository } from './git.ts'
import type { IgnoreRules } from './ignore-rules.ts'
import { PatternRules } from './pattern-rules.ts'
import { foldersOf, walk } from './tree.ts'

/** What need not be watched, as of now. Whether a file is published is decided anew each time. */
export type WatchRules = {
  /** True for a path that need not be watched. A folder's ends in `/`. */
  ignores(path: string): boolean
  /** True if these rules watch something that is there and that the earlier ones do not. */
  areWiderThan(earlier: WatchRules): Promise<boolean>
}

/** The rules for watching a folder. */
export async function watchRulesOf(
  root: string,
  patterns: readonly string[],
  repository: Repository | null,
): Promise<WatchRules> {
  if (repository === null) return new WalkedRules((await walk(root, patterns)).rules)
  const rules = new PatternRules(patterns, repository.ignoresCase)
  const files = (await repository.files()) ?? []
  return new GitRules(root, rules, { ignored: await repository.ignoredPaths(), tracked: trackedAgainst(rules, files) })
}

/** The files that git tracks although the default list has them, and the folders they are in. */
function trackedAgainst(rules: PatternRules, files: readonly ListedFile[]): Set<string> {
  const against = files.filter(({ path, isTracked }) => isTracked && rules.ignores(path)).map(({ path }) => path)
  return new Set(against.flatMap(path => [path, ...foldersOf(path).map(folder => `${folder}/`)]))
}

class WalkedRules implements WatchRules {
  readonly #rules: IgnoreRules

  constructor(rules: IgnoreRules) {
    this.#rules = rules
  }

  ignores(path: string): boolean {
    return this.#rules.ignores(path)
  }

  async areWiderThan(): Promise<boolean> {
    return true // perhaps
  }
}

/** What git ignores, by path: its rules are not ours to read. */
class GitRules implements WatchRules {
  readonly #root: string
  readonly #rules: PatternRules
  readonly #ignored: ReadonlySet<string>
  readonly #tracked: ReadonlySet<string>

  constructor(root: string, rules: PatternRules, sets: { ignored: Set<string>; tracked: Set<string> }) {
    this.#root = root
    this.#rules = rules
    this.#ignored = sets.ignored
    this.#tracked = sets.tracked
  }

  ignores(path: string): boolean {
    const isIgnored = (part: string) => this.#ignored.has(part) || this.#ignored.has(`${part}/`)
    const inner = path.endsWith('/') ? path.slice(0, -1) : path
    if (this.#ignored.has(path) || foldersOf(inner).some(isIgnored)) return true
    return this.#rules.ignores(path, this.#tracked.has(path))
  }

  async areWiderThan(earlier: WatchRules): Promise<boolean> {
    if (!(earlier instanceof GitRules)) return true
    const paths = [...earlier.#ignored, ...this.#tracked].filter(path => earlier.ignores(path) && !this.ignores(path))
    for (const path of paths) if (await lstat(join(this.#root, path)).catch(() => null)) return true
    return false
  }
}
