import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A child process, used over its standard input and output. */
export type Program = AsyncDisposable & {
  lines: string[]
  writeLine(line: string): void
  /** Resolves with the next matching line of output. */
  next(fits?: (line: string) => boolean): Promise<string>
}

/** Starts a program; it is killed when the value is disposed. */
export function startProgram(command: string, args: string[], env = process.env): Program {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const lines: string[] = []
  let errors = ''
  let read = 0
  let open = true
  let wake = () => {}
  createInterface({ input: child.stdout }).on('line', line => {
    lines.push(line.replace(/^(> )+/, '')) // a prompt that was printed before
    wake()
  })
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  child.on('close', () => {
    open = false
    wake()
  })
  return {
    lines,
    writeLine: line => child.stdin.write(`${line}\n`),
    async next(fits = () => true) {
      for (;;) {
        const found = lines.findIndex((line, index) => index >= read && fits(line))
        const line = lines[found]
        if (line !== undefined) {
          read = found + 1
          return line
        }
        if (!open) throw new Error(`${command} ended before the line; its output was ${lines.join('\n')}\n${errors}`)
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
