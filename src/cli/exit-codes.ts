/** The exit codes, for scripts. docs/cli.md explains each. */
export const exitCodes = {
  ok: 0,
  failed: 1, // a bug, or an unexpected failure
  usage: 2, // the arguments are invalid
  unreachable: 3, // the server does not answer, or is not configured
  unauthenticated: 4,
  forbidden: 5,
  not_found: 6,
  refused: 7, // the server understood and refused: too large, in conflict, paused …
  interrupted: 130,
} as const

/** The name of an exit code. */
export type Exit = keyof typeof exitCodes

/** The reason that a command ends without success, as a sentence for the user. */
export class CliError extends Error {
  readonly exit: Exit

  constructor(exit: Exit, message: string) {
    super(message)
    this.exit = exit
  }
}
