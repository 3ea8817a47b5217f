import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'

// Other programs' own folders, editors' scratch files, dependencies.
const defaults = `
.git
.hg
.svn
.jj
.DS_Store
Thumbs.db
node_modules/
.venv/
__pycache__/
.cache/
.wrangler/
.vscode/
.idea/
*.swp
*.swx
*~
.#*
4913
*.tmp
*.tsbuildinfo
`

/** Decides which paths to ignore: a default list, the user's patterns, and every `.gitignore` on the way down. */
export class IgnoreRules {
  readonly #root: string
  readonly #always: Ignore
  readonly #byFolder = new Map<string, Ignore | null>() // '' is the root; null: it has no rules

  constructor(root: string, patterns: readonly string[] = []) {
    this.#root = root
    this.#always = ignore().add(defaults).add(patterns)
  }

  /** Reads the rules of a folder (`''` or `src/web`). Call it before `ignores` for a path in that folder. */
  async enter(folder: string): Promise<void> {
    const rules = (await textOf(join(this.#root, folder, '.gitignore'))) ?? ''
    const excluded = folder === '' ? await textOf(join(this.#root, '.git/info/exclude')) : null
    const text = `${excluded ?? ''}\n${rules}`
    this.#byFolder.set(folder, text.trim() === '' ? null : ignore().add(text))
  }

  /** True if this path is ignored. A folder's path ends in `/`; an ignored folder is not entered. */
  ignores(path: string): boolean {
    if (this.#always.ignores(path)) return true
    const inner = path.endsWith('/') ? path.slice(0, -1) : path
    // The nearest folder with a rule that matches decides, as in git.
    for (let folder = parentOf(inner); ; folder = parentOf(folder)) {
      const below = folder === '' ? path : path.slice(folder.length + 1)
      const { ignored, unignored } = this.#byFolder.get(folder)?.test(below) ?? {}
      if (ignored) return true
      if (unignored || folder === '') return false
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null // most folders have none
  }
}
