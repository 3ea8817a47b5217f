import { spawnSync } from 'node:child_process'
import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { parseEnv } from 'node:util'
import { CliError } from '../exit-codes.ts'

/** The secrets of a deployment by their names, as `.prod.vars` keeps them. */
export type ProdVars = Record<string, string>

/** Reads the secrets that were kept; none if the file does not exist. */
export async function readProdVars(file: string): Promise<ProdVars> {
  return Object.fromEntries(Object.entries(parseEnv(await textOf(file))).map(([name, value]) => [name, value ?? '']))
}

/**
 * Writes changed secrets for the user alone (mode 600) and leaves every other line as it is. Refuses where git would
 * commit the file.
 */
export async function writeProdVars(file: string, changes: ProdVars, removed: readonly string[] = []): Promise<void> {
  refuseIfCommitted(file)
  const kept = (await textOf(file)).split('\n').filter(line => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1]
    return name === undefined || !(name in changes || removed.includes(name))
  })
  const lines = [...kept.join('\n').trimEnd().split('\n'), ...Object.entries(changes).map(pair => pair.join('='))]
  const next = `${file}.new`
  await writeFile(next, `${lines.join('\n').trimStart()}\n`, { mode: 0o600 })
  await chmod(next, 0o600) // a file that was there keeps its mode
  await rename(next, file)
}

function refuseIfCommitted(file: string): void {
  const { status } = spawnSync('git', ['check-ignore', '--quiet', basename(file)], { cwd: dirname(file) })
  if (status !== 1) return // ignored, or there is no repository or no git
  throw new CliError('usage', `Git does not ignore ${basename(file)}, which will hold secrets. Add it to .gitignore.`)
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
