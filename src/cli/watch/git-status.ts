import { type EventData, workspacePath } from '../../protocol/events/events.ts'
import { fieldsOf, nameOf } from './git-names.ts'

type GitStatus = EventData<'git_status'>
type Entry = { index: string; tree: string; path: string | null } // null: the name is not UTF-8

/** True for a path that is left out of a status. */
export type IsHidden = (path: string, isTracked: boolean) => boolean

/** What `git status --porcelain=v2` prints. */
export type StatusOutput = { headers: ReadonlyMap<string, string>; entries: readonly Entry[] }

const maxPaths = 200 // in each list of a status
const maxRef = 255 // characters

/** Reads the output of `git status --porcelain=v2 --branch -z`. */
export function parseStatus(output: Buffer): StatusOutput {
  const headers = new Map<string, string>()
  const entries: Entry[] = []
  const fields = fieldsOf(output).values()
  for (const field of fields) {
    const [kind = '', ...rest] = field.toString('latin1').split(' ')
    if (kind === '#') headers.set(rest[0] ?? '', nameOf(field.subarray(3 + (rest[0] ?? '').length)) ?? '')
    else entries.push(entryOf(kind, field))
    if (kind === '2') fields.next() // the old name of a rename
  }
  return { headers, entries }
}

// How many words stand before the path, for each kind of entry.
const wordsBefore = new Map([
  ['1', 8],
  ['2', 9],
  ['u', 10],
  ['?', 1],
  ['!', 1],
])

function entryOf(kind: string, field: Buffer): Entry {
  let start = 0
  for (let word = wordsBefore.get(kind) ?? 0; word > 0; word--) start = field.indexOf(' ', start) + 1
  const path = nameOf(field.subarray(start))
  if (kind === '?' || kind === '!') return { index: kind, tree: kind, path }
  if (kind === 'u') return { index: 'U', tree: 'U', path }
  return { index: String.fromCharCode(field[2] ?? 0), tree: String.fromCharCode(field[3] ?? 0), path }
}

/** The event for a status: names below `prefix`, without those that are hidden. */
export function statusEvent({ headers, entries }: StatusOutput, prefix: string, isHidden: IsHidden): GitStatus {
  const visible = entries
    .map(entry => ({ ...entry, path: relativeTo(prefix, entry.path) }))
    .filter(({ path, index }) => path === null || !isHidden(path, index !== '?'))
  let more = 0
  const list = (belongs: (entry: Entry) => boolean) => {
    const all = visible.filter(belongs)
    const listed = all.flatMap(({ path }) => (workspacePath.safeParse(path).success ? [path ?? ''] : []))
    more += all.length - Math.min(listed.length, maxPaths)
    return listed.slice(0, maxPaths)
  }
  const lists = {
    staged: list(({ index }) => /[MTADRC]/.test(index)),
    changed: list(({ tree }) => /[MTADRC]/.test(tree)),
    untracked: list(({ index }) => index === '?'),
    conflicted: list(({ index }) => index === 'U'),
  }
  return { ...refsOf(headers), ...lists, ...(more > 0 && { more }) }
}

function refsOf(headers: StatusOutput['headers']) {
  const head = headers.get('branch.oid') ?? '(initial)'
  const upstream = headers.get('branch.upstream')
  const [, ahead = '0', behind = '0'] = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '') ?? []
  return {
    branch: headers.get('branch.head')?.slice(0, maxRef) || null,
    head: head === '(initial)' ? null : head,
    ...(upstream && { upstream: upstream.slice(0, maxRef) }),
    ahead: Number(ahead),
    behind: Number(behind),
  }
}

function relativeTo(prefix: string, path: string | null): string | null {
  return path?.startsWith(prefix) ? path.slice(prefix.length) : path
}
