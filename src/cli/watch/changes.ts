import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { workspacePath } from '../../protocol/events/events.ts'
import type { Fingerprint } from './fingerprint.ts'

type FilePublication = Exclude<Publication, { type: 'git_status' }>

/** The event for a file, by its fingerprint when it was published last and its present one; null: none. */
export function changeOf(
  path: string,
  before: Fingerprint | null,
  now: Fingerprint | null,
  newId: () => string,
): FilePublication | null {
  if (!workspacePath.safeParse(path).success) return null // a path that the protocol refuses, for example with a line feed
  if (now === null) return before === null ? null : { id: newId(), type: 'file_deleted', data: { path } }
  const data = {
    path,
    size: now.size,
    ...(now.sha256 !== null && { sha256: now.sha256 }),
    mtime: new Date(now.mtime).toISOString(),
  }
  if (before === null) return { id: newId(), type: 'file_created', data }
  return isSame(before, now) ? null : { id: newId(), type: 'file_changed', data }
}

/** True for the same content: a file that was only touched did not change. */
function isSame(one: Fingerprint, other: Fingerprint): boolean {
  if (one.sha256 === null || other.sha256 === null) return one.size === other.size && one.mtime === other.mtime
  return one.sha256 === other.sha256
}
