/** What was thrown, with its stack, for a log: never for a client. */
export function formatError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
