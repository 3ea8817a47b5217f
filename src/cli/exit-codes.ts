/** How a command ends, for scripts. docs/cli.md explains each. */
export const exitCodes = {
  ok: 0,
  failed: 1, // a bug, or something nobody foresaw
  usage: 2, // the arguments make no sense
  unreachable: 3, // no answer from the server, or it is out of order
  unauthenticated: 4,
  forbidden: 5,
  not_found: 6,
  refused: 7, // the server understood and will not: too large, in conflict, paused …
  interrupted: 130,
} as const

export type Exit = keyof typeof exitCodes

/** Why a command could not do what it was asked to, in words for the one who asked. */
export class CliError extends Error {
  readonly exit: Exit

  constructor(exit: Exit, message: string) {
    super(message)
    this.exit = exit
  }
}
