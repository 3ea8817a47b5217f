// npm start: installs and builds what is missing, serves Circles on 127.0.0.1 and ::1, says how to talk to it.
// npm start -- --port 9000 (or PORT=9000); anything else goes to `wrangler dev`, as `--var AUTH:token`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { build } from './build.mjs'
import { forward } from './ipv6-forward.mjs'
import { environment, install, main, node, root, tool } from './toolchain.mjs'

const graceMs = 5_000 // how long the server may take to end before it is killed

function readArguments(args) {
  const at = args.findIndex(arg => /^--port(=|$)/.test(arg))
  const split = args[at] === '--port'
  const text = at < 0 ? (process.env.PORT ?? '8000') : split ? args[at + 1] : args[at].slice('--port='.length)
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`Not a port: ${text}`)
  return { port, rest: args.filter((_, index) => at < 0 || (index !== at && !(split && index === at + 1))) }
}

/** Fails with advice if somebody listens on the port already. */
async function refuseTaken(port) {
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer()
    try {
      probe.listen({ port, host, ipv6Only: true })
      await once(probe, 'listening')
    } catch (error) {
      if (error.code === 'EACCES')
        throw new Error(`Port ${port} is not for everyone. Take another: npm start -- --port 8000`)
      if (error.code !== 'EADDRINUSE') continue // no IPv6 on this machine, say
      const other = port < 65_535 ? port + 1 : 8000
      throw new Error(`Port ${port} on ${host} is taken. End what listens there, or: npm start -- --port ${other}`)
    }
    probe.close()
  }
}

/** Runs the server until it ends or we are told to end; resolves with the exit code. */
async function serve(port, rest) {
  const args = ['dev', '--ip', '127.0.0.1', '--port', `${port}`, '--var', 'AUTH:open', '--var', 'LOG:faults', ...rest]
  const child = spawn(node, [tool('wrangler', 'bin/wrangler.js'), ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, which is ended whole
  })
  let asked = false
  const end = () => {
    asked = true
    signalGroup(child, 'SIGTERM')
    setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  if (process.env.npm_lifecycle_event) endWithParent(end)
  process.on('exit', () => signalGroup(child, 'SIGKILL'))

  let greeted = false
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', async line => {
      if (!/Ready on http/.test(line)) return tell(line)
      if (greeted) return
      greeted = true
      const both = await forward(port)
      console.log(greeting(port, both))
    })
  }
  const [code] = await once(child, 'exit')
  return asked ? 0 : (code ?? 1)
}

/** npm runs us in a shell, and when npm is ended only the shell hears of it: then we have a new parent. */
function endWithParent(end) {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && end(), 500).unref()
}

// What nobody who starts a chat wants to read: a line per request, tables, and a secret that `open` does not need.
const noise =
  /^$|^⎔|^\[custom build\] Running|\[wrangler:info\] ([A-Z]+ \/|✨)|^Binding {2}|^env\.|bindings:$|^Service bindings, |^Using secrets|secrets: AUTH_SECRET/

function tell(line) {
  if (!noise.test(line.trim())) console.log(line)
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // it ended before
  }
}

function greeting(port, both) {
  return `
Circles listens on 127.0.0.1:${port}${both ? ` and [::1]:${port}` : ' (this machine has no IPv6)'}

  in the browser   http://localhost:${port}/

  with wscat       npx wscat -c ws://localhost:${port}/ws
                   > {"source": "me", "content": "Hello, Pickle!"}

  with curl        curl -X POST http://localhost:${port}/api/circles/lobby/messages \\
                     -H 'content-type: application/json' -d '{"content": "Hello from curl"}'

Anybody on this computer may join, nobody from outside. What is said is kept in .wrangler/state. Ctrl-C ends it.
`
}

await main(async () => {
  const { port, rest } = readArguments(process.argv.slice(2))
  await refuseTaken(port)
  await install()
  if ((await build()) !== 0) throw new Error('The page could not be built; see above.')
  return serve(port, rest)
})
