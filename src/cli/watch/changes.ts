import { workspacePath } from '../../protocol/events.ts'
import type { Publication } from '../../protocol/publish-schema.ts'
import type { Fingerprint } from './fingerprint.ts'

type FilePublication = Exclude<Publication, { type: 'git_status' }>

/** What to tell of a file, given what was told of it before and what it is now; null: nothing. */
export function changeOf(
  path: string,
  told: Fingerprint | null,
  now: Fingerprint | null,
  newId: () => string,
): FilePublication | null {
  if (!workspacePath.safeParse(path).success) return null // a name that cannot be told, with a line feed in it say
  if (now === null) return told === null ? null : { id: newId(), type: 'file_deleted', data: { path } }
  const data = {
    path,
    size: now.size,
    ...(now.sha256 !== null && { sha256: now.sha256 }),
    mtime: new Date(now.mtime).toISOString(),
  }
  if (told === null) return { id: newId(), type: 'file_created', data }
  return isSame(told, now) ? null : { id: newId(), type: 'file_changed', data }
}

/** Same content: a file that was only touched did not change. */
function isSame(one: Fingerprint, other: Fingerprint): boolean {
  if (one.sha256 === null || other.sha256 === null) return one.size === other.size && one.mtime === other.mtime
  return one.sha256 === other.sha256
}
