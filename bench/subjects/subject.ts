import type { DialectName } from '../load/client-protocol.ts'
import type { Launch } from '../servers/launch.ts'

/** Somebody who takes part: a server, how it is run, and how one talks with it. */
export type Contestant = {
  name: string
  about: string
  dialect: DialectName
  keeps: boolean // every message is committed to SQLite before it is told
  packaged?: boolean // it is made of packages that are installed with the benchmarks only
  /** Is everything here that it needs? Otherwise it is left out, and the output says why. */
  absent?(): string | null
  /** Prepares a server in a folder of its own; `scratch` lives as long as the run. */
  launch(folder: string, scratch: string): Promise<Launch>
}
