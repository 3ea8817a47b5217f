import { appendFile, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CliError } from '../exit-codes.ts'
import { isConfigured, optionalResources, tomlOf } from './optional-resources.mjs'
import type { Wrangler } from './wrangler.ts'

/** The name of something that a deployment may have besides its default. */
export type ResourceName = keyof typeof optionalResources

/** Reads `bus,files`. */
export function readResourceNames(list: string | undefined): ResourceName[] {
  const names = (list ?? '').split(',').filter(name => name !== '')
  return names.map(name => {
    if (Object.hasOwn(optionalResources, name)) return name as ResourceName
    const known = Object.keys(optionalResources).join(', ')
    throw new CliError('usage', `"${name}" is nothing that a deployment can have. There are: ${known}.`)
  })
}

/** Adds the bindings that are missing to the end of a wrangler.toml. Returns the names whose bindings were added. */
export async function configureResources(config: string, names: readonly ResourceName[]): Promise<ResourceName[]> {
  const text = await readFile(config, 'utf8')
  const missing = names.filter(name => !isConfigured(optionalResources[name], text))
  if (missing.length === 0) return []
  if (!config.endsWith('.toml')) {
    const lines = missing.map(name => JSON.stringify(optionalResources[name].config, null, 2))
    throw new CliError('usage', `Add this to ${basename(config)}, and deploy again:\n${lines.join('\n')}`)
  }
  await appendFile(config, missing.map(name => tomlOf(optionalResources[name].config)).join(''))
  return missing
}

/** Makes queues and buckets that do not exist yet. */
export async function createResources(
  names: readonly ResourceName[],
  wrangler: Wrangler,
  tell: (line: string) => void,
): Promise<void> {
  for (const { queues, buckets } of names.map(name => optionalResources[name])) {
    for (const queue of queues) await create(['queues', 'create', queue], wrangler, tell)
    for (const bucket of buckets) await create(['r2', 'bucket', 'create', bucket], wrangler, tell)
  }
}

async function create(args: readonly string[], wrangler: Wrangler, tell: (line: string) => void): Promise<void> {
  const { code, output } = await wrangler(args)
  const exists = /already (exists|taken|own)|\b(11009|10004)\b/i.test(output)
  if (code !== 0 && !exists) throw new CliError('refused', `wrangler ${args.join(' ')} failed:\n${output.trim()}`)
  tell(code === 0 ? `Created ${args.at(-1)}.` : `${args.at(-1)} exists.`)
}
