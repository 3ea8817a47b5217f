import * as Y from 'yjs'
import type { Sql } from '../lib/sql.ts'
import { encodeState } from './state-encoder.ts'
import { decodedUpdate, stateVectorAfter, type UpdateContent } from './update-content.ts'
import { UpdateLog } from './update-log.ts'

/** How much a document may hold. */
export type DocumentLimits = { bytes: number; items: number }

/**
 * What became of an update: `changed` the document; `known`, nothing is new in it; or why it is not part of the document.
 * `incomplete`: it builds on something that is not here. `invalid`: it cannot be read.
 */
export type Applied = 'changed' | 'known' | 'too_large' | 'incomplete' | 'invalid'

const compactRows = 500
const compactBytes = 524_288
const largeBytes = 262_144 // a document of this size takes a while to load
const busyFactor = 8 // so much more is stored before a document is compacted while it is being edited
const insertion = { structs: [{ client: 0, start: 0, end: 0 }], items: 0 }
const storedAtMost = 100 // updates that are sent as they are stored, each in a frame of its own
const measureMs = 5_000 // between two measurements of a document that is full: each encodes all of it

/**
 * A Yjs document on its storage. It is loaded when it is first needed. What changes it is kept in memory until `save`
 * writes it, as one row; whoever uses it decides when that is, and says "saved" only after it.
 */
export class SharedDocument {
  readonly #log: UpdateLog
  readonly limits: DocumentLimits
  #doc: Y.Doc | null = null
  #stored: readonly Uint8Array[] | null = null // as they were read, until the document is loaded
  #unsaved: Uint8Array[] = []
  #unsent: Uint8Array[] = []
  #bytes = 0 // of its state, at most
  #items = 0 // at most
  #measuredAt = Number.NEGATIVE_INFINITY

  constructor(sql: Sql, limits: DocumentLimits) {
    this.#log = new UpdateLog(sql)
    this.limits = limits
  }

  /** The document itself, to be read; `edit` changes it. */
  get doc(): Y.Doc {
    this.#doc ??= this.#load()
    return this.#doc
  }

  get isLoaded(): boolean {
    return this.#doc !== null
  }

  /** Has anything of it been stored? */
  get isStored(): boolean {
    return !this.#log.isEmpty
  }

  /** Is there anything that `save` would write? */
  get isUnsaved(): boolean {
    return this.#unsaved.length > 0
  }

  /** Should it be compacted once nobody edits it? */
  get wantsCompaction(): boolean {
    const { rows, bytes, updates, snapshotBytes } = this.#log
    return rows >= compactRows || bytes >= compactBytes || (snapshotBytes >= largeBytes && updates >= storedAtMost)
  }

  /** Applies updates in one transaction; returns what became of each. */
  applyAll(updates: readonly Uint8Array[], now: number): Applied[] {
    const { doc } = this
    const unsent = this.#unsent.length
    const unsaved = this.#unsaved.length
    try {
      return doc.transact(() => updates.map(update => this.#apply(doc, update, now)))
    } catch (error) {
      // The library threw in the midst of an update that could be read: what it left in memory is not to be trusted.
      this.#unsent.length = unsent
      this.#unsaved.length = unsaved
      this.#reload()
      if (updates.length === 1) return ['invalid']
      if (!(error instanceof Error)) throw error
      return updates.flatMap(update => this.applyAll([update], now))
    }
  }

  /** Changes the document here. `bytes`: how much larger it gets, about. Returns whether there was room; if not, nothing changed. */
  edit(change: (doc: Y.Doc) => void, bytes: number, now: number): boolean {
    const { doc } = this
    if (!this.#hasRoom(insertion, bytes, now)) return false
    doc.transact(() => change(doc))
    this.#bytes += bytes
    return true
  }

  /**
   * What a client lacks who has this state, as updates in their order, at least one. Who has nothing gets what is stored, if
   * that is few updates: a document that is only read need not be loaded.
   */
  missingFrom(stateVector: Uint8Array): Uint8Array[] {
    const stored = isNothing(stateVector) ? this.#storedUpdates() : null
    return stored ?? [isNothing(stateVector) ? this.state : Y.encodeStateAsUpdate(this.doc, stateVector)]
  }

  get stateVector(): Uint8Array {
    const stored = this.#storedUpdates()
    if (stored === null) return Y.encodeStateVector(this.doc)
    const { vector } = this.#log
    return vector === null ? stateVectorAfter(null, stored) : stateVectorAfter(vector, stored.slice(1))
  }

  /** All of it, as one update. */
  get state(): Uint8Array {
    const { doc } = this // loaded first, so that its size is known
    return encodeState(doc, this.#bytes)
  }

  /** Is everything in this update part of the document? False, too, if it cannot be read. */
  contains(update: Uint8Array): boolean {
    const content = decodedUpdate(update)
    if (content === null || !content.structs.every(struct => this.#has(struct.client, struct.end))) return false
    return content.ranges === 0 || Y.snapshotContainsUpdate(Y.snapshot(this.doc), update)
  }

  /** The changes since the last call, for those who have the document open. */
  takeUnsent(): Uint8Array[] {
    return this.#unsent.splice(0)
  }

  /** Writes what is not saved, as one row. */
  save(): void {
    if (this.#unsaved.length === 0) return
    this.#log.append(this.#unsaved)
    this.#stored = null
    this.#unsaved = []
    const { rows, bytes } = this.#log
    if (rows >= busyFactor * compactRows || bytes >= busyFactor * compactBytes) this.compact()
  }

  /**
   * Replaces the rows by the state of the document, which holds what is not saved, too; or, while a large snapshot has grown
   * by little, those after it by a tail.
   */
  compact(): void {
    const { doc } = this // loaded first, so that it is known what is stored
    const since = this.#log.tailFrom
    if (since === null) {
      const { state } = this
      this.#log.replace(state, Y.encodeStateVector(doc))
      this.#measured(state.byteLength)
    } else this.#log.replaceTail(encodeState(doc, this.#log.tailBytes + this.#log.bytes, since))
    this.#unsaved = []
  }

  /** Forgets everything, also what is stored. */
  clear(): void {
    this.#log.clear()
    this.#stored = null
    this.#unsaved = []
    this.#unsent = []
    this.#reload()
  }

  #apply(doc: Y.Doc, update: Uint8Array, now: number): Applied {
    const content = decodedUpdate(update)
    if (content === null) return 'invalid'
    if (content.structs.length === 0 && content.ranges === 0) return 'known'
    if (content.structs.some(({ client, start }) => !this.#has(client, start))) return 'incomplete'
    if (!this.#hasRoom(content, content.bytes, now)) return 'too_large'
    const isNew = content.ranges > 0 || content.structs.some(({ client, end }) => !this.#has(client, end))
    Y.applyUpdate(doc, update)
    this.#bytes += content.bytes
    this.#items += content.items
    if (isComplete(doc)) return isNew ? 'changed' : 'known'
    forgetPending(doc) // kept, they would be applied with something later that is refused now
    return 'incomplete'
  }

  /** What a document consists of that is not loaded; null: it is, or nothing is stored, or too many updates are. */
  #storedUpdates(): Uint8Array[] | null {
    if (this.#doc !== null) return null
    const stored = [...this.#read(), ...this.#unsaved]
    return stored.length === 0 || stored.length > storedAtMost ? null : stored
  }

  /** What is stored. Whoever comes first is answered from it, and asked by it, and then it is loaded: it is read once. */
  #read(): readonly Uint8Array[] {
    this.#stored ??= this.#log.read()
    return this.#stored
  }

  #has(client: number, clock: number): boolean {
    return Y.getState(this.doc.store, client) >= clock
  }

  /** What only deletes always has room. */
  #hasRoom({ structs, items }: Pick<UpdateContent, 'structs' | 'items'>, bytes: number, now: number): boolean {
    const fits = () => this.#bytes + bytes <= this.limits.bytes && this.#items + items <= this.limits.items
    if (fits()) return true
    if (now >= this.#measuredAt + measureMs) {
      this.#measuredAt = now
      this.#measured(this.state.byteLength)
    }
    return fits() || (structs.length === 0 && this.#items + items <= 2 * this.limits.items)
  }

  #measured(bytes: number): void {
    this.#bytes = bytes
    this.#items = [...this.doc.store.clients.values()].reduce((sum, { length }) => sum + length, 0)
  }

  #load(): Y.Doc {
    const doc = new Y.Doc()
    const stored = this.#read()
    this.#stored = null
    doc.transact(() => {
      for (const update of [...stored, ...this.#unsaved]) Y.applyUpdate(doc, update)
    })
    forgetPending(doc)
    doc.on('update', (update: Uint8Array) => {
      this.#unsaved.push(update)
      this.#unsent.push(update)
    })
    this.#doc = doc
    this.#measured(this.#log.snapshotBytes + this.#log.tailBytes + this.#log.bytes)
    return doc
  }

  #reload(): void {
    this.#doc?.destroy()
    this.#doc = null
  }
}

/** Is it the state vector of an empty document? */
function isNothing(stateVector: Uint8Array): boolean {
  return stateVector.byteLength === 1 && stateVector[0] === 0
}

function isComplete({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null
}

function forgetPending({ store }: Y.Doc): void {
  store.pendingStructs = null
  store.pendingDs = null
}
