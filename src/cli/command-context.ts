import type { ProtocolTables } from '../protocol/tables.ts'
import type { ApiTarget } from './api-client.ts'
import type { Terminal } from './terminal.ts'

/** What every command runs with. */
export type CommandContext = {
  server: ApiTarget
  terminal: Terminal
  signal: AbortSignal // aborted by Ctrl-C and SIGTERM
  tables: ProtocolTables // of the servers it talks to
}
