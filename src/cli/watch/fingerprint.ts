import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSecretFile } from './secrets.ts'

/** What shows that a file has changed. */
export type Fingerprint = {
  size: number // bytes
  mtime: number // ms since the Unix epoch
  sha256: string | null // null: the file is too large to be read for it, holds secrets, or cannot be read
}

const largestRead = 67_108_864 // bytes
const clockTickMs = 2_000 // the coarsest clock of a file system

/** Takes the fingerprints of files below a folder, for one pass over it. */
export class FileReader {
  readonly #root: string
  readonly #folders = new Map<string, Promise<boolean>>()

  constructor(root: string) {
    this.#root = root
  }

  /**
   * The fingerprint of a file; null if there is none: nothing, a folder, a link, or something behind a link. `known` is
   * returned without reading the file if its size and time are still the same, or if the system does not say.
   */
  async fingerprint(path: string, known: Fingerprint | null = null): Promise<Fingerprint | null> {
    try {
      if (!(await this.#isFolder(dirname(path)))) return null
      const absolute = join(this.#root, path)
      const stat = await lstat(absolute)
      if (!stat.isFile()) return null
      const { size } = stat
      const mtime = Math.floor(stat.mtimeMs)
      if (known && known.size === size && known.mtime === mtime && isSettled(mtime)) return known
      const isRead = size <= largestRead && !isSecretFile(path)
      return { size, mtime, sha256: isRead ? await sha256(absolute) : null }
    } catch (error) {
      return isGone(error) ? null : known
    }
  }

  /** True for a folder that no link leads to. */
  #isFolder(path: string): Promise<boolean> {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const checked = this.#check(path)
    this.#folders.set(path, checked)
    return checked
  }

  async #check(path: string): Promise<boolean> {
    if (path === '.') return true
    return (await this.#isFolder(dirname(path))) && (await lstat(join(this.#root, path))).isDirectory()
  }
}

// A file written twice within a tick of the clock would look unchanged, so a file this new is always read.
const isSettled = (mtime: number) => Date.now() - mtime > clockTickMs

/** The hash of a file; null if it cannot be read. */
async function sha256(path: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    for await (const chunk of file.createReadStream()) hash.update(chunk)
    return hash.digest('hex')
  } catch (error) {
    if (isGone(error)) throw error
    return null
  }
}

/** True if the error means that a file or folder is not there. */
export function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR'
}
