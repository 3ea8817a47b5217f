import { CommanderError } from 'commander'
import { builtinTables } from '../protocol/tables.ts'
import { CliError, exitCodes } from './exit-codes.ts'
import { type CliOptions, createProgram } from './program.ts'
import { processTerminal } from './terminal.ts'

/** Runs the command line of this process. Resolves with the exit code. */
export function main(argv: readonly string[], version: string): Promise<number> {
  const control = new AbortController()
  const interrupt = () => control.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  // The reader of the results may stop reading, as `head` does; then there is nothing left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return run(argv, { terminal: processTerminal(), signal: control.signal, version, tables: builtinTables })
}

/** Runs a command line. Resolves with the exit code. */
export async function run(argv: readonly string[], options: CliOptions): Promise<number> {
  try {
    await createProgram(options).parseAsync(argv)
    return exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (options.signal.aborted) return exitCodes.interrupted
    if (error instanceof CliError) {
      options.terminal.err(`circles: ${error.message}`)
      return exitCodes[error.exit]
    }
    options.terminal.err(`circles: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return exitCodes.failed
  }
}
