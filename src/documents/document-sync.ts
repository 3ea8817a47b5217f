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
import { Answers } from './answers.ts'
import { type AwarenessEntry, type AwarenessNews, AwarenessTable } from './awareness.ts'
import { newsFrames } from './awareness-frames.ts'
import { withOwnName } from './awareness-state.ts'
import { askAgainMs, gatherMs, idleMs, saveMs, tellMs } from './document-pace.ts'
import type { SyncPorts } from './document-ports.ts'
import { doorOf } from './doors.ts'
import { type Editor, Editors } from './editors.ts'
import { type Change, Gathering } from './gathering.ts'
import * as messages from './messages.ts'
import { keep, keptOf, newPeer, type Peer, restoredPeer } from './peer.ts'
import { ProgramCursors } from './program-cursors.ts'
import { Receipts } from './receipts.ts'
import { tooLarge } from './refusals.ts'
import { Replies } from './replies.ts'
import { answerRequest } from './requests.ts'
import { ofSameUser } from './same-principal.ts'
import type { Applied, SharedDocument } from './shared-document.ts'
import { StoredDocument } from './stored-document.ts'
import { isEmptyUpdate } from './update-content.ts'
import { wrappings } from './wrappings.ts'

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
  readonly #answers: Answers
  readonly #gathering = new Gathering()
  #sent: AwarenessNews[] = [] // to be told to the others
  readonly #replies = new Replies() // of this run
  readonly #receipts = new Receipts(this.#replies)
  #savedAt = Number.NEGATIVE_INFINITY
  #mustRestart: boolean
  #editedAt = 0

  constructor(context: RoomContext, ports: SyncPorts, changed: Changed) {
    this.#context = context
    this.#ports = ports
    this.#mustRestart = ports.isReopened
    this.#changed = changed
    this.#cursors = new ProgramCursors(this.#awareness, changed)
    this.#answers = new Answers({
      document: () => this.document,
      peerOf: id => this.#peers.get(id),
      replies: this.#replies,
    })
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

  get gathers(): boolean {
    return gatherMs(this.#context.sessions.size) > 0
  }

  onJoin(session: Session): Outcome {
    this.#belong(session)
    this.#gathering.hasten()
    const door = doorOf(session.dialect)
    if (door.beginsAtOnce) this.#ask(session)
    if (door.tellsScope) this.#tellScope(session)
    this.#tellAwareness(session, ofSameUser(this.#context, session))
    for (const owner of this.#awareness.silentOwners()) this.#replies.to(owner, messages.queryAwareness())
    this.#changed()
    return nothing
  }

  onLeave(session: Session, now: number): Outcome {
    this.#mergeChanges(now) // some of them may be its own
    this.#gathering.hasten()
    if (!this.#peers.has(session.id)) this.#awareness.restore(session.id, keptOf(session).clients) // its end woke us
    this.#peers.delete(session.id)
    for (const all of [this.#answers, this.#receipts]) all.forget(session.id)
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
    const message = messages.readMessage(inner)
    if (message?.type !== 'update' && message?.type !== 'awareness') this.#gathering.hasten()
    this.#receive(session, this.#peerOf(session), message, now)
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
  onRoleChanged(session: Session, now: number): Outcome {
    this.#gathering.hasten()
    if (doorOf(session.dialect).tellsScope) this.#tellScope(session)
    this.#sent.push(...this.#awareness.tellAgain(session.id, this.#isHidden(session.id), now))
    if (this.#awareness.silentOwners().includes(session.id)) this.#replies.to(session.id, messages.queryAwareness())
    if (this.#peerOf(session).missed > 0) this.#ask(session) // perhaps it may write now
    this.#changed()
    return nothing
  }

  onRequest(session: Session, input: unknown, now: number): { result: ComponentResult; outcome: Outcome } {
    this.#belong(session)
    if (!this.#mustRestart) this.#mergeChanges(now)
    this.#gathering.merged(null) // what a request changes, everybody is told
    this.#gathering.hasten()
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
    const holds = this.#gathering.holds(now, this.#context.sessions.size, this.#sent.length)
    const frames = holds ? this.#replies.take() : this.#newFrames(now)
    return frames.length === 0 ? nothing : outcome({ ephemeral: frames })
  }

  afterRun(now: number): Outcome {
    if (this.document.isUnsaved && now >= this.#savedAt + saveMs) this.#save(now)
    if (!this.document.isUnsaved) this.#receipts.stored()
    const replies = this.#replies.take()
    return replies.length === 0 ? nothing : outcome({ ephemeral: replies })
  }

  nextTick(): number | null {
    const saveAt = this.document.isUnsaved ? this.#savedAt + saveMs : null
    const compactAt = this.document.wantsCompaction ? this.#editedAt + idleMs : null
    return minDefined(saveAt, compactAt, this.#cursors.nextTick, this.#answers.nextTick, this.#gathering.dueAt)
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
    this.#gathering.take() // they were for another document, or are sent again
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
        this.#answers.want(session.id, peer, message.stateVector)
        return
      case 'step2':
      case 'update':
        this.#gathering.add({ session, update: message.update, isReply: message.type === 'step2' })
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
    const named = withOwnName(entries, session.user)
    this.#sent.push(...this.#awareness.receive(session.id, named, { isFirst: !peer.hasSpoken, now, isSame }))
    // Now it is known who it is, it can be told of its user's other clients.
    if (!peer.hasSpoken) this.#tellAwareness(session, owner => owner === session.id || !isSame(owner))
    peer.hasSpoken = true
  }

  /** Whoever may not write is not shown to the others: a state can hold any text. */
  #isHidden(owner: SessionId | null): boolean {
    const session = this.#context.sessions.get(owner ?? '')
    return session !== undefined && refuseWriting(this.#context, session) !== null
  }

  #keep(session: Session | undefined): void {
    if (session === undefined) return
    if (keep(session, this.#peerOf(session), this.#awareness.clientsOf(session.id))) this.#context.touched.add(session)
  }

  #mergeChanges(now: number): void {
    const accepted = this.#gathering.take().filter(change => this.#mayApply(change, now))
    if (accepted.length === 0) return
    this.#stored.keepHour(now, () => accepted.some(({ update }) => !this.document.contains(update)))
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
    const isNothing = isEmptyUpdate(update) // which is known without the document
    if (refused === null && !isNothing) return true
    const peer = this.#peerOf(session)
    const isKnown = isNothing || (isReply && peer.wasAsked && this.document.contains(update))
    if (isKnown) this.#owe(session, isReply)
    else if (refused !== null) this.#refuseForNow({ session, isReply }, refused, now)
    if (isReply && refused !== null) peer.wasAsked = false
    return false
  }

  #applied({ session, update, isReply }: Change, result: Applied, now: number): void {
    const peer = this.#peerOf(session)
    switch (result) {
      case 'changed':
        this.#editedAt = now
        this.#gathering.merged(session.id)
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

  #ask(session: Session, at = 0): void {
    this.#answers.ask(session.id, this.#peerOf(session), at)
  }

  #owe(session: Session, isReply: boolean): void {
    this.#receipts.owe(session, this.#peerOf(session), isReply)
    if (isReply) this.#keep(session)
  }

  #miss(session: Session, peer: Peer, isReply = false): void {
    this.#receipts.miss(session, peer, isReply)
    this.#keep(session)
  }

  /** What is to be sent now. */
  #newFrames(now: number): EphemeralDelivery[] {
    this.#mergeChanges(now)
    this.#answers.run(now)
    const replies = this.#replies.take()
    const news = [...this.#news(), ...this.#awarenessNews(now)]
    if (news.length > 0) this.#gathering.sent(now)
    return [...replies, ...news]
  }

  /** The changes of the document. Who alone made them need not hear of them. */
  #news(): EphemeralDelivery[] {
    const author = this.#gathering.takeAuthor()
    const except = author === null ? {} : { except: author }
    return this.document
      .takeUnsent()
      .map(update => ({ frame: { type: 'binary', bytes: messages.updateMessage(update) }, ...except }))
  }

  /** The states that changed, and with them those that clients would soon forget. */
  #awarenessNews(now: number): EphemeralDelivery[] {
    const sent = [...this.#sent.splice(0), ...this.#cursors.take(now)]
    if (sent.length === 0) return []
    const news = [...sent, ...this.#awareness.renewed(now)]
    for (const { owner } of news) this.#keep(this.#context.sessions.get(owner ?? ''))
    return newsFrames(news, owner => this.#isHidden(owner))
  }

  #tellAwareness(session: Session, isSame: (owner: SessionId) => boolean): void {
    const known = this.#awareness.all(owner => isSame(owner) || this.#isHidden(owner))
    if (known.length === 0) return
    this.#replies.to(session.id, messages.awarenessMessage(known), true)
    for (const owner of this.#awareness.owners()) this.#keep(this.#context.sessions.get(owner))
  }

  #save(now: number, editor?: Editor): void {
    this.document.save()
    this.#savedAt = now
    const editors = this.#editors.take(now, editor)
    if (editors.length > 0) this.#ports.edited(editors)
  }

  /** What was refused only until there is more of an allowance is asked for then. */
  #refuseForNow(change: Pick<Change, 'session' | 'isReply'>, refused: Refusal, now: number): void {
    this.#refuse(change, refused, now)
    const waitMs = refused.retry_after_ms ?? Number.POSITIVE_INFINITY
    if (waitMs <= askAgainMs) this.#ask(change.session, now + waitMs)
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
