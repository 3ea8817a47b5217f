import type { ClientProtocolName } from '../load/client-protocol.ts'
import type { ServerCommand } from '../servers/launch.ts'

/** A server under test: how to run it, and how clients talk to it. */
export type Subject = {
  name: string
  description: string
  protocol: ClientProtocolName
  persists: boolean // commits every message to SQLite before it is broadcast
  onlyDocuments?: true // has no chat
  onlyRelays?: true // is measured in the scenarios of relays alone
  packaged?: boolean // needs packages that are installed with the benchmarks only (bench/package.json)
  /** Returns what is missing on this machine to run it, or null. A subject that cannot run is skipped. */
  missingRequirement?(): string | null
  /** Prepares a server in a folder of its own; `scratch` lives as long as the benchmark run. */
  prepare(folder: string, scratch: string): Promise<ServerCommand>
}
