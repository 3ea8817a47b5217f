import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod/v4'
import { CliError } from '../exit-codes.ts'

const stored = z.object({
  version: z.literal(1),
  key: z.string(), // of the agent
  sessions: z.array(z.tuple([z.string(), z.object({ id: z.string(), seq: z.number() })])), // by memory
})

/** What is kept of an agent between two starts: its key, and the sessions of its program. */
export type ConnectState = Pick<z.infer<typeof stored>, 'key' | 'sessions'>

/** Reads a state file; null: there is none. */
export async function loadConnectState(file: string): Promise<ConnectState | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return stored.parse(JSON.parse(text))
  } catch {
    throw new CliError('usage', `${file} is not a state file of circles-rooms connect. Delete it, or name another.`)
  }
}

/** Writes a state file, all of it or nothing, for this user alone. */
export async function saveConnectState(file: string, { key, sessions }: ConnectState): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, JSON.stringify({ version: 1, key, sessions }), { mode: 0o600 })
  await rename(temporary, file)
}
