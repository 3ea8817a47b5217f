import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { node, root } from '../../scripts/toolchain.mjs'

/** The result of a program that has ended. */
export type Ended = { code: number | null; out: string; err: string }
type RunOptions = { env?: Record<string, string>; cwd?: string; input?: string; bin?: string }

const bin = join(root, 'bin/circles.mjs')

function spawnCircles(args: readonly string[], { env = {}, cwd = root, bin: script = bin }: RunOptions): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(node, [script, ...args], { cwd, env: { PATH, HOME, NO_COLOR: '1', ...env }, stdio: 'pipe' })
}

/** Runs `circles` until it ends. */
export async function circles(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawnCircles(args, options)
  let out = ''
  let err = ''
  child.stdout?.on('data', chunk => (out += chunk))
  child.stderr?.on('data', chunk => (err += chunk))
  child.stdin?.end(options.input ?? '')
  const [code] = await once(child, 'close')
  return { code, out, err }
}

/** A program that keeps running; it ends with the test. */
export type Running = AsyncDisposable & {
  /** The next line of results. */
  line(): Promise<string>
  /** Waits for a line on standard error. */
  waitForError(pattern: RegExp): Promise<void>
  /** Sends a signal, SIGINT by default. Resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `circles`. */
export function startCircles(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawnCircles(args, options)
  if (child.stdout === null || child.stderr === null) throw new Error('the output must be a pipe')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let err = ''
  let received = Promise.withResolvers<void>()
  child.stderr.on('data', chunk => {
    err += chunk
    received.resolve()
    received = Promise.withResolvers()
  })
  const ended = once(child, 'close')
  const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal)
    const [code] = await ended
    return code
  }
  return {
    async line() {
      const next = await lines.next()
      if (next.done) throw new Error(`circles ended: ${err}`)
      return next.value
    },
    async waitForError(pattern) {
      while (!pattern.test(err)) {
        const next = received.promise
        await Promise.race([next, ended])
        if (child.exitCode !== null && !pattern.test(err)) throw new Error(`circles ended: ${err}`)
      }
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  }
}
