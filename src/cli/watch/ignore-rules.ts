import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'

// What no team wants to hear of: other programs' own folders, editors' scratch files, dependencies.
const byDefault = `
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

/** Which files are told of: the default list, what the user added, and every `.gitignore` on the way down. */
export class IgnoreRules {
  readonly #root: string
  readonly #always: Ignore
  readonly #byFolder = new Map<string, Ignore | null>() // '' is the root; null: has no rules

  constructor(root: string, patterns: readonly string[] = []) {
    this.#root = root
    this.#always = ignore().add(byDefault).add(patterns)
  }

  /** Reads the rules of a folder (`''` or `src/web`); call it before asking about what is in it. */
  async enter(folder: string): Promise<void> {
    const rules = (await textOf(join(this.#root, folder, '.gitignore'))) ?? ''
    const excluded = folder === '' ? await textOf(join(this.#root, '.git/info/exclude')) : null
    const text = `${excluded ?? ''}\n${rules}`
    this.#byFolder.set(folder, text.trim() === '' ? null : ignore().add(text))
  }

  /** Is this path left out? A folder's ends in `/`. A folder that is left out leaves out all that is in it. */
  has(path: string): boolean {
    if (this.#always.ignores(path)) return true
    const inner = path.endsWith('/') ? path.slice(0, -1) : path
    // The nearest folder that says something about it decides, as in git.
    for (let folder = parentOf(inner); ; folder = parentOf(folder)) {
      const below = folder === '' ? path : path.slice(folder.length + 1)
      const { ignored, unignored } = this.#byFolder.get(folder)?.test(below) ?? {}
      if (ignored) return true
      if (unignored || folder === '') return false
    }
  }

  /** Like `has`, and also true if a folder above it is left out. */
  covers(path: string): boolean {
    const parts = path.split('/')
    return parts.some((_, index) => {
      const isWhole = index === parts.length - 1
      return this.has(isWhole ? path : `${parts.slice(0, index + 1).join('/')}/`)
    })
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
