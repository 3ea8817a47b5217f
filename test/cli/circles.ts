import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { node, root } from '../../scripts/toolchain.mjs'

export type Ended = { code: number | null; out: string; err: string }
type Around = { env?: Record<string, string>; cwd?: string; input?: string; bin?: string }

const bin = join(root, 'bin/circles.mjs')

function begin(args: readonly string[], { env = {}, cwd = root, bin: script = bin }: Around): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(node, [script, ...args], { cwd, env: { PATH, HOME, NO_COLOR: '1', ...env }, stdio: 'pipe' })
}

/** Runs `circles` to its end. */
export async function circles(args: readonly string[], context: Around = {}): Promise<Ended> {
  const child = begin(args, context)
  let out = ''
  let err = ''
  child.stdout?.on('data', chunk => (out += chunk))
  child.stderr?.on('data', chunk => (err += chunk))
  child.stdin?.end(context.input ?? '')
  const [code] = await once(child, 'close')
  return { code, out, err }
}

/** One that runs on; it ends with the test. */
export type Running = AsyncDisposable & {
  /** The next line of results. */
  line(): Promise<string>
  /** Waits for a line among those that are not results. */
  says(pattern: RegExp): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export function startCircles(args: readonly string[], context: Around = {}): Running {
  const child = begin(args, context)
  if (child.stdout === null || child.stderr === null) throw new Error('its output is a pipe')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let err = ''
  let heard = Promise.withResolvers<void>()
  child.stderr.on('data', chunk => {
    err += chunk
    heard.resolve()
    heard = Promise.withResolvers()
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
    async says(pattern) {
      while (!pattern.test(err)) {
        const next = heard.promise
        await Promise.race([next, ended])
        if (child.exitCode !== null && !pattern.test(err)) throw new Error(`circles ended: ${err}`)
      }
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  }
}
