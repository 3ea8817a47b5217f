import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environment, node } from '../../scripts/toolchain.mjs'
import { pinned } from './machine.ts'

/** A command that runs a server, and the port of 127.0.0.1 that it will listen on. */
export type ServerCommand = {
  command: readonly string[]
  env?: Record<string, string>
  folder: string
  port: number
  calledPort?: number // at which the generator is to play what the server calls
}

/** A server that accepts connections. Stopping it ends its process group. */
export type RunningServer = AsyncDisposable & { port: number; pid: number; stop(): Promise<void> }

const readyTimeoutMs = 60_000
const killOnExit = join(import.meta.dirname, '../../test/support/kill-on-exit.mjs') // ends the server if we are killed

/** Starts a server, pinned to a core if one is given, and waits until its port accepts connections. */
export async function launch(
  { command, env = {}, folder, port }: ServerCommand,
  core: string | undefined,
): Promise<RunningServer> {
  const [program = node, ...args] = pinned(core, [node, killOnExit, ...command])
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
    await waitForPort(port, child)
  } catch (error) {
    await running.stop()
    throw new Error(`${command.join(' ')}: ${error instanceof Error ? error.message : error}\n${output}`)
  }
  return running
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`exited with ${child.exitCode}`)
    if (await acceptsConnection(port)) return
    await pause(20)
  }
  throw new Error(`was not ready within ${readyTimeoutMs} ms`)
}

function acceptsConnection(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect({ port, host: '127.0.0.1' })
    const end = (accepted: boolean) => {
      probe.destroy()
      resolve(accepted)
    }
    probe.on('connect', () => end(true)).on('error', () => end(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  process.kill(-child.pid, 'SIGKILL')
  await closed
}

/** Returns a free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('expected the address of a TCP server')
  return address.port
}
