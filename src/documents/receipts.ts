import type { Session, SessionId } from '../rooms/sessions/session.ts'
import { doorOf } from './doors.ts'
import { syncStatus } from './messages.ts'
import { countMissed, countTaken, type Peer } from './peer.ts'
import type { Replies } from './replies.ts'

/** What sessions are told of their own changes, where their door tells it: each is stored, or was not taken. */
export class Receipts {
  readonly #replies: Replies
  readonly #pending = new Map<SessionId, { session: Session; peer: Peer }>()

  constructor(replies: Replies) {
    this.#replies = replies
  }

  /** A change is in the document: its session is told so once it is stored. */
  owe(session: Session, peer: Peer, isReply: boolean): void {
    countTaken(peer, isReply)
    this.#pending.set(session.id, { session, peer })
  }

  /** A change was not taken. */
  miss(session: Session, peer: Peer, isReply: boolean): void {
    countMissed(peer, isReply)
    this.#tell(session, false)
  }

  /** A session is gone. */
  forget(id: SessionId): void {
    this.#pending.delete(id)
  }

  /** Everything is stored, so each session is told so, once for each of its changes. */
  stored(): void {
    for (const { session, peer } of this.#pending.values()) {
      for (; peer.unsaved > 0; peer.unsaved--) this.#tell(session, true)
    }
    this.#pending.clear()
  }

  #tell({ id, dialect }: Session, isStored: boolean): void {
    if (doorOf(dialect).tellsSaved) this.#replies.to(id, syncStatus(isStored))
  }
}
