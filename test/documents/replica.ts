import { createDecoder, readVarInt, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import {
  createEncoder,
  length,
  toUint8Array,
  writeUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'
import type { Principal } from '../../src/auth/principal.ts'
import type { TestSession } from '../../src/testing/test-session.ts'
import type { DocumentRoom } from './document-room.ts'

/** The dialects of documents. */
export type DocumentDialect = 'yjs' | 'hocuspocus' | 'documents'

const remote = Symbol('from the server')

/** A client with a copy of the document, made of the parts that providers are made of. Its network delivers when told. */
export class Replica {
  readonly name: string
  readonly doc = new Y.Doc()
  readonly awareness: Awareness
  readonly outgoing: Uint8Array[] = []
  readonly scopes: string[] = []
  readonly refusals: string[] = []
  session: TestSession | null = null
  unsaved = 0
  isSynced = false
  readonly #room: DocumentRoom
  readonly #dialect: DocumentDialect

  constructor(room: DocumentRoom, name: string, dialect: DocumentDialect, clientId: number) {
    this.name = name
    this.#room = room
    this.#dialect = dialect
    this.doc.clientID = clientId
    this.awareness = new Awareness(this.doc)
    clearInterval((this.awareness as unknown as { _checkInterval: NodeJS.Timeout })._checkInterval)
    this.awareness.setLocalState({ name })
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === remote || this.session === null) return
      this.unsaved += 1
      this.#send(0, encoder => writeUpdate(encoder, update))
    })
    this.awareness.on('update', ({ added, updated, removed }: Record<string, number[]>) => {
      if (this.session === null) return
      this.#sendAwareness([...(added ?? []), ...(updated ?? []), ...(removed ?? [])])
    })
  }

  get text(): Y.Text {
    return this.doc.getText('content')
  }

  get tellsSaved(): boolean {
    return this.#dialect !== 'yjs'
  }

  connect(role: Principal['role'] = 'member'): void {
    this.session = this.#room.open(this.name, { dialect: this.#dialect, role })
    this.outgoing.length = 0
    this.unsaved = 1
    this.#send(0, encoder => writeSyncStep1(encoder, this.doc))
    this.#sendAwareness([this.doc.clientID])
  }

  /** The network is gone, or the server has closed it. */
  cut(): void {
    const { session } = this
    this.session = null
    this.isSynced = false
    this.outgoing.length = 0
    removeAwarenessStates(
      this.awareness,
      [...this.awareness.getStates().keys()].filter(client => client !== this.doc.clientID),
      remote,
    )
    if (session !== null && session.closed === null) this.#room.disconnect(session)
  }

  /** Delivers so many frames to the server. */
  upload(count = Number.POSITIVE_INFINITY): void {
    for (let sent = 0; sent < count && this.session?.closed === null; sent++) {
      const frame = this.outgoing.shift()
      if (frame === undefined) return
      this.#room.send(this.session, frame.slice().buffer)
    }
  }

  /** Takes so many frames from the server. */
  download(count = Number.POSITIVE_INFINITY): void {
    const frames = this.session?.received ?? []
    for (const frame of frames.splice(0, count)) this.#receive(frame as Uint8Array)
  }

  /** Delivers in both directions until nothing is under way. */
  settle(): void {
    while (this.outgoing.length > 0 || (this.session?.received.length ?? 0) > 0) {
      this.upload()
      this.download()
      if (this.session?.closed !== null) return
    }
  }

  /** Sends a message of the test's own making. */
  send(message: Uint8Array): void {
    this.#queue(message)
  }

  #send(type: number, write: (encoder: ReturnType<typeof createEncoder>) => void): void {
    const encoder = createEncoder()
    writeVarUint(encoder, type)
    write(encoder)
    this.#queue(toUint8Array(encoder))
  }

  #queue(message: Uint8Array): void {
    const encoder = createEncoder()
    if (this.#dialect === 'hocuspocus') writeVarString(encoder, 'dev/plan')
    writeUint8Array(encoder, message)
    this.outgoing.push(toUint8Array(encoder))
  }

  #sendAwareness(clients: number[]): void {
    const known = clients.filter(client => this.awareness.meta.has(client))
    this.#send(1, encoder => writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, known)))
  }

  #receive(frame: Uint8Array): void {
    const decoder = createDecoder(frame)
    if (this.#dialect === 'hocuspocus' && readVarString(decoder) !== 'dev/plan') throw new Error('for another document')
    switch (readVarUint(decoder)) {
      case 0: {
        const reply = createEncoder()
        if (readSyncMessage(decoder, reply, this.doc, remote) === 1) this.isSynced = true
        if (length(reply) > 0) this.#send(0, encoder => writeUint8Array(encoder, toUint8Array(reply)))
        return
      }
      case 1:
        applyAwarenessUpdate(this.awareness, readVarUint8Array(decoder), remote)
        return
      case 2:
        this.#sent(readVarUint(decoder), decoder)
        return
      case 3:
        this.#sendAwareness([...this.awareness.getStates().keys()])
        return
      case 5:
        this.refusals.push(JSON.parse(readVarString(decoder)).data.code)
        return
      case 8:
        if (readVarInt(decoder) === 1) this.unsaved -= 1
        return
      default:
        throw new Error('of no known type')
    }
  }

  #sent(type: number, decoder: ReturnType<typeof createDecoder>): void {
    if (type === 2) this.scopes.push(readVarString(decoder))
    else this.refusals.push(readVarString(decoder).split(':')[0] ?? '')
  }
}
