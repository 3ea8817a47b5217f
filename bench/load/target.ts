import type { DialectName } from './client-protocol.ts'

/** The server that a generator talks to. */
export type Target = {
  name: string
  port: number
  pid: number // the parent of its processes
  dialect: DialectName
}
