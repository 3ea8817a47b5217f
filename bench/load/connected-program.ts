import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { environment, node, root } from '../../scripts/toolchain.mjs'
import type { ServerTarget } from './target.ts'
import { mint } from './token.ts'

/** A program of the Agent Client Protocol that `circles-rooms connect` made an agent. */
export class ConnectedProgram implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child
    this.#lines = lines
  }

  /** Connects one as the agent `owl` of a circle. `state`: a file that does not exist. */
  static async start({ port }: ServerTarget, circle: string, state: string): Promise<ConnectedProgram> {
    const program = ['--', node, join(import.meta.dirname, 'acp-program.mjs')]
    const args = [join(root, 'bin/circles.mjs'), 'connect', circle, '--as', 'owl', '--state', state, ...program]
    const env = environment({ CIRCLES_URL: `http://127.0.0.1:${port}`, CIRCLES_TOKEN: mint('owner', 'owner') })
    const child = spawn(node, args, { env, stdio: ['ignore', 'inherit', 'pipe'] })
    const connected = new ConnectedProgram(child, createInterface({ input: child.stderr })[Symbol.asyncIterator]())
    await connected.line(/@owl is an agent/)
    return connected
  }

  /** The next line of its log that matches. */
  async line(pattern: RegExp): Promise<string> {
    const seen: string[] = []
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done === true) throw new Error(`circles-rooms connect ended: ${seen.join('\n')}`)
      if (pattern.test(value)) return value
      seen.push(value)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    if (this.#child.exitCode === null && this.#child.kill('SIGTERM')) await ended
  }
}
