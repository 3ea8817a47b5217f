import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { type Publication, publication } from '../../protocol/commands/publish-schema.ts'
import { gitStatus } from '../../protocol/events/events.ts'
import { CliError } from '../exit-codes.ts'
import type { Fingerprint } from './fingerprint.ts'

const storedFile = z.tuple([z.string(), z.number(), z.number(), z.string().nullable()]) // path, size, mtime, sha256
const stored = z.object({
  version: z.literal(1),
  files: z.array(storedFile),
  git: gitStatus.nullable(),
  outgoing: z.array(publication),
})

/**
 * What was published of a folder, kept in a file. Whatever differs from it is still to be published, whether we were
 * offline or not running. The events in `outgoing` keep their ids until the server has confirmed them.
 */
export type WatchState = {
  files: Map<string, Fingerprint>
  git: z.infer<typeof gitStatus> | null
  outgoing: Publication[]
}

/** Reads a state file. Returns null if there is none: this folder was never watched for this workspace. */
export async function loadState(file: string): Promise<WatchState | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const { files, git, outgoing } = read(file, text)
  const entries = files.map(([path, size, mtime, sha256]) => [path, { size, mtime, sha256 }] as const)
  return { files: new Map(entries), git, outgoing }
}

function read(file: string, text: string): z.infer<typeof stored> {
  try {
    return stored.parse(JSON.parse(text))
  } catch {
    throw new CliError(
      'usage',
      `${file} is not a state file of circles watch. Delete it to start from the present state of the folder.`,
    )
  }
}

/** Writes a state file, all of it or nothing. */
export async function saveState(file: string, { files, git, outgoing }: WatchState): Promise<void> {
  const list = [...files].map(([path, { size, mtime, sha256 }]) => [path, size, mtime, sha256] as const)
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, JSON.stringify({ version: 1, files: list, git, outgoing }), { mode: 0o600 })
  await rename(temporary, file)
}
