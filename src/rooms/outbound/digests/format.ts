import type { EventData, LoggedEvent } from '../../../protocol/events/events.ts'
import { isFileEvent } from '../workspace-info.ts'

const maxPaths = 3
const maxPathLength = 80 // characters

/** A summary of a workspace's events as one line of text; null: nothing of interest to a circle. */
export function formatDigest(events: readonly LoggedEvent[], before: EventData<'git_status'> | null): string | null {
  const files = filesIn(events)
  const git = events.findLast(event => event.type === 'git_status')?.data ?? null
  const parts = [...(git === null ? [] : gitParts(git, before)), ...files]
  if (parts.length === 0) return null
  const branch = (git ?? before)?.branch ?? null
  return `${branch === null ? '' : `${quoted(branch)}: `}${parts.join(', ')}`
}

/** The files that differ in the end: one that was created and deleted again is left out. */
function filesIn(events: readonly LoggedEvent[]): string[] {
  const byPath = new Map<string, { first: string; last: string }>()
  for (const event of events) {
    if (!isFileEvent(event)) continue
    const { path } = event.data
    byPath.set(path, { first: byPath.get(path)?.first ?? event.type, last: event.type })
  }
  const changes = [...byPath].flatMap(([path, { first, last }]) => {
    const isNew = first === 'file_created'
    const isGone = last === 'file_deleted'
    return isNew && isGone ? [] : [{ path, verb: isGone ? 'deleted' : isNew ? 'created' : 'changed' }]
  })
  const first = changes.slice(0, maxPaths).map(({ path, verb }) => `${verb} ${quoted(shortPath(path))}`)
  const rest = changes.length - first.length
  return rest > 0 ? [...first, `${rest} more file${rest === 1 ? '' : 's'}`] : first
}

function gitParts(git: EventData<'git_status'>, before: EventData<'git_status'> | null): string[] {
  const parts: string[] = []
  if (before !== null && git.branch !== before.branch) {
    parts.push(
      git.branch === null
        ? 'no branch checked out'
        : `switched from ${before.branch === null ? 'no branch' : quoted(before.branch)}`,
    )
  }
  if (git.head !== (before?.head ?? null) && git.head !== null) parts.push(`now at ${git.head.slice(0, 7)}`)
  if (git.conflicted.length > 0) parts.push(`${git.conflicted.length} in conflict`)
  else if (before !== null && before.conflicted.length > 0) parts.push('no conflict any more')
  return parts
}

/** A name as it is if it means nothing in Markdown, else as code. */
function quoted(name: string): string {
  if (/^(?!www\.)[A-Za-z0-9.][A-Za-z0-9./-]*$/.test(name)) return name
  const ticks = '`'.repeat(Math.max(0, ...(name.match(/`+/g) ?? []).map(run => run.length)) + 1)
  const space = /^`|`$/.test(name) ? ' ' : ''
  return `${ticks}${space}${name}${space}${ticks}`
}

function shortPath(path: string): string {
  return path.length <= maxPathLength ? path : `…${path.slice(1 - maxPathLength)}`
}
