import type { EventOf, LoggedEvent } from '../../protocol/events/events.ts'
import type { FileChange, WorkspaceInfo } from '../../protocol/frames.ts'
import type { EventLog } from '../log/event-log.ts'
import type { ComponentDefinition } from '../tables.ts'

const recentEvents = 200 // searched for files
const recentFiles = 50
const gitWithin = 5_000 // events; a watcher reports git again long before

/** The state of a workspace, read from the end of its log. It is not stored, so it is never out of date. */
export function workspaceInfo(log: EventLog): WorkspaceInfo {
  const files = new Map<string, FileChange>()
  for (const event of log.before(log.head + 1, recentEvents).events.reverse()) {
    if (!isFileEvent(event) || files.has(event.data.path)) continue
    files.set(event.data.path, changeOf(event))
    if (files.size === recentFiles) break
  }
  return { git: log.latest('git_status', gitWithin)?.data ?? null, files: [...files.values()] }
}

/** A stored change of a file. */
type FileEvent = EventOf<'file_created'> | EventOf<'file_changed'> | EventOf<'file_deleted'>

/** Returns whether an event is a change of a file. */
export function isFileEvent(event: LoggedEvent): event is FileEvent {
  return event.type === 'file_created' || event.type === 'file_changed' || event.type === 'file_deleted'
}

const changes = { file_created: 'created', file_changed: 'changed', file_deleted: 'deleted' } as const

function changeOf({ type, seq, data: { path, size, mtime, by } }: FileEvent): FileChange {
  return {
    path,
    change: changes[type],
    seq,
    ...(size !== undefined && { size }),
    ...(mtime !== undefined && { mtime }),
    ...(by !== undefined && { by }),
  }
}

/** Adds the state of a workspace to `welcome`. */
export const workspaceState: ComponentDefinition = {
  name: 'workspace-state',
  create: ({ log }) => ({ welcome: () => ({ workspace: workspaceInfo(log) }) }),
}
