import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod/v4'
import { type Publication, publication } from '../../protocol/commands/publish-schema.ts'
import { gitStatus } from '../../protocol/events/events.ts'
import { CliError } from '../exit-codes.ts'
import { withoutSecrets } from './changes.ts'
import type { Fingerprint } from './fingerprint.ts'
import { isSecretFile } from './secrets.ts'

const print = [z.number(), z.number(), z.string().nullable()] as const // size, mtime, sha256
const common = {
  files: z.array(z.tuple([z.string(), ...print])), // by path
  git: gitStatus.nullable(),
  outgoing: z.array(publication),
}
const stored = z.discriminatedUnion('version', [
  z.object({ version: z.literal(1), ...common }),
  z.object({ version: z.literal(2), ...common, prints: z.array(z.tuple([z.string(), ...print])) }), // by event
])

/**
 * What was published of a folder, kept in a file. Whatever differs from it is still to be published, whether we were
 * offline or not running. The events in `outgoing` keep their ids until the server has confirmed them.
 */
export type WatchState = {
  files: Map<string, Fingerprint>
  git: z.infer<typeof gitStatus> | null
  outgoing: Publication[]
  prints: Map<string, Fingerprint> // of the files in `outgoing`, by the event's id
}

/** The state of a folder of which nothing was published. */
export function emptyState(files: Map<string, Fingerprint> = new Map()): WatchState {
  return { files, git: null, outgoing: [], prints: new Map() }
}

/** Reads a state file. Returns null if there is none: this folder was never watched for this workspace. */
export async function loadState(file: string): Promise<WatchState | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const state = read(file, text)
  const printsOf = (list: z.infer<typeof stored>['files']) =>
    new Map(list.map(([key, size, mtime, sha256]) => [key, { size, mtime, sha256 }] as const))
  const files = printsOf(state.files)
  if (state.version === 2) return { ...state, files, prints: printsOf(state.prints) }
  // The first version kept hashes of secret files, and published them.
  for (const [path, known] of files) if (isSecretFile(path)) files.set(path, { ...known, sha256: null })
  return { ...state, files, outgoing: state.outgoing.map(withoutSecrets), prints: printsBefore(state.outgoing) }
}

/** The fingerprints as the first version kept them: in the events. */
function printsBefore(outgoing: readonly Publication[]): WatchState['prints'] {
  return new Map(
    outgoing.flatMap(({ id, type, data }) => {
      if (type === 'git_status' || type === 'file_deleted') return []
      const { path, size = 0, mtime = '', sha256 = null } = data
      return [[id, { size, mtime: Date.parse(mtime) || 0, sha256: isSecretFile(path) ? null : sha256 }] as const]
    }),
  )
}

function read(file: string, text: string): z.infer<typeof stored> {
  try {
    return stored.parse(JSON.parse(text))
  } catch {
    throw new CliError(
      'usage',
      `${file} is not a state file of circles-rooms watch. Delete it to start from the present state of the folder.`,
    )
  }
}

/** Writes a state file, all of it or nothing. */
export async function saveState(file: string, { files, git, outgoing, prints }: WatchState): Promise<void> {
  const listOf = (map: Map<string, Fingerprint>) =>
    [...map].map(([key, { size, mtime, sha256 }]) => [key, size, mtime, sha256] as const)
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  const state = { version: 2, files: listOf(files), git, outgoing, prints: listOf(prints) }
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600 })
  await rename(temporary, file)
}
