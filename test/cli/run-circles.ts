import { Writable } from 'node:stream'
import { run } from '../../src/cli/main.ts'
import { terminalOn } from '../../src/cli/terminal.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import type { Ended } from './circles.ts'

/** Runs a command line within this process, with the terminal that the program has. */
export async function runCircles(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Ended> {
  const [stdout, stderr] = [new Recorder(), new Recorder()]
  const terminal = terminalOn({ stdout, stderr })
  const code = await run(['node', 'circles', ...args], { terminal, signal, version: '1.2.3', tables: builtinTables })
  return { code, out: stdout.text, err: stderr.text }
}

class Recorder extends Writable {
  text = ''

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }
}
