import type { RelaySocket } from '../rooms/object/relay-sessions.ts'
import type { Snapshots } from './parked-relays.ts'

/** What is attached to a relay's socket: it outlives the object's memory. */
export type LinkAttachment = Snapshots & {
  v: number // the version of the wire
  relay: string // its name
  ready: boolean // it has said hello, and has neither parked nor been let go since
}

/** The snapshots that stand on a relay's socket. */
export function snapshotsOn(socket: RelaySocket | null): Snapshots {
  const attachment = socket === null ? {} : (socket.deserializeAttachment() as Partial<LinkAttachment>)
  const { notes, ledger, tally } = attachment
  return { ...(notes && { notes }), ...(ledger && { ledger }), ...(tally && { tally }) }
}

/** Changes what is attached to a relay's socket. */
export function mark(socket: RelaySocket, changed: Partial<LinkAttachment>): void {
  socket.serializeAttachment({ ...(socket.deserializeAttachment() as LinkAttachment), ...changed })
}
