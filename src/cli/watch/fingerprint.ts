import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'

/** What shows that a file has changed. */
export type Fingerprint = {
  size: number // bytes
  mtime: number // ms since the Unix epoch
  sha256: string | null // null: the file is too large to be read for it
}

const largestRead = 67_108_864 // bytes
const clockTickMs = 2_000 // the coarsest clock of a file system

/**
 * The fingerprint of a file; null if there is none, or it is a link or a folder. `known` is returned without reading the
 * file if its size and time are still the same.
 */
export async function fingerprint(path: string, known?: Fingerprint): Promise<Fingerprint | null> {
  try {
    const stat = await lstat(path)
    if (!stat.isFile()) return null
    const { size } = stat
    const mtime = Math.floor(stat.mtimeMs)
    if (known && known.size === size && known.mtime === mtime && isSettled(mtime)) return known
    return { size, mtime, sha256: size > largestRead ? null : await sha256(path) }
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

// A file written twice within a tick of the clock would look unchanged, so a file this new is always read.
const isSettled = (mtime: number) => Date.now() - mtime > clockTickMs

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** True if the error means that a file has gone, or that we may not read it. */
export function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM' || code === 'EISDIR'
}
