import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environment, node } from '../../scripts/toolchain.mjs'
import { pinned } from './machine.ts'

/** How a server is run: a command that listens on `port` of 127.0.0.1 before long. */
export type Launch = { command: readonly string[]; env?: Record<string, string>; folder: string; port: number }

/** A server that takes connections. Its process group ends with it. */
export type Running = AsyncDisposable & { port: number; pid: number; stop(): Promise<void> }

const readyWithinMs = 60_000
const leash = join(import.meta.dirname, '../../test/support/kill-on-exit.mjs') // ends the server if we are killed

/** Starts a server on one core, and waits until somebody listens on its port. */
export async function launch({ command, env = {}, folder, port }: Launch, core: string | undefined): Promise<Running> {
  const [program = node, ...args] = pinned(core, [node, leash, ...command])
  const child = spawn(program, args, {
    cwd: folder,
    env: environment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => (output = (output + chunk).slice(-8_192)))
  const end = () => stop(child)
  const running = { port, pid: child.pid ?? 0, stop: end, [Symbol.asyncDispose]: end }
  try {
    await listening(port, child)
  } catch (error) {
    await running.stop()
    throw new Error(`${command.join(' ')}: ${error instanceof Error ? error.message : error}\n${output}`)
  }
  return running
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + readyWithinMs
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended with ${child.exitCode}`)
    if (await takes(port)) return
    await pause(20)
  }
  throw new Error(`was not ready within ${readyWithinMs} ms`)
}

function takes(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect({ port, host: '127.0.0.1' })
    const end = (taken: boolean) => {
      probe.destroy()
      resolve(taken)
    }
    probe.on('connect', () => end(true)).on('error', () => end(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  process.kill(-child.pid, 'SIGKILL')
  await gone
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address')
  return address.port
}
