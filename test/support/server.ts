import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { environment, node, root, tool } from '../../scripts/toolchain.mjs'

/** A real `wrangler dev` with its own port and state. Ends with the test that started it, whatever happens. */
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

const readyWithinMs = 60_000 // a slow machine under load; it takes 1.5 s

/** What is served: Circles as it is in the sources, as it was bundled (bundle.ts), or Workers that a test configures. */
type Served = { script?: string; configs?: string[] }

/** Starts a server; `vars` are the Worker's settings, `AUTH` is `open` unless told otherwise. */
export async function startServer(
  vars: Record<string, string> = {},
  { script, configs = ['wrangler.toml'] }: Served = {},
): Promise<Server> {
  const port = await freePort()
  const scratch = await mkdtemp(join(tmpdir(), 'circles-server-'))
  const state = join(scratch, 'state')
  let running: ChildProcess | null = null
  let output = ''

  const start = async () => {
    if (running) throw new Error('the server runs already')
    const settings = Object.entries({ AUTH: 'open', ...vars }).flatMap(([name, value]) => ['--var', `${name}:${value}`])
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
    const leash = [join(import.meta.dirname, 'kill-on-exit.mjs'), node, tool('wrangler', 'bin/wrangler.js')]
    const child = spawn(node, [...leash, ...args, ...settings], {
      cwd: root,
      // Bindings between Workers on this machine are found through a registry: each server has its own.
      env: environment({ WRANGLER_REGISTRY_PATH: join(scratch, 'registry') }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    running = child
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`the server ${why}:\n${output}`))
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
    const gone = once(child, 'close')
    process.kill(-child.pid, signal)
    await gone
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

// Below the range from which systems take ports for outgoing connections: those of others would take the port of a
// server that is being started again.
const [lowestPort, highestPort] = [20_000, 32_000]

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort))
  const probe = createServer().listen(port, '127.0.0.1')
  const isFree = await Promise.race([once(probe, 'listening').then(() => true), once(probe, 'error').then(() => false)])
  probe.close()
  return isFree ? port : freePort()
}
