import { CommanderError } from 'commander'
import { CliError, exitCodes } from './exit-codes.ts'
import { program, type World } from './program.ts'
import { terminal } from './terminal.ts'

/** The program itself: runs the command line of this process; resolves with the exit code. */
export function main(argv: readonly string[], version: string): Promise<number> {
  const control = new AbortController()
  const interrupt = () => control.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  // Whoever reads our results may stop reading, as `head` does; then there is nothing left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return run(argv, { terminal: terminal(), signal: control.signal, version })
}

/** Runs a command line; resolves with the exit code. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  try {
    await program(world).parseAsync(argv)
    return exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (world.signal.aborted) return exitCodes.interrupted
    if (error instanceof CliError) {
      world.terminal.say(`circles: ${error.message}`)
      return exitCodes[error.exit]
    }
    world.terminal.say(`circles: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return exitCodes.failed
  }
}
