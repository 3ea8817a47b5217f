import type { ApiTarget } from './api-client.ts'
import type { Terminal } from './terminal.ts'

/** What every command runs with. */
export type CommandContext = {
  server: ApiTarget
  terminal: Terminal
  signal: AbortSignal // aborted by Ctrl-C and SIGTERM
}
