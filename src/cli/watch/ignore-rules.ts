import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { defaultExcludes } from './git.ts'
import { findRepositoryTop } from './git-ownership.ts'
import { PatternRules } from './pattern-rules.ts'
import { runGit } from './run-git.ts'

// The systems on which names that differ in case only are usually one name.
const ignorecase = process.platform === 'darwin' || process.platform === 'win32'

/**
 * Decides which paths to ignore where git cannot be asked: outside repositories, and in one that git does not read. The
 * rules are those of every `.gitignore` from the top down, of the repository and of the user.
 */
export class IgnoreRules {
  readonly #root: string
  readonly #prefix: string // of the folder below the top: '' or `packages/app/`
  readonly #patterns: PatternRules
  readonly #excludes: Ignore[] = [] // for every folder; the first one that matches decides
  readonly #byFolder = new Map<string, Ignore | null>() // by path below the top; null: it has no rules

  private constructor(root: string, prefix: string, patterns: readonly string[]) {
    this.#root = root
    this.#prefix = prefix
    this.#patterns = new PatternRules(patterns, ignorecase)
  }

  /** The rules for what is below `root`, with those above it. */
  static async open(root: string, patterns: readonly string[]): Promise<IgnoreRules> {
    const top = await findRepositoryTop(root)
    const below = relative(top ?? root, root)
      .split(sep)
      .join('/')
    const rules = new IgnoreRules(root, below === '' ? '' : `${below}/`, patterns)
    if (top !== null) await rules.#addExcludes(top)
    const parents = below === '' ? [] : below.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))
    for (const folder of parents) await rules.#read(folder, join(top ?? root, folder))
    return rules
  }

  /** Reads the rules of a folder (`''` or `src/web`). Call it before `ignores` for a path in that folder. */
  async enter(folder: string): Promise<void> {
    await this.#read(`${this.#prefix}${folder}`.replace(/\/$/, ''), join(this.#root, folder))
  }

  /** True if this path is ignored. A folder's path ends in `/`; an ignored folder is not entered. */
  ignores(path: string): boolean {
    if (this.#patterns.ignores(path)) return true
    const parts = `${this.#prefix}${path}`.split('/')
    // From the top down, for nothing in an ignored folder is included again.
    return parts.some((part, depth) => {
      const isFolder = depth < parts.length - 1
      return part !== '' && this.#matches(`${parts.slice(0, depth + 1).join('/')}${isFolder ? '/' : ''}`)
    })
  }

  /** The nearest folder with a rule that matches decides, as in git. */
  #matches(path: string): boolean {
    const inner = path.endsWith('/') ? path.slice(0, -1) : path
    for (let folder = parentOf(inner); ; folder = parentOf(folder)) {
      const verdict = this.#byFolder.get(folder)?.test(folder === '' ? path : path.slice(folder.length + 1))
      if (verdict?.ignored || verdict?.unignored) return verdict.ignored
      if (folder === '') break
    }
    const verdicts = this.#excludes.map(rules => rules.test(path))
    return verdicts.find(({ ignored, unignored }) => ignored || unignored)?.ignored ?? false
  }

  async #addExcludes(top: string): Promise<void> {
    for (const file of [await repositoryExcludes(top), await userExcludes(top)]) {
      const text = await textOf(file)
      if (text !== null) this.#excludes.push(ignore({ ignorecase }).add(text))
    }
  }

  async #read(key: string, folder: string): Promise<void> {
    const text = await textOf(join(folder, '.gitignore'))
    this.#byFolder.set(key, text === null ? null : ignore({ ignorecase }).add(text))
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** The excludes of a repository; those of a linked working tree are in the main one's folder. */
async function repositoryExcludes(top: string): Promise<string> {
  const marker = join(top, '.git')
  const [, target] = /^gitdir: (.+)/.exec((await textOf(marker)) ?? '') ?? []
  const own = target === undefined ? marker : resolve(top, target)
  const common = await textOf(join(own, 'commondir'))
  return join(common === null ? own : resolve(own, common.trim()), 'info/exclude')
}

async function userExcludes(top: string): Promise<string> {
  const args = ['config', '--global', '--type=path', '--get', 'core.excludesFile']
  const output = await runGit(args, { folder: homedir(), okCodes: [0, 1] }).catch(() => null)
  const file = output?.toString().trimEnd()
  return file ? resolve(top, file) : defaultExcludes()
}

async function textOf(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8')
    return text.replace(/^\ufeff/, '') // a byte order mark is no part of the first rule
  } catch {
    return null // most folders have none
  }
}
