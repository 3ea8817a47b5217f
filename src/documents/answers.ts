import { minDefined } from '../lib/util.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import { answerMs } from './document-pace.ts'
import * as messages from './messages.ts'
import type { Peer } from './peer.ts'
import type { Replies } from './replies.ts'
import type { SharedDocument } from './shared-document.ts'
import { isStateVector } from './update-content.ts'

type Ports = { document(): SharedDocument; peerOf(id: SessionId): Peer | undefined; replies: Replies }

/** What clients get who want what they lack (step 1), and what they are asked for: what the server lacks. */
export class Answers {
  readonly #ports: Ports
  readonly #waiting = new Set<SessionId>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** A client says what it has. It is asked for more than is here, too, unless it was before. */
  want(id: SessionId, peer: Peer, stateVector: Uint8Array): void {
    peer.wanted = stateVector
    peer.mustBeAsked ||= !peer.wasAsked
    this.#waiting.add(id)
  }

  /** A client is to be asked for what it has beyond what is here, at a time or at once. */
  ask(id: SessionId, peer: Peer, at = 0): void {
    peer.askAt = peer.mustBeAsked ? Math.min(peer.askAt, at) : at
    peer.mustBeAsked = true
    this.#waiting.add(id)
  }

  /** A client is gone. */
  forget(id: SessionId): void {
    this.#waiting.delete(id)
  }

  /** When something is due (ms), or null. */
  get nextTick(): number | null {
    return minDefined(...[...this.#waiting].map(id => dueAt(this.#ports.peerOf(id))))
  }

  /** Does what is due. */
  run(now: number): void {
    for (const id of this.#waiting) {
      const peer = this.#ports.peerOf(id)
      if (peer === undefined) this.#waiting.delete(id)
      if (peer === undefined || now < dueAt(peer)) continue
      // Asked first, a client that has nothing has nothing to say.
      if (peer.mustBeAsked && now >= peer.askAt) this.#ask(id, peer)
      if (peer.wanted !== null) this.#answer(id, peer, peer.wanted, now)
      if (!peer.mustBeAsked) this.#waiting.delete(id)
    }
  }

  /** At most once a second: it takes the whole document. */
  #answer(id: SessionId, peer: Peer, stateVector: Uint8Array, now: number): void {
    Object.assign(peer, { wanted: null, answeredAt: now })
    const { replies } = this.#ports
    for (const message of this.#answerTo(stateVector)) replies.to(id, message)
  }

  /** The updates that a client lacks, the last of them as step 2; a client that sends no state vector gets no answer. */
  #answerTo(stateVector: Uint8Array): Uint8Array[] {
    if (!isStateVector(stateVector)) return []
    const updates = this.#ports.document().missingFrom(stateVector)
    return updates.map((update, index) =>
      index === updates.length - 1 ? messages.step2(update) : messages.updateMessage(update),
    )
  }

  #ask(id: SessionId, peer: Peer): void {
    this.#ports.replies.to(id, messages.step1(this.#ports.document().stateVector))
    Object.assign(peer, { wasAsked: true, mustBeAsked: false })
  }
}

function dueAt(peer: Peer | undefined): number {
  if (peer === undefined) return 0
  return Math.max(peer.answeredAt + answerMs, peer.wanted === null ? peer.askAt : 0)
}
