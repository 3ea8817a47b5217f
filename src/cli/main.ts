import { CommanderError } from 'commander'
import { exitCodes, Problem } from './exit-codes.ts'
import { program } from './program.ts'
import { type Terminal, terminal } from './terminal.ts'

/** The program itself: runs the command line of this process; resolves with the exit code. */
export function main(argv: readonly string[]): Promise<number> {
  const control = new AbortController()
  const interrupt = () => control.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  // Whoever reads our results may stop reading, as `head` does; then there is nothing left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return run(argv, terminal(), control.signal)
}

/** Runs a command line; resolves with the exit code. */
export async function run(argv: readonly string[], world: Terminal, signal: AbortSignal): Promise<number> {
  try {
    await program(world, signal).parseAsync(argv)
    return exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (signal.aborted) return exitCodes.interrupted
    if (error instanceof Problem) {
      world.say(`circles: ${error.message}`)
      return exitCodes[error.exit]
    }
    world.say(`circles: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return exitCodes.failed
  }
}
