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

/** Decides by a default list and the user's patterns, in a repository or not. */
export class PatternRules {
  readonly #all: Ignore
  readonly #users: Ignore

  constructor(patterns: readonly string[], ignorecase: boolean) {
    this.#all = ignore({ ignorecase }).add(defaults).add(patterns)
    this.#users = ignore({ ignorecase }).add(patterns)
  }

  /** True if this path is ignored; a folder's ends in `/`. The default list is not for what git tracks. */
  ignores(path: string, isTracked = false): boolean {
    return (isTracked ? this.#users : this.#all).ignores(path)
  }
}
