import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { freePort, type ServerCommand } from './launch.ts'

// workerd without a proxy in front: sockets go straight to it, as on one of the platform's machines. This is the same
// binary that `wrangler dev` runs behind its proxy.
const wrangler = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
const binary: string = wrangler('workerd').default

/** A Worker for workerd's configuration: a bundled script with its objects, settings and service bindings. */
export type Worker = {
  script: string // path of the bundle
  objects: Record<string, string> // binding to class
  settings?: Record<string, string>
  services?: Record<string, { worker: string; entrypoint: string }> // binding to a Worker, '' for this one
  outside?: Record<string, number> // binding to a port of this machine
}

/** The compatibility date and flags of all Workers here. */
export const compatibility = { date: '2026-10-28', flags: ['nodejs_compat'] }

/** Writes a configuration that serves the first of these Workers, with storage on disk below `folder`. */
export async function serveWorkers(workers: Record<string, Worker>, folder: string): Promise<ServerCommand> {
  const port = await freePort()
  const state = join(folder, 'state')
  await mkdir(state, { recursive: true })
  const config = join(folder, 'config.capnp')
  await writeFile(config, writeConfig(workers, state, port))
  // Storage on disk needs `--experimental`; capnp looks for embedded files below the import path.
  const command = [binary, 'serve', '--experimental', '--import-path=/', config]
  return { command, folder, port }
}

// workerd leaves `cloudflare:email` to its embedder. The agents SDK imports it even if no mail is sent.
const email = 'export default class EmailMessage { constructor(from, to) { this.from = from; this.to = to } }'

function writeConfig(workers: Record<string, Worker>, state: string, port: number): string {
  const names = Object.keys(workers)
  const [served = ''] = names
  const outside = Object.values(workers).flatMap(worker => Object.entries(worker.outside ?? {}))
  const services = [
    ...names.map(name => `(name = ${text(name)}, worker = .${name})`),
    ...outside.map(([name, at]) => `(name = ${text(name)}, external = (address = "127.0.0.1:${at}", http = ()))`),
  ]
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(', ')}, (name = "disk", disk = (path = ${text(state)}, writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = ${text(served)})],
  extensions = [(modules = [(name = "cloudflare-internal:email", internal = true, esModule = ${text(email)})])],
);
${Object.entries(workers)
  .map(([name, worker]) => workerConfig(name, worker))
  .join('\n')}`
}

function workerConfig(name: string, { script, objects, settings = {}, services = {}, outside = {} }: Worker): string {
  const bindings = [
    ...Object.entries(objects).map(
      ([binding, of]) => `(name = ${text(binding)}, durableObjectNamespace = ${text(of)})`,
    ),
    ...Object.entries(settings).map(([binding, value]) => `(name = ${text(binding)}, text = ${text(value)})`),
    ...Object.entries(services).map(
      ([binding, { worker, entrypoint }]) =>
        `(name = ${text(binding)}, service = (name = ${text(worker || name)}, entrypoint = ${text(entrypoint)}))`,
    ),
    ...Object.keys(outside).map(binding => `(name = ${text(binding)}, service = ${text(binding)})`),
  ]
  const namespaces = Object.values(objects).map(
    of => `(className = ${text(of)}, uniqueKey = ${text(`${name}-${of}`)}, enableSql = true)`,
  )
  const storage = namespaces.length === 0 ? '' : 'durableObjectStorage = (localDisk = "disk"),'
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(script)})],
  compatibilityDate = ${text(compatibility.date)},
  compatibilityFlags = [${compatibility.flags.map(text).join(', ')}],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  ${storage}
);`
}

const text = (value: string) => JSON.stringify(value)
