import { minDefined } from '../lib/util.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Changed, Component, ComponentResult } from '../rooms/component.ts'
import type { RoomContext } from '../rooms/context.ts'
import { refuseWriting } from '../rooms/hooks.ts'
import { Allowances, refuseOverAllowance } from '../rooms/metering/allowances.ts'
import { type EphemeralDelivery, nothing, type Outcome, outcome, refusal, sequence } from '../rooms/outcome.ts'
import { closeSession } from '../rooms/sessions/lifecycle.ts'
import type { Session, SessionId } from '../rooms/sessions/session.ts'
import type { DocumentRequest } from '../rpc/document.ts'
import { type AwarenessEntry, type AwarenessNews, AwarenessTable } from './awareness.ts'
import { newsFrames } from './awareness-frames.ts'
import type { DocumentPorts } from './document-ports.ts'
import { doorOf } from './doors.ts'
import { type Editor, Editors } from './editors.ts'
import * as messages from './messages.ts'
import { countMissed, countTaken, keep, keptOf, newPeer, type Peer, restoredPeer } from './peer.ts'
import { ProgramCursors } from './program-cursors.ts'
import { tooLarge } from './refusals.ts'
import { Replies } from './replies.ts'
import { answerRequest } from './requests.ts'
import { ofSameUser } from './same-principal.ts'
import type { Applied, SharedDocument } from './shared-document.ts'
import { StoredDocument } from './stored-document.ts'
import { wrappings } from './wrappings.ts'

const saveMs = 1_000 // between two rows of a document that is being edited
const idleMs = 2_000 // without an edit, before it is compacted
const answerMs = 1_000 // between two answers of one session that take the whole document
const tellMs = 5_000 // between two refusals that one session is told
const emptyUpdateBytes = 2 // of an update without structs and without deletions

/** `isReopened`: the room was opened before in this object, so what was not saved then is lost: everybody begins anew. */
type SyncPorts = DocumentPorts & { isReopened: boolean }

type Change = { session: Session; update: Uint8Array; isReply: boolean }

/** Synchronizes a document with everybody who has it open, and stores it. */
export class DocumentSync implements Component {
  readonly #stored: StoredDocument
  readonly #context: RoomContext
  readonly #ports: SyncPorts
  readonly #changed: Changed
  readonly #awareness = new AwarenessTable()
  readonly #cursors: ProgramCursors
  readonly #editors = new Editors()
  readonly #peers = new Map<SessionId, Peer>()
  readonly #waiting = new Set<SessionId>() // to be answered or asked
  readonly #pending = new Set<SessionId>() // acknowledgements, once all is saved
  #changes: Change[] = [] // of this run
  #sent: AwarenessNews[] = [] // of this run
  readonly #replies = new Replies() // of this run
  #savedAt = Number.NEGATIVE_INFINITY
  #mustRestart: boolean
  #editedAt = 0

  constructor(context: RoomContext, ports: SyncPorts, changed: Changed) {
    this.#context = context
    this.#ports = ports
    this.#mustRestart = ports.isReopened
    this.#changed = changed
    this.#cursors = new ProgramCursors(this.#awareness, changed)
    this.#stored = new StoredDocument(context.sql, { bytes: context.limits.document_bytes, items: 250_000 })
    for (const session of context.sessions.values()) {
      this.#awareness.restore(session.id, keptOf(session).clients)
      this.#peers.set(session.id, restoredPeer(session))
    }
  }

  /** The document itself. */
  get document(): SharedDocument {
    return this.#stored.document
  }

  get hasWork(): boolean {
    return this.document.isStored
  }

  onJoin(session: Session): Outcome {
    this.#belong(session)
    const door = doorOf(session.dialect)
    if (door.beginsAtOnce) this.#ask(session)
    if (door.tellsScope) this.#tellScope(session)
    this.#tellAwareness(session, ofSameUser(this.#context, session))
    for (const owner of this.#awareness.silentOwners()) this.#replies.to(owner, messages.queryAwareness())
    this.#changed()
    return nothing
  }

  onLeave(session: Session, now: number): Outcome {
    for (const all of [this.#peers, this.#waiting, this.#pending]) all.delete(session.id)
    this.#sent.push(...this.#awareness.leave(session.id, now))
    if (this.document.isUnsaved) this.#save(now)
    this.#changed()
    return nothing
  }

  onBinary(session: Session, bytes: ArrayBuffer, now: number): Outcome {
    const wrapping = wrappings.get(session.dialect)
    if (wrapping !== undefined && bytes.byteLength === 1) return nothing // a pong, which names no document
    const { channelName, name } = this.#context
    const inner = wrapping === undefined ? new Uint8Array(bytes) : wrapping.unwrap(new Uint8Array(bytes), channelName)
    if (inner === null) {
      return closeSession(this.#context, session, ['policy', `the name of this document is ${name}`], now)
    }
    this.#receive(session, this.#peerOf(session), messages.readMessage(inner), now)
    this.#changed()
    return nothing
  }

  onRefusedBinary(session: Session, refused: Refusal, now: number): Outcome {
    if (refused.code !== 'too_large') return closeSession(this.#context, session, ['flooding', refused.message], now)
    this.#refuse({ session, isReply: false }, tooLarge(this.#context.limits.document_bytes), now)
    this.#changed()
    return nothing
  }

  /** The rights of a session have changed. */
  onRoleChanged(session: Session): Outcome {
    if (doorOf(session.dialect).tellsScope) this.#tellScope(session)
    if (this.#peerOf(session).missed > 0) this.#ask(session) // perhaps it may write now
    this.#changed()
    return nothing
  }

  onRequest(session: Session, input: unknown, now: number): { result: ComponentResult; outcome: Outcome } {
    this.#belong(session)
    const parts = { context: this.#context, stored: this.#stored, ports: this.#ports, cursors: this.#cursors }
    const result = answerRequest(parts, session, input as DocumentRequest, now)
    if (this.document.isUnsaved) this.#save(now, session.user) // whoever asked is told that it is done
    this.#changed()
    return { result, outcome: nothing }
  }

  onDelete(): void {
    this.#ports.gone()
  }

  beforeSend(now: number): Outcome {
    if (this.#mustRestart) return this.#restart(now)
    const changes = this.#changes.splice(0)
    if (changes.length > 0) this.#applyAll(changes, now)
    for (const id of this.#waiting) this.#answer(id, now)
    const frames = [...this.#replies.take(), ...this.#news(changes), ...this.#awarenessNews(now)]
    return frames.length === 0 ? nothing : outcome({ ephemeral: frames })
  }

  afterRun(now: number): Outcome {
    if (this.document.isUnsaved && now >= this.#savedAt + saveMs) this.#save(now)
    return this.#acknowledgeIfSaved()
  }

  nextTick(): number | null {
    const saveAt = this.document.isUnsaved ? this.#savedAt + saveMs : null
    const compactAt = this.document.wantsCompaction ? this.#editedAt + idleMs : null
    const answersAt = [...this.#waiting].map(id => (this.#peers.get(id)?.answeredAt ?? 0) + answerMs)
    return minDefined(saveAt, compactAt, this.#cursors.nextTick, ...answersAt)
  }

  /** What is due is done by `beforeSend` and `afterRun`. */
  onTick(now: number): Outcome {
    if (this.document.wantsCompaction && now >= this.#editedAt + idleMs) this.compact(now)
    this.#changed()
    return nothing
  }

  /** Stores the document as a snapshot in place of its updates. */
  compact(now: number): void {
    this.document.compact()
    this.#savedAt = now
    this.#changed()
  }

  #belong({ principal }: Session): void {
    if (this.#stored.belongTo(principal.within)) this.#mustRestart = true
  }

  #restart(now: number): Outcome {
    this.#mustRestart = false
    const sessions = [...this.#context.sessions.values()]
    return sequence(...sessions.map(one => closeSession(this.#context, one, ['restart', 'connect again'], now)))
  }

  #receive(session: Session, peer: Peer, message: messages.DocumentMessage | null, now: number): void {
    if (message === null) {
      this.#tell(session, peer, refusal('bad_frame', 'This is no message of y-protocols.'), now)
      return
    }
    switch (message.type) {
      case 'step1':
        peer.wanted = message.stateVector
        peer.mustBeAsked ||= !peer.wasAsked
        this.#waiting.add(session.id)
        return
      case 'step2':
      case 'update':
        this.#changes.push({ session, update: message.update, isReply: message.type === 'step2' })
        return
      case 'awareness':
        this.#receiveAwareness(session, peer, message.entries, now)
        return
      case 'queryAwareness':
        this.#tellAwareness(session, owner => owner === session.id)
        return
      case 'token':
        this.#tellScope(session)
        return
      case 'leave':
        this.#sent.push(...this.#awareness.leave(session.id, now))
        return
      case 'other':
        return
      default:
        message satisfies never
    }
  }

  #receiveAwareness(session: Session, peer: Peer, entries: readonly AwarenessEntry[], now: number): void {
    const isSame = ofSameUser(this.#context, session)
    this.#sent.push(...this.#awareness.receive(session.id, entries, { isFirst: !peer.hasSpoken, now, isSame }))
    // Now it is known who it is, it can be told of its user's other clients.
    if (!peer.hasSpoken) this.#tellAwareness(session, owner => owner === session.id || !isSame(owner))
    peer.hasSpoken = true
  }

  #keep(session: Session): void {
    if (keep(session, this.#peerOf(session), this.#awareness.clientsOf(session.id))) this.#context.touched.add(session)
  }

  #applyAll(changes: readonly Change[], now: number): void {
    const accepted = changes.filter(change => this.#mayApply(change, now))
    if (accepted.length > 0) this.#stored.keepHour(now)
    const results = this.document.applyAll(
      accepted.map(({ update }) => update),
      now,
    )
    results.forEach((result, index) => {
      const change = accepted[index]
      if (change !== undefined) this.#applied(change, result, now)
    })
  }

  #mayApply({ session, update, isReply }: Change, now: number): boolean {
    const refused = refuseWriting(this.#context, session) ?? refuseOverAllowance(this.#context, session, now)
    if (refused === null) return true
    const peer = this.#peerOf(session)
    const isKnown =
      update.byteLength <= emptyUpdateBytes || (isReply && peer.wasAsked && this.document.contains(update))
    if (isReply) peer.wasAsked = false
    if (isKnown) this.#owe(session, isReply)
    else this.#refuse({ session, isReply }, refused, now)
    return false
  }

  #applied({ session, update, isReply }: Change, result: Applied, now: number): void {
    const peer = this.#peerOf(session)
    switch (result) {
      case 'changed':
        this.#editedAt = now
        this.#editors.add(session.user)
        peer.isOver = false
        this.#owe(session, isReply)
        this.#context.components.find(Allowances)?.use('bytes', session.user.id, update.byteLength, now)
        return
      case 'known':
        this.#owe(session, isReply)
        return
      case 'incomplete':
        if (peer.isOver) this.#refuse({ session, isReply }, tooLarge(this.#context.limits.document_bytes), now)
        else this.#miss(session, peer, isReply)
        if (!peer.isOver) this.#ask(session)
        return
      case 'too_large':
        peer.isOver = true
        this.#refuse({ session, isReply }, tooLarge(this.#context.limits.document_bytes), now)
        return
      case 'invalid':
        this.#refuse({ session, isReply }, refusal('bad_frame', 'This update cannot be read.'), now)
        return
      default:
        result satisfies never
    }
  }

  #ask(session: Session): void {
    this.#peerOf(session).mustBeAsked = true
    this.#waiting.add(session.id)
  }

  #owe(session: Session, isReply: boolean): void {
    countTaken(this.#peerOf(session), isReply)
    this.#pending.add(session.id)
    if (isReply) this.#keep(session)
  }

  #miss(session: Session, peer: Peer, isReply = false): void {
    countMissed(peer, isReply)
    this.#keep(session)
    this.#acknowledge(session, false)
  }

  /** Answers what a session wants, at most once a second: it takes the whole document. */
  #answer(id: SessionId, now: number): void {
    const peer = this.#peers.get(id)
    if (peer === undefined || now < peer.answeredAt + answerMs) return
    if (peer.wanted !== null) {
      peer.answeredAt = now
      this.#answerStep1(id, peer.wanted)
    }
    if (peer.mustBeAsked) this.#replies.to(id, messages.step1(this.document.stateVector))
    Object.assign(peer, { wasAsked: peer.wasAsked || peer.mustBeAsked, mustBeAsked: false, wanted: null })
    this.#waiting.delete(id)
  }

  #answerStep1(id: SessionId, stateVector: Uint8Array): void {
    try {
      this.#replies.to(id, messages.step2(this.document.missingFrom(stateVector)))
    } catch {
      // It is no state vector: a client that sends such a thing gets no answer.
    }
  }

  /** The changes of the document. Who alone made them need not hear of them. */
  #news(changes: readonly Change[]): EphemeralDelivery[] {
    const [first, ...others] = changes
    const isOne = first !== undefined && others.every(({ session }) => session === first.session)
    const except = isOne ? { except: first.session.id } : {}
    return this.document
      .takeUnsent()
      .map(update => ({ frame: { type: 'binary', bytes: messages.updateMessage(update) }, ...except }))
  }

  /** The states that changed, and with them those that clients would soon forget. */
  #awarenessNews(now: number): EphemeralDelivery[] {
    const sent = [...this.#sent.splice(0), ...this.#cursors.take(now)]
    if (sent.length === 0) return []
    const news = [...sent, ...this.#awareness.renewed(now)]
    for (const { owner } of news) this.#keepOf(owner)
    return newsFrames(news)
  }

  #tellAwareness(session: Session, isSame: (owner: SessionId) => boolean): void {
    const known = this.#awareness.all(isSame)
    if (known.length === 0) return
    this.#replies.to(session.id, messages.awarenessMessage(known), true)
    for (const owner of this.#awareness.owners()) this.#keepOf(owner)
  }

  #keepOf(owner: SessionId | null): void {
    const session = this.#context.sessions.get(owner ?? '')
    if (session !== undefined) this.#keep(session)
  }

  #save(now: number, editor?: Editor): void {
    this.document.save()
    this.#savedAt = now
    const editors = this.#editors.take(now, editor)
    if (editors.length > 0) this.#ports.edited(editors)
  }

  /** Everything a session has sent so far is stored, so it is told so, once for each of its changes. */
  #acknowledgeIfSaved(): Outcome {
    if (this.document.isUnsaved) return nothing
    for (const id of this.#pending) {
      const [session, peer] = [this.#context.sessions.get(id), this.#peers.get(id)]
      if (session === undefined || peer === undefined) continue
      for (; peer.unsaved > 0; peer.unsaved--) this.#acknowledge(session, true)
    }
    this.#pending.clear()
    const replies = this.#replies.take()
    return replies.length === 0 ? nothing : outcome({ ephemeral: replies })
  }

  #acknowledge(session: Session, isStored: boolean): void {
    if (doorOf(session.dialect).tellsSaved) this.#replies.to(session.id, messages.syncStatus(isStored))
  }

  #refuse({ session, isReply }: Pick<Change, 'session' | 'isReply'>, refused: Refusal, now: number): void {
    const peer = this.#peerOf(session)
    this.#miss(session, peer, isReply)
    this.#tell(session, peer, refused, now)
  }

  #tell(session: Session, peer: Peer, refused: Refusal, now: number): void {
    if (now < peer.toldAt + tellMs) return
    peer.toldAt = now
    this.#replies.to(session.id, doorOf(session.dialect).refusal(refused))
  }

  #tellScope(session: Session): void {
    const mayWrite = refuseWriting(this.#context, session) === null
    this.#replies.to(session.id, messages.authenticatedMessage(mayWrite ? 'read-write' : 'readonly'))
  }

  #peerOf({ id }: Session): Peer {
    const known = this.#peers.get(id) ?? newPeer()
    this.#peers.set(id, known)
    return known
  }
}
