import type { Member } from '../protocol/frames.ts'
import type { ConnectRefusal } from '../rooms/sessions/access.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { MemberAttachment, MemberSockets } from './members.ts'

/** How an upgrade is answered: the session that its socket is accepted for, or why it is refused. */
export type JoinAnswer = { accept(id: SessionId): void; refuse(refusal: ConnectRefusal | 'away'): void }

/** Where a relay that is parked is in the log, and who its members think is here. */
export type Parked = { epoch: string | null; seq: number | null; roster: readonly Member[] }

/** What of a relay outlived the memory of its object: its members' sockets, and whether it was parked. */
export type Kept = { attachments: readonly MemberAttachment[]; parked: Parked | null }

/** What a relay needs of the object it runs in. */
export type RelayPorts = {
  sockets: MemberSockets
  send(text: string): void // to the circle
  dial(): void // answered by `opened` or `lost`
  hangUp(): void // not answered
  /** Stores where it is in the log while it is parked, or, with null, that it is not. It outlives memory. */
  remember(parked: Parked | null): void
  random(): number // 0 to 1
  afterEventLoopTurn(run: () => void): void // soon, after the events that are already waiting
}
