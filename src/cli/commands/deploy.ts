import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NextSecrets, nextSecrets } from '../deploy/next-secrets.ts'
import { type ProdVars, readProdVars, writeProdVars } from '../deploy/prod-vars.ts'
import { configureResources, createResources, readResourceNames } from '../deploy/resources.ts'
import { type Wrangler, wranglerOf } from '../deploy/wrangler.ts'
import { CliError } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** The options of `circles-rooms deploy`. */
export type DeployOptions = {
  with?: string // bus,files
  newSecret?: boolean
  dropPrevious?: boolean
  owner?: boolean
  config?: string // of wrangler
  env?: string // an environment of that configuration
}

/** A folder to deploy, and what is done in it. */
type Deployment = { folder: string; terminal: Terminal; wrangler: Wrangler; now: number }

/** Deploys the Worker of this folder: makes what is missing, keeps its secrets, and prints its address and a new owner's link. */
export async function deploy(options: DeployOptions, terminal: Terminal, folder = process.cwd()): Promise<void> {
  const deployment = { folder, terminal, wrangler: wranglerOf(folder), now: Date.now() }
  const config = configOf(folder, options.config)
  const names = readResourceNames(options.with)
  const file = join(folder, options.env === undefined ? '.prod.vars' : `.prod.vars.${options.env}`)
  const kept = await readProdVars(file)
  const secrets = await secretsFor(kept, { config, options }, deployment)

  await createResources(names, deployment.wrangler, terminal.err)
  const configured = await configureResources(config, names)
  if (configured.length > 0) terminal.err(`Added the bindings of ${configured.join(' and ')} to ${config}.`)
  await writeProdVars(file, secrets.keep, secrets.forget)
  const addresses = await upload(secrets.upload, options, deployment).catch(async (error: unknown) => {
    // The same command, once more, must not take the secret that is in use for one before the previous one.
    if (options.newSecret && kept.AUTH_SECRET) await writeProdVars(file, kept, ['AUTH_SECRET_PREVIOUS'])
    throw error
  })
  if (secrets.link !== null) await writeProdVars(file, { OWNER_LINK: secrets.link.setting })
  report(addresses, { secrets, file }, terminal)
}

function configOf(folder: string, given: string | undefined): string {
  const names = given === undefined ? ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'] : [given] // as wrangler does
  const found = names.map(name => join(folder, name)).find(existsSync)
  if (found === undefined) throw new CliError('usage', `There is no ${given ?? 'wrangler.toml'} in ${folder}.`)
  return found
}

async function secretsFor(
  kept: ProdVars,
  { config, options }: { config: string; options: DeployOptions },
  { wrangler, now }: Deployment,
): Promise<NextSecrets> {
  const hasIssuer = /\bAUTH_JWKS_URL"?\s*[=:]\s*"[^"]/.test(await readFile(config, 'utf8'))
  const signs = hasIssuer ? 'TICKET_SECRET' : 'AUTH_SECRET'
  if (!kept[signs] && !options.newSecret && (await deployedSecrets(wrangler, options)).includes(signs)) {
    throw new CliError(
      'refused',
      `This Worker has a secret ${signs} that is not in .prod.vars here, and it cannot be read back. Put it there: ` +
        `${signs}=… If nobody has it any more, --new-secret replaces it, which ends all tokens that it signed.`,
    )
  }
  return nextSecrets(kept, { ...options, signs }, now)
}

/** The names of the secrets that the Worker has; none if it does not exist. */
async function deployedSecrets(wrangler: Wrangler, options: DeployOptions): Promise<string[]> {
  const { code, output } = await wrangler(['secret', 'list', '--format', 'json', ...targetOf(options)])
  if (code !== 0) {
    if (/\b10007\b|not found|does not exist/i.test(output)) return []
    throw new CliError('refused', `wrangler cannot tell which secrets the Worker has:\n${output.trim()}`)
  }
  const secrets: { name: string }[] = JSON.parse(output.slice(output.indexOf('[')))
  return secrets.map(({ name }) => name)
}

/** Deploys with these secrets; resolves with the addresses of the Worker. */
async function upload(secrets: ProdVars, options: DeployOptions, { wrangler }: Deployment): Promise<string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'circles-deploy-')) // for this user alone
  try {
    const secretsFile = join(scratch, 'secrets.json') // as JSON nothing in it is expanded or overridden
    const outputFile = join(scratch, 'output.ndjson')
    await writeFile(secretsFile, JSON.stringify(secrets), { mode: 0o600 })
    const { code } = await wrangler(['deploy', '--secrets-file', secretsFile, ...targetOf(options)], {
      show: true,
      env: { WRANGLER_OUTPUT_FILE_PATH: outputFile },
    })
    if (code !== 0) throw new CliError('refused', 'wrangler deploy failed; see above.')
    return addressesIn(await readFile(outputFile, 'utf8').catch(() => ''))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function targetOf({ config, env }: DeployOptions): string[] {
  return [...(config === undefined ? [] : ['--config', config]), ...(env === undefined ? [] : ['--env', env])]
}

/** The addresses in what wrangler wrote about a deployment, one JSON object a line. */
function addressesIn(output: string): string[] {
  const entries: { type: string; targets?: string[] }[] = output
    .split('\n')
    .flatMap(line => (line ? JSON.parse(line) : []))
  const targets = entries.flatMap(({ type, targets }) => (type === 'deploy' ? (targets ?? []) : []))
  const hosts = targets
    .map(target => target.split(' ')[0] ?? '')
    .filter(target => /^(https:\/\/)?[\w.-]+$/.test(target))
  return hosts.map(host => (host.startsWith('https://') ? host : `https://${host}`))
}

function report(
  addresses: readonly string[],
  { secrets, file }: { secrets: NextSecrets; file: string },
  terminal: Terminal,
): void {
  const [address = 'https://<address>'] = addresses
  terminal.out(addresses.length === 0 ? 'Deployed; the Worker has no address of its own.' : `Deployed: ${address}`)
  if (secrets.link === null) return
  terminal.out(`The owner’s link, which works once within 24 hours: ${address}/#owner=${secrets.link.code}`)
  terminal.err(`The secrets are in ${file}. Keep a copy of it: they cannot be read back.`)
}
