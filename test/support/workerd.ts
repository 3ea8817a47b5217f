import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environment, node } from '../../scripts/toolchain.mjs'
import { freePort } from './server.ts'

/** workerd by itself, without wrangler's proxy in front: one process, which is all that a signal reaches. */
export type WorkerdProcess = AsyncDisposable & {
  url: string // http://127.0.0.1:…
  state: string // the folder of its SQLite files, one for each class
  ws(path: string): string
  output(): string // everything it printed, over all restarts
  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void>
  /** Starts again after `kill9`, on the same ports with the same storage; resolves when it answers. */
  start(): Promise<void>
  /** SIGSTOP: it neither answers nor notices anything, until `resume`. */
  pause(): void
  resume(): void
}

/** A Worker, and where it is served. */
export type WorkerdOptions = {
  script: string // path of the bundle
  objects: Record<string, string> // binding to class
  settings: Record<string, string>
  port?: number
  doors?: Record<string, number> // entrypoint to the port at which other processes call it
  elsewhere?: Record<string, number> // binding to the port of such an entrypoint in another process
}

const wrangler = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
const binary: string = wrangler('workerd').default
const readyWithinMs = 110_000 // on a slow machine under load; usually 0.3 s

/** Starts a process. It always ends with the test that started it. */
export async function startWorkerd(options: WorkerdOptions): Promise<WorkerdProcess> {
  const port = options.port ?? (await freePort())
  const folder = await mkdtemp(join(tmpdir(), 'circles-workerd-'))
  const config = join(folder, 'config.capnp')
  await mkdir(join(folder, 'state'))
  await writeFile(config, configOf(options, port, join(folder, 'state')))
  let running: ChildProcess | null = null
  let output = ''

  const start = async () => {
    if (running) throw new Error('the process is already running')
    // Storage on disk needs `--experimental`; capnp looks for embedded files below the import path.
    const command = [binary, 'serve', '--experimental', '--import-path=/', config]
    const child = spawn(node, [join(import.meta.dirname, 'kill-on-exit.mjs'), ...command], {
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    running = child
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
    const deadline = Date.now() + readyWithinMs
    while (!(await isListening(port))) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null
      if (hasEnded || Date.now() > deadline) throw new Error(`the process did not start:\n${output}`)
      await pause(20)
    }
  }

  const kill9 = async () => {
    const child = running
    running = null
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    process.kill(-child.pid, 'SIGKILL')
    await closed
  }

  const end = async () => {
    await kill9()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await end()
    throw error
  }
  return {
    url: `http://127.0.0.1:${port}`,
    state: join(folder, 'state'),
    ws: path => `ws://127.0.0.1:${port}${path}`,
    output: () => output,
    kill9,
    start,
    // The program that holds it passes these on: it must not be stopped itself, or it could not end with the test.
    pause: () => void running?.kill('SIGUSR2'),
    resume: () => void running?.kill('SIGCONT'),
    [Symbol.asyncDispose]: end,
  }
}

function configOf(options: WorkerdOptions, port: number, state: string): string {
  const { script, objects, settings, doors = {}, elsewhere = {} } = options
  const bindings = [
    ...list(objects, (binding, of) => `(name = ${text(binding)}, durableObjectNamespace = ${text(of)})`),
    ...list(settings, (binding, value) => `(name = ${text(binding)}, text = ${text(value)})`),
    ...list(elsewhere, binding => `(name = ${text(binding)}, service = ${text(binding)})`),
  ]
  const namespaces = list(
    objects,
    (_, of) => `(className = ${text(of)}, uniqueKey = ${text(`circles-${of}`)}, enableSql = true)`,
  )
  const calls = 'capnpConnectHost = "calls"'
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "circles", worker = .circles),
    (name = "disk", disk = (path = ${text(state)}, writable = true)),
    ${list(elsewhere, (name, at) => `(name = ${text(name)}, external = (address = "127.0.0.1:${at}", http = (${calls}))),`).join('\n')}
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "circles"),
    ${list(doors, (name, at) => `(name = ${text(name)}, address = "127.0.0.1:${at}", http = (${calls}), service = (name = "circles", entrypoint = ${text(name)})),`).join('\n')}
  ],
);
const circles :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(script)})],
  compatibilityDate = "2026-10-28",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "disk"),
);`
}

function list<Value>(values: Record<string, Value>, write: (name: string, value: Value) => string): string[] {
  return Object.entries(values).map(([name, value]) => write(name, value))
}

function text(value: string): string {
  return JSON.stringify(value)
}

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect({ port, host: '127.0.0.1' })
    const end = (answer: boolean) => {
      probe.destroy()
      resolve(answer)
    }
    probe.on('connect', () => end(true)).on('error', () => end(false))
  })
}
