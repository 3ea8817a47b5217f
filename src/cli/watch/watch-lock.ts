import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import * as z from 'zod/v4'
import { CliError } from '../exit-codes.ts'

const holder = z.object({ pid: z.int().positive(), host: z.string(), id: z.string() })
type Holder = z.infer<typeof holder>

const renewMs = 5_000
const staleMs = 30_000 // a lock that was not renewed for so long belongs to nobody

/** Locks that are held until they are released. */
export type WatchLock = AsyncDisposable

/**
 * Takes these lock files, so that one program publishes a folder to a workspace. Rejects if another one does. A lock whose
 * process is gone, or that was not renewed, is taken over. `onLost` is called if another program takes ours over, as when
 * this one was suspended for a while.
 */
export async function takeLocks(files: readonly string[], onLost: () => void): Promise<WatchLock> {
  const own: Holder = { pid: process.pid, host: hostname(), id: crypto.randomUUID() }
  const taken: string[] = []
  const release = async () => {
    clearInterval(timer)
    for (const file of taken) if ((await holderOf(file))?.id === own.id) await rm(file, { force: true })
  }
  const renew = async () => {
    for (const file of taken) {
      if ((await holderOf(file))?.id === own.id) await utimes(file, new Date(), new Date()).catch(() => {})
      else onLost()
    }
  }
  const timer = setInterval(renew, renewMs).unref()
  try {
    for (const file of new Set(files)) {
      await take(file, own)
      taken.push(file)
    }
  } catch (error) {
    await release()
    throw error
  }
  return { [Symbol.asyncDispose]: release }
}

async function take(file: string, own: Holder): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  if (await create(file, own)) return
  const other = await holderOf(file)
  if (!(await isAbandoned(file, other))) throw busy(other)
  // Of those that find it abandoned, one at a time may remove it: nobody removes the lock that another has just made.
  const takeover = `${file}.takeover`
  if (!(await create(takeover, own))) {
    if (await isAbandoned(takeover, await holderOf(takeover))) await rm(takeover, { force: true })
    throw busy(other)
  }
  try {
    await replace(file, other, own)
  } finally {
    await rm(takeover, { force: true })
  }
}

async function replace(file: string, abandoned: Holder | null, own: Holder): Promise<void> {
  const present = await holderOf(file)
  if (present?.id !== abandoned?.id || !(await isAbandoned(file, present))) throw busy(present)
  await rm(file, { force: true })
  if (!(await create(file, own))) throw busy(await holderOf(file))
}

/** Makes the lock file, unless there is one. */
async function create(file: string, own: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(own), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function holderOf(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  try {
    return holder.parse(JSON.parse(text))
  } catch {
    return null // gone, or not ours
  }
}

async function isAbandoned(file: string, other: Holder | null): Promise<boolean> {
  if (other !== null && other.host === hostname() && !isRunning(other.pid)) return true
  const found = await stat(file).catch(() => null)
  return found === null || Date.now() - found.mtimeMs > staleMs
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' // somebody else's
  }
}

function busy(other: Holder | null): CliError {
  const who =
    other === null ? 'another program' : `process ${other.pid}${other.host === hostname() ? '' : ` on ${other.host}`}`
  return new CliError('refused', `This folder is already published to this workspace by ${who}.`)
}
