import type { Session } from '../rooms/sessions/session.ts'
import type { KeptClient } from './awareness.ts'

/** What a document must know of one session, in memory only: after a wake-up all of it begins anew. */
export type Peer = {
  hasSpoken: boolean // of itself, by awareness
  wasAsked: boolean // for what it has beyond our state
  answeredAt: number // ms: when it last got what takes the whole document
  toldAt: number // ms: when it was last told a refusal
  hasReplied: boolean // to our first question, which it counts as a change of its own
  missed: number // of its changes, which come again with its next reply
  unsaved: number // of its changes, to be acknowledged once they are stored
  wanted: Uint8Array | null // its state vector, to be answered
  mustBeAsked: boolean // anew: something of it was not taken …
  askAt: number // … but not before (ms)
  isOver: boolean // something of it had no room, and what it sends since builds on that
}

/** A session that has just come in. */
export function newPeer(): Peer {
  return {
    hasSpoken: false,
    wasAsked: false,
    answeredAt: Number.NEGATIVE_INFINITY,
    toldAt: Number.NEGATIVE_INFINITY,
    hasReplied: false,
    missed: 0,
    unsaved: 0,
    wanted: null,
    mustBeAsked: false,
    askAt: 0,
    isOver: false,
  }
}

/** A change is in the document. A reply is one only at first; later it brings what was missed, and no more. */
export function countTaken(peer: Peer, isReply: boolean): void {
  const own = isReply && peer.hasReplied ? 0 : 1
  const missed = isReply ? peer.missed : 0
  peer.unsaved += own + missed
  peer.missed -= missed
  peer.hasReplied ||= isReply
}

/** A change was not taken; the next reply brings it, if it is let in then. */
export function countMissed(peer: Peer, isReply: boolean): void {
  if (!isReply || !peer.hasReplied) peer.missed += 1
  peer.hasReplied ||= isReply
}

/** What is kept on the socket of a session. */
type Kept = { clients: readonly KeptClient[]; missed: number; hasReplied: boolean }

/** What is kept on a session's socket. */
export function keptOf({ kept }: Session): Kept {
  return (kept?.document as Kept | undefined) ?? { clients: [], missed: 0, hasReplied: false }
}

/** Keeps what matters after a sleep; returns whether it is anything new. */
export function keep(session: Session, { missed, hasReplied }: Peer, clients: readonly KeptClient[]): boolean {
  const before = keptOf(session)
  const isSame = missed === before.missed && hasReplied === before.hasReplied && areSame(clients, before.clients)
  if (!isSame) session.kept = { ...session.kept, document: { clients, missed, hasReplied } satisfies Kept }
  return !isSame
}

function areSame(some: readonly KeptClient[], others: readonly KeptClient[]): boolean {
  return (
    some.length === others.length &&
    some.every(([client, offset], index) => client === others[index]?.[0] && offset === others[index]?.[1])
  )
}

/** A session whose socket outlived a sleep. */
export function restoredPeer(session: Session): Peer {
  const { missed, hasReplied } = keptOf(session)
  return { ...newPeer(), hasSpoken: true, missed, hasReplied }
}
