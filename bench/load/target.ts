import type { ClientProtocolName } from './client-protocol.ts'

/** The server that a load generator connects to. */
export type ServerTarget = {
  name: string
  port: number
  pid: number // the parent of the server's processes
  protocol: ClientProtocolName
  calledPort?: number // at which the generator plays what the server calls
  inspectorPort?: number // of workerd, if the scenario reads its heap
}
