import { CommanderError } from 'commander'
import { builtinTables } from '../protocol/tables.ts'
import { CliError, exitCodes } from './exit-codes.ts'
import { orInterrupted } from './interrupt.ts'
import { type CliOptions, createProgram } from './program.ts'
import { terminalOn } from './terminal.ts'

const graceMs = 1_000 // how long a command may take to end after a signal

/** Runs the command line of this process. Resolves with the exit code; after a signal it ends the process itself. */
export async function main(argv: readonly string[], version: string): Promise<number> {
  const control = new AbortController()
  const interrupt = () => control.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  // The reader of the results may stop reading, as `head` does; then there is nothing left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const terminal = terminalOn(process)
  const fail = (error: unknown) => {
    terminal.err(`circles-rooms: ${reportOf(error)}`)
    process.exit(exitCodes.failed)
  }
  process.on('uncaughtException', fail) // Node would print it as it is
  process.on('unhandledRejection', fail)
  const code = await run(argv, { terminal, signal: control.signal, version, tables: builtinTables })
  // What the command was waiting for (standard input, a socket) would keep the process.
  if (control.signal.aborted) process.exit(code)
  return code
}

/** Runs a command line. Resolves with the exit code, soon after the signal at the latest. */
export async function run(argv: readonly string[], options: CliOptions): Promise<number> {
  const { terminal, signal } = options
  try {
    await orInterrupted(createProgram(options).parseAsync(argv), signal, graceMs)
    return exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (signal.aborted) return exitCodes.interrupted
    if (error instanceof CliError) {
      terminal.err(`circles-rooms: ${error.message}`)
      return exitCodes[error.exit]
    }
    terminal.err(`circles-rooms: ${reportOf(error)}`)
    return exitCodes.failed
  }
}

function reportOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
