import type { ChannelCounts } from '../../protocol/stats.ts'
import type { Ledger } from '../metering/ledger.ts'
import type { EphemeralSnapshot } from './ephemeral-state.ts'
import type { Session } from './session.ts'

/** A session as it is stored on its socket; `v` because old sockets meet new code after a deploy. */
export type Attachment = Omit<Session, 'confirmsReceipt'> & SharedSnapshots & StoredKeys

type StoredKeys = { v: 1; tellsTaken: boolean } // `confirmsReceipt`, under the key it was first stored with

/** The metrics of a channel. They are stored on a socket, so that they cost no row, and are lost with the last one. */
export type MetricsSnapshot = { id: string; counts: ChannelCounts }

/** The snapshots that the oldest socket stores for the whole room. The keys are as they were first stored. */
type SharedSnapshots = { notes?: EphemeralSnapshot; ledger?: Ledger; tally?: MetricsSnapshot }

/** The attachment of a session. */
export function toAttachment(session: Session, shared: SharedSnapshots = {}): Attachment {
  const { confirmsReceipt, ...own } = session
  return { v: 1, ...own, tellsTaken: confirmsReceipt, ...shared }
}

// Keys that are absent on sockets of older versions.
const added = { tellsTaken: false, frames: 0, refused: {} }

/** The session of an attachment. */
export function fromAttachment(attachment: Attachment): Session {
  const { v: _v, notes: _notes, ledger: _ledger, tally: _tally, tellsTaken, ...own } = { ...added, ...attachment }
  return { ...own, confirmsReceipt: tellsTaken }
}
