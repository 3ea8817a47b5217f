import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { gitStatus } from '../../protocol/events.ts'
import { type Publication, publication } from '../../protocol/publish-schema.ts'
import { CliError } from '../exit-codes.ts'
import type { Fingerprint } from './fingerprint.ts'

const file = z.tuple([z.string(), z.number(), z.number(), z.string().nullable()]) // path, size, mtime, sha256
const stored = z.object({
  version: z.literal(1),
  files: z.array(file),
  git: gitStatus.nullable(),
  outgoing: z.array(publication),
})

/**
 * What was told of a folder, kept in a file: whatever differs from it is still to be told, whether we were offline or
 * not running at all. `outgoing` is being told just now, under ids that stay the same until the server has answered.
 */
export type WatchState = {
  files: Map<string, Fingerprint>
  git: z.infer<typeof gitStatus> | null
  outgoing: Publication[]
}

/** What is remembered, or null: this folder was never watched for this workspace. */
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
    throw new CliError('usage', `${file} is not what a watcher remembers; without it, it begins anew.`)
  }
}

/** Writes all of it, or, if we die meanwhile, nothing. */
export async function saveState(file: string, { files, git, outgoing }: WatchState): Promise<void> {
  const listed = [...files].map(([path, { size, mtime, sha256 }]) => [path, size, mtime, sha256] as const)
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify({ version: 1, files: listed, git, outgoing }), { mode: 0o600 })
  await rename(draft, file)
}
