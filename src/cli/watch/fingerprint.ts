import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'

/** What is remembered of a file, enough to see that it changed. */
export type Fingerprint = {
  size: number // bytes
  mtime: number // ms since the Unix epoch
  sha256: string | null // null: too large to be read for it
}

const largestRead = 67_108_864 // bytes

/** The fingerprint of a file, or null: there is none (any more), or it is a link or a folder. */
export async function fingerprint(path: string, known?: Fingerprint): Promise<Fingerprint | null> {
  try {
    const stat = await lstat(path)
    if (!stat.isFile()) return null
    const { size } = stat
    const mtime = Math.floor(stat.mtimeMs)
    if (known && known.size === size && known.mtime === mtime && settled(mtime)) return known
    return { size, mtime, sha256: size > largestRead ? null : await sha256(path) }
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

// A file written twice within the tick of its clock would look unchanged: what is so new is always read.
const settled = (mtime: number) => Date.now() - mtime > 2_000

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** Gone, or never ours to read. */
export function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM' || code === 'EISDIR'
}
