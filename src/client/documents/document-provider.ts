import { Awareness, applyAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import { applyUpdate, Doc, encodeStateAsUpdate, mergeUpdates } from 'yjs'
import { closeCodes } from '../../protocol/close-codes.ts'
import { type ClientSource, sourceOf } from '../create-client.ts'
import { type Connection, type ConnectionStatus, type Reason, statusOf } from '../transport/connection.ts'
import { ConnectionRunner } from '../transport/connection-runner.ts'
import { type ChannelDoor, credentialsFor, socketUrl } from '../transport/credentials.ts'
import * as messages from './document-messages.ts'
import { PacedSender } from './paced-sender.ts'
import { Unsynced } from './unsynced.ts'

const door: ChannelDoor = { subprotocol: 'circles.documents.v1', names: 2, probe: 'versions' }
const updateMs = 20 // between two frames with changes; what comes meanwhile is one
const awarenessMs = 50 // between two frames with our cursor
const mergedAtMost = 100 // updates in one frame: merging takes more than linear time
const emptyUpdateBytes = 2

/** Keeps a document on this device, such as `IndexeddbPersistence` of y-indexeddb. */
export type OfflineStore = new (
  name: string,
  doc: Doc,
) => { destroy(): Promise<unknown>; clearData(): Promise<unknown> }

/** What a document is opened with. */
export type DocumentOptions = {
  /** The document to be synchronized; a new one if absent. */
  doc?: Doc
  /** The cursors and names of those who have it open; a new one if absent. */
  awareness?: Awareness
  /** Keeps it on this device, if the client has a `userKey` or is a guest; what was edited offline is sent later. */
  offline?: OfflineStore
  /** False: it connects when `connect` is called. */
  connect?: boolean
}

/** How a document stands with its server. */
export type DocumentState = {
  status: ConnectionStatus
  reason: Reason | null // why it is not connected
  isSynced: boolean // it has what the server had when it connected
  unsynced: number // changes made here that the server has not stored
  isSaved: boolean // there are none
  mayWrite: boolean | null // null: not known yet
  refusal: Reason | null // why the server did not take a change; null once everything is saved
}

const initialState: DocumentState = {
  status: 'idle',
  reason: null,
  isSynced: false,
  unsynced: 0,
  isSaved: true,
  mayWrite: null,
  refusal: null,
}

/**
 * Synchronizes a Yjs document of a circle, `dev/plan`. It sends nothing while nobody edits or moves a cursor, so the document
 * sleeps on the server while it is open here: others learn from the connection who is there. A change counts as unsynced until
 * the server has it on disk.
 */
export class DocumentProvider {
  readonly name: string
  readonly doc: Doc
  readonly awareness: Awareness
  readonly #source: ClientSource
  readonly #runner: ConnectionRunner
  readonly #updates: PacedSender
  readonly #cursor: PacedSender
  readonly #unsynced: Unsynced
  readonly #listeners = new Set<() => void>()
  readonly #stored: InstanceType<OfflineStore> | null
  readonly #stopWaking: () => void
  readonly #ownAwareness: boolean
  #state: DocumentState = initialState
  #waiting: Uint8Array[] = [] // changes to be sent
  #isAnswered = false // the server's first question: before, a change might build on what it lacks
  #serverState: Uint8Array | null = null // when it asked

  constructor(client: object, name: string, options: DocumentOptions = {}) {
    const source = sourceOf(client)
    this.#source = source
    this.name = name.toLowerCase()
    this.doc = options.doc ?? new Doc()
    this.#ownAwareness = options.awareness === undefined
    this.awareness = options.awareness ?? new Awareness(this.doc)
    clearInterval(this.awareness._checkInterval) // it would repeat our state, and forget who does not
    this.#unsynced = new Unsynced(encodeStateAsUpdate(this.doc).byteLength > emptyUpdateBytes ? 1 : 0)
    this.#updates = new PacedSender(source.platform, updateMs, () => this.#sendUpdates())
    this.#cursor = new PacedSender(source.platform, awarenessMs, () =>
      this.#send(messages.awarenessMessage(this.awareness)),
    )
    this.#runner = this.#newRunner()
    this.#state = this.#newState()
    this.doc.on('update', this.#onUpdate)
    this.awareness.on('update', this.#onAwareness)
    this.#stored = this.#openStore(options.offline)
    this.#stopWaking = source.platform.onWake(() => this.#runner.step({ type: 'wake' }))
    if (options.connect !== false) this.connect()
  }

  get state(): DocumentState {
    return this.#state
  }

  /** Calls `listener` after each change of the state. Returns a function that stops this. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Connects, also after the server has ended it. */
  connect(): void {
    this.#runner.step({ type: 'start' })
  }

  /** Sends what waits, and disconnects. */
  disconnect(): void {
    this.#updates.flush()
    this.#runner.step({ type: 'stop' })
  }

  /** Disconnects for good. The document stays as it is. */
  destroy(): void {
    this.disconnect()
    this.#stopWaking()
    this.doc.off('update', this.#onUpdate)
    this.awareness.off('update', this.#onAwareness)
    if (this.#ownAwareness) this.awareness.destroy()
    void this.#stored?.destroy()
    this.#listeners.clear()
  }

  #newRunner(): ConnectionRunner {
    const { base, platform } = this.#source
    const channel = `document:${this.name}` as const
    return new ConnectionRunner({
      platform,
      authorize: want => credentialsFor({ ...this.#source, channel, door, ...want }),
      url: query => socketUrl(base, channel, query),
      onMessage: (data, welcome) => this.#onMessage(data, welcome),
      onEnd: () => this.#end(),
      onConnectionChange: connection => this.#onConnectionChange(connection),
    })
  }

  #openStore(Store: OfflineStore | undefined): InstanceType<OfflineStore> | null {
    const { base, userKey } = this.#source
    if (Store === undefined || userKey === null) return null
    return new Store(`circles ${base} ${userKey} document:${this.name}`, this.doc)
  }

  #onConnectionChange(connection: Connection): void {
    const isGone = connection.phase === 'ended' && connection.reason?.code === `${closeCodes.deleted[0]}`
    if (isGone) void this.#stored?.clearData()
    if (connection.phase === 'greeting') this.#begin()
    this.#publish(connection.phase === 'live' || connection.phase === 'probing' ? {} : { isSynced: false })
  }

  /** The socket is open. */
  #begin(): void {
    const socket = this.#runner.socket
    if (socket === null) return
    socket.binaryType = 'arraybuffer'
    this.#unsynced.begin()
    socket.send(messages.question(this.doc))
    if (this.awareness.getLocalState() !== null) socket.send(messages.awarenessMessage(this.awareness))
  }

  #end(): void {
    this.#updates.end()
    this.#cursor.end()
    this.#isAnswered = false
    const others = [...this.awareness.getStates().keys()].filter(client => client !== this.awareness.clientID)
    removeAwarenessStates(this.awareness, others, this)
  }

  #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return
    this.#unsynced.changed()
    if (this.#isAnswered) {
      this.#waiting.push(update)
      this.#updates.want()
    }
    this.#publish({})
  }

  #onAwareness = ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>): void => {
    const isOurs = [...added, ...updated, ...removed].includes(this.awareness.clientID)
    if (isOurs && this.#runner.live !== null) this.#cursor.want()
  }

  #sendUpdates(): void {
    const waiting = this.#waiting.splice(0)
    if (waiting.length > mergedAtMost && this.#serverState !== null) {
      this.#sendUpdate(encodeStateAsUpdate(this.doc, this.#serverState))
    } else if (waiting.length > 0) this.#sendUpdate(mergeUpdates(waiting))
  }

  #sendUpdate(update: Uint8Array): void {
    if (this.#send(messages.updateMessage(update))) this.#unsynced.sent()
  }

  #send(message: Uint8Array<ArrayBuffer>): boolean {
    const socket = this.#runner.live
    socket?.send(message)
    return socket !== null
  }

  #onMessage(data: unknown, welcome: () => void): void {
    if (!(data instanceof ArrayBuffer)) return // the answer to a ping
    welcome()
    this.#receive(messages.readServerMessage(new Uint8Array(data)))
  }

  #receive(message: messages.ServerMessage): void {
    switch (message.type) {
      case 'question':
        this.#answer(message.stateVector)
        return
      case 'answer':
      case 'update':
        applyUpdate(this.doc, message.update, this)
        if (message.type === 'answer') this.#publish({ isSynced: true })
        return
      case 'awareness':
        this.#receiveAwareness(message.update)
        return
      case 'queryAwareness':
        this.#send(messages.awarenessMessage(this.awareness))
        return
      case 'scope':
        this.#publish({ mayWrite: message.mayWrite })
        return
      case 'status':
        if (message.isSaved) this.#unsynced.saved(this.#waiting.length)
        this.#publish({})
        return
      case 'refused':
        this.#publish({ refusal: message.reason })
        return
      case 'other':
        return
      default:
        message satisfies never
    }
  }

  #receiveAwareness(update: Uint8Array): void {
    const others = messages.withoutClient(update, this.awareness.clientID)
    if (others !== null) applyAwarenessUpdate(this.awareness, others, this)
  }

  #answer(stateVector: Uint8Array): void {
    this.#waiting = [] // the answer has them
    this.#serverState = stateVector
    this.#isAnswered = true
    this.#send(messages.answer(this.doc, stateVector))
  }

  #newState(change: Partial<DocumentState> = {}): DocumentState {
    const { connection } = this.#runner
    const unsynced = this.#unsynced.changes
    const refusal = unsynced === 0 ? null : this.#state.refusal
    const { reason } = connection
    return {
      ...this.#state,
      refusal,
      ...change,
      status: statusOf(connection),
      reason,
      unsynced,
      isSaved: unsynced === 0,
    }
  }

  #publish(change: Partial<DocumentState>): void {
    const next = this.#newState(change)
    const keys = Object.keys(next) as (keyof DocumentState)[]
    if (keys.every(key => next[key] === this.#state[key])) return
    this.#state = next
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        this.#source.platform.reportError(error)
      }
    }
  }
}
