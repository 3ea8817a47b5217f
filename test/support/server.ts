import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { environment, node, root, tool } from '../../scripts/toolchain.mjs'
import { settingsOfRun } from './behind-relays.ts'

/** A real `wrangler dev` with its own port and state. It always ends with the test that started it. */
export type Server = AsyncDisposable & {
  port: number
  url: string // http://127.0.0.1:…
  state: string // the folder of its SQLite files
  ws(path: string): string
  output(): string // everything it printed, over all restarts
  stop(): Promise<void>
  /** SIGKILL to the whole process group, as a power cut would. */
  kill9(): Promise<void>
  /** Starts again after `stop` or `kill9`, on the same port with the same state. */
  start(): Promise<void>
}

const readyWithinMs = 110_000 // on a slow machine under load; usually 5 s at most

/** The variable with the path of the Worker as it was bundled for this run (bundle-once.ts), if it was. */
export const bundledWorker = 'CIRCLES_BUNDLED_WORKER'

/** The Workers to serve: Circles, from source unless it is bundled, or those of a test's configurations. */
type Workers = { script?: string; configs?: string[]; registry?: string } // registry: shared with another server, whose objects it uses

/** Starts a server; `vars` are the Worker's settings, with AUTH=open by default. */
export async function startServer(
  vars: Record<string, string> = {},
  { configs = ['wrangler.toml'], script = usualScript(configs), registry }: Workers = {},
): Promise<Server> {
  const port = await freePort()
  const scratch = await mkdtemp(join(tmpdir(), 'circles-server-'))
  const state = join(scratch, 'state')
  let running: ChildProcess | null = null
  let output = ''

  const start = async () => {
    if (running) throw new Error('the server is already running')
    const settings = Object.entries({ AUTH: 'open', ...settingsOfRun(), ...vars }).flatMap(([name, value]) => [
      '--var',
      `${name}:${value}`,
    ])
    const bundled = script === undefined ? [] : [script, '--no-bundle']
    const main = [...bundled, ...configs.flatMap(config => ['--config', resolve(root, config)])]
    const args = [
      'dev',
      ...main,
      '--ip',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--inspector-port',
      '0',
      '--persist-to',
      state,
    ]
    const killOnExit = [join(import.meta.dirname, 'kill-on-exit.mjs'), node, tool('wrangler', 'bin/wrangler.js')]
    const child = spawn(node, [...killOnExit, ...args, ...settings], {
      cwd: root,
      // Workers on this machine find each other through a registry: each server has its own.
      env: environment({ WRANGLER_REGISTRY_PATH: registry ?? join(scratch, 'registry') }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    running = child
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`the server ${reason}:\n${output}`))
      const timer = setTimeout(() => fail(`was not ready within ${readyWithinMs} ms`), readyWithinMs)
      child.once('exit', code => fail(`ended with ${code}`))
      const begin = output.length
      const read = (chunk: Buffer) => {
        output += chunk
        if (/Ready on http/.test(output.slice(begin))) resolve(clearTimeout(timer))
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
    })
  }

  const end = async (signal: NodeJS.Signals) => {
    const child = running
    running = null
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    process.kill(-child.pid, signal)
    await closed
  }

  const server: Server = {
    port,
    url: `http://127.0.0.1:${port}`,
    state,
    ws: path => `ws://127.0.0.1:${port}${path}`,
    output: () => output,
    start,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    async [Symbol.asyncDispose]() {
      await end('SIGKILL')
      await rm(scratch, { recursive: true, force: true })
    },
  }
  try {
    await start()
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  return server
}

function usualScript(configs: readonly string[]): string | undefined {
  return configs.length === 1 && configs[0] === 'wrangler.toml' ? process.env[bundledWorker] : undefined
}

// Below the range that systems use for outgoing connections: such a connection could take the port of a server that is
// being restarted.
const [lowestPort, highestPort] = [20_000, 32_000]

/** Returns a free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort))
  const probe = createServer().listen(port, '127.0.0.1')
  // `once` rejects if an error comes first.
  const isFree = await once(probe, 'listening').then(
    () => true,
    () => false,
  )
  probe.close()
  return isFree ? port : freePort()
}
