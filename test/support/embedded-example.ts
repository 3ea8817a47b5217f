import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment, root } from '../../scripts/toolchain.mjs'

/** examples/embedded in a folder of its own, with our agents and one that swears. */
export type EmbeddedExample = AsyncDisposable & {
  config: string
  schema: string
  client: string // the module of `circles-rooms/client`
}

const entries = {
  'circles-rooms/server': 'src/server/index.ts',
  'circles-rooms/protocol': 'src/protocol/protocol.ts',
  'circles-rooms/agent/pickle': 'src/agents/builtin/pickle.ts',
  'circles-rooms/agent/scribe': 'src/agents/builtin/scribe.ts',
  'circles-rooms/agent': 'src/agents/kit/agent.ts',
}

const main = `import { CircleAgent, type Reply, type TurnRequest } from 'circles-rooms/agent'

export * from './index.ts'
export { default } from './index.ts'
export { Pickle } from 'circles-rooms/agent/pickle'
export { Scribe } from 'circles-rooms/agent/scribe'

export class Sailor extends CircleAgent {
  protected override readonly metadata = { name: 'Sailor', description: 'Has no manners.' }

  protected override async onTurn(_request: TurnRequest, reply: Reply): Promise<void> {
    await reply.write('Aye, darn it.')
  }
}
`

const agents = ['Pickle', 'Sailor', 'Scribe'].map(
  name => `
[[services]]
binding = "AGENT_${name.toUpperCase()}"
service = "embedded"
entrypoint = "${name}"
`,
)

// What our agents import, and who uses them installs.
const agentPackages = ['ai', '@ai-sdk/openai-compatible', 'workers-ai-provider', 'chrono-node']

/** Copies the example. `tarball`: the packed package, to be installed in it; null: it uses the sources of this repository. */
export async function copyEmbeddedExample(tarball: string | null): Promise<EmbeddedExample> {
  const folder = await mkdtemp(join(tmpdir(), 'circles-embedded-'))
  cpSync(join(root, 'examples/embedded'), folder, { recursive: true })
  writeFileSync(join(folder, 'src/main.ts'), main)
  const config = join(folder, 'wrangler.toml')
  const [own = ''] = readFileSync(config, 'utf8').split(/^# Until the package/m)
  const aliases = Object.entries(entries).map(([name, path]) => `"${name}" = "${join(root, path)}"\n`)
  const sources = tarball === null ? `\n[alias]\n${aliases.join('')}` : ''
  writeFileSync(config, own.replace('src/index.ts', 'src/main.ts') + agents.join('') + sources)
  if (tarball === null) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  else install(folder, tarball)
  const remove = () => rm(folder, { recursive: true, force: true })
  const client =
    tarball === null ? join(root, 'src/client/compat.ts') : createRequire(config).resolve('circles-rooms/client')
  return { config, schema: join(folder, 'schema.sql'), client, [Symbol.asyncDispose]: remove }
}

function install(folder: string, tarball: string): void {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { hono, zod } = dependencies
  const ofAgents = Object.fromEntries(agentPackages.map(name => [name, devDependencies[name]]))
  const manifest = { name: 'embedded', private: true, type: 'module' }
  const needed = { 'circles-rooms': `file:${tarball}`, hono, zod, ...ofAgents }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies: needed }))
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline']
  execFileSync('npm', args, { cwd: folder, env: environment(), stdio: ['ignore', 'ignore', 'inherit'] })
}
