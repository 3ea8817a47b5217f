// npm start: installs and builds what is missing, serves Circles on 127.0.0.1 and ::1, and prints how to connect.
// npm start -- --port 9000 (or PORT=9000); other arguments go to `wrangler dev`, as in `--var AUTH:token`.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { build } from './build.mjs'
import { localConfigText, writeConfig } from './local-config.mjs'
import { startReverseProxy } from './reverse-proxy.mjs'
import { greetingFor, lastOption } from './start-greeting.mjs'
import { environment, install, main, node, root, stopWithParent, tool } from './toolchain.mjs'

const graceMs = 5_000 // how long the server may take to exit before it is killed

/** The address to listen on, and the arguments for wrangler: it takes each option only once. */
function readArguments(args) {
  const { value: text = process.env.PORT ?? '8000', rest: others } = takeOption(args, 'port')
  const { value: ip = '127.0.0.1', rest } = takeOption(others, 'ip')
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`Not a port: ${text}`)
  return { port, ip, rest }
}

/** The value of `--name value` or `--name=value`, and the arguments without it. */
function takeOption(args, name) {
  const at = args.findIndex(arg => arg === `--${name}` || arg.startsWith(`--${name}=`))
  if (at < 0) return { rest: args }
  const isSplit = args[at] === `--${name}`
  const rest = args.filter((_, index) => index !== at && !(isSplit && index === at + 1))
  return { value: isSplit ? args[at + 1] : args[at].slice(`--${name}=`.length), rest }
}

/** Throws an error with advice if the port is in use. */
async function checkPort(port) {
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer()
    try {
      probe.listen({ port, host, ipv6Only: true })
      await once(probe, 'listening')
    } catch (error) {
      if (error.code === 'EACCES')
        throw new Error(`Port ${port} needs special rights. Use another: npm start -- --port 8000`)
      if (error.code !== 'EADDRINUSE') continue // this machine has no IPv6, for example
      const other = port < 65_535 ? port + 1 : 8000
      throw new Error(
        `Port ${port} on ${host} is taken. Stop the program that uses it, or: npm start -- --port ${other}`,
      )
    }
    probe.close()
  }
}

/** Runs the server until it exits or this process gets a signal; resolves with the exit code. */
async function serve({ port, ip, rest }) {
  // A browser checks who an encrypted server is, so no page can pass for another: there is no need to look inside.
  const secret = lastOption(rest, 'local-protocol') === 'https' ? null : randomUUID()
  const child = startWrangler(argumentsFor(rest, secret))
  let stopping = false
  const stop = () => {
    stopping = true
    signalGroup(child, 'SIGTERM')
    setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
  stopWithParent(stop)
  process.on('exit', () => signalGroup(child, 'SIGKILL'))
  printOutput(child, { port, ip, rest, secret })
  const [code] = await once(child, 'exit')
  return stopping ? 0 : (code ?? 1)
}

/** wrangler itself listens on any free port of this machine, and its Worker answers only to the proxy in front. */
function argumentsFor(rest, secret) {
  const isConfigured = rest.some(arg => /^(-c|--config)(=|$)/.test(arg))
  const config = isConfigured ? [] : ['--config', writeConfig('wrangler.local.toml', localConfigText())]
  const settings = ['AUTH:open', 'LOG:faults', ...(secret === null ? [] : [`PROXY_SECRET:${secret}`])]
  const vars = settings.flatMap(setting => ['--var', setting])
  return ['dev', ...config, '--ip', '127.0.0.1', '--port', '0', ...vars, ...rest]
}

function startWrangler(args) {
  return spawn(node, [tool('wrangler', 'bin/wrangler.js'), ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // its own process group, so that a signal reaches all of it
  })
}

/** Prints the output of wrangler, with our greeting in place of its own. */
function printOutput(child, { port, ip, rest, secret }) {
  let greeted = false
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', async line => {
      const [, target] = /Ready on https?:\/\/[^ ]*:(\d+)/.exec(line) ?? []
      if (target === undefined) return printLine(line)
      if (greeted) return
      greeted = true
      const hasIpv6 = await listen(port, ip, { target: Number(target), secret })
      console.log(greetingFor({ port, ip, hasIpv6, problem: await problemOf(port) }, rest))
    })
  }
}

/** What the server says if it admits nobody; null if it does, or cannot be asked here. */
async function problemOf(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`)
    return response.ok ? null : (await response.json()).error.message
  } catch {
    return null // it listens elsewhere, or speaks TLS
  }
}

/** Listens on an address; on 127.0.0.1 means on ::1 as well: `localhost` is both. Resolves with whether it is. */
async function listen(port, host, wrangler) {
  if (!(await startReverseProxy({ host, port }, wrangler))) throw new Error(`This machine has no address ${host}.`)
  return host === '127.0.0.1' && startReverseProxy({ host: '::1', port }, wrangler)
}

// Output of wrangler that does not help here: a line per request, tables, and a secret that `open` does not need.
const noise =
  /^$|^⎔|^\[custom build\] Running|\[wrangler:info\] ([A-Z]+ \/|✨)|^Binding {2}|^env\.|bindings:$|^Service bindings, |^Using secrets|secrets: AUTH_SECRET/

function printLine(line) {
  if (!noise.test(line.trim())) console.log(line)
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // it has already exited
  }
}

await main(async () => {
  const { port, ip, rest } = readArguments(process.argv.slice(2))
  await checkPort(port)
  await install()
  if ((await build()) !== 0) throw new Error('The page could not be built; see above.')
  return serve({ port, ip, rest })
})
