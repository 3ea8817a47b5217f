import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { fileEvent, workspacePath } from '../../protocol/events/events.ts'
import type { Fingerprint } from './fingerprint.ts'
import { containsSecret, isSecretFile } from './secrets.ts'

/** An event for a file. */
export type FilePublication = Exclude<Publication, { type: 'git_status' }>

/** The event for a file, by its fingerprint when it was published last and its present one; null: none. */
export function changeOf(
  path: string,
  before: Fingerprint | null,
  now: Fingerprint | null,
  newId: () => string,
): FilePublication | null {
  if (!workspacePath.safeParse(path).success) return null // a path that the protocol refuses, for example with a line feed
  if (now === null) return before === null ? null : { id: newId(), type: 'file_deleted', data: { path } }
  const data = dataOf(path, now)
  if (before === null) return { id: newId(), type: 'file_created', data }
  return isSame(before, now) ? null : { id: newId(), type: 'file_changed', data }
}

/** The data of an event for a file: what can be published of it. */
function dataOf(path: string, { size, mtime, sha256 }: Fingerprint): FilePublication['data'] {
  const { shape } = fileEvent
  const time = Math.abs(mtime) <= latestTime ? new Date(mtime).toISOString() : null
  return {
    path,
    // Short secrets could be guessed from their size and hash.
    ...(!isSecretFile(path) && { size, ...(sha256 !== null && { sha256 }) }),
    ...(shape.mtime.safeParse(time).success && time !== null && { mtime: time }), // some files are dated after year 9999
  }
}

const latestTime = 8_640_000_000_000_000 // ms since the Unix epoch; the last one that a Date can hold

/** What may be published of a file event that an earlier version has left in its state. */
export function withoutSecrets(publication: Publication): Publication {
  if (publication.type === 'git_status') return publication
  const { diff, size, sha256, ...data } = publication.data
  const shown = diff !== undefined && !containsSecret(diff) ? { diff } : {}
  if (isSecretFile(data.path)) return { ...publication, data }
  return {
    ...publication,
    data: { ...data, ...(size !== undefined && { size }), ...(sha256 !== undefined && { sha256 }), ...shown },
  }
}

/** True for the same content: a file that was only touched did not change. */
function isSame(one: Fingerprint, other: Fingerprint): boolean {
  if (one.sha256 === null || other.sha256 === null) return one.size === other.size && one.mtime === other.mtime
  return one.sha256 === other.sha256
}
