import { createDecoder } from 'lib0/decoding'
import { createEncoder, length, toUint8Array, writeVarUint } from 'lib0/encoding'
import { WebSocket } from 'ws'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'
import type { DocumentWire } from './document-wires.ts'
import type { Latencies } from './latencies.ts'
import { nowMicros } from './payload.ts'
import type { ServerTarget } from './target.ts'

const sync = 0
const step1 = 0
const step2 = 1

/** What the clients of a measurement received. */
export type DocumentStats = { edits: number; bytes: number; latencies: Latencies }

/** Who connects, to which document, over which wire. */
export type DocumentVisit = { wire: DocumentWire; document: string; user: string; stats: DocumentStats }

/**
 * Somebody who types into a text of their own in a document, and counts what the others type. After the first sync it applies
 * nothing: the server is measured, and edits of others are found by the times that they carry.
 */
export class DocumentClient {
  readonly doc = new Y.Doc()
  readonly refusals: string[] = []
  readonly #visit: DocumentVisit
  readonly #text: Y.Text
  readonly #socket: WebSocket
  readonly #ready = Promise.withResolvers<void>()
  #isReady = false
  #answeredAt = 0
  readonly #collected: Uint8Array[] = []
  #confirmed: PromiseWithResolvers<void> | null = null

  constructor({ port }: ServerTarget, visit: DocumentVisit) {
    const { wire, document, user } = visit
    this.#visit = visit
    this.#text = this.doc.getText(user)
    const { path, headers = {} } = wire.upgrade(document, user)
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, perMessageDeflate: false })
    this.#socket.on('open', () => this.#begin())
    this.#socket.on('message', data => this.#receive(data as Buffer))
    this.#socket.on('error', error => this.#ready.reject(error))
    this.#socket.on('close', code => {
      const error = new Error(`the server closed ${document} with ${code}`)
      this.#ready.reject(error)
      this.#confirmed?.reject(error)
    })
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#send(encoder => writeUpdate(encoder, update))
    })
  }

  /** Resolves once it has what the server has. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** When the answer to the first sync was here, not yet applied: what comes after that is the client's part. */
  get answeredAt(): number {
    return this.#answeredAt
  }

  /** Types something that carries the time. */
  type(): void {
    this.#text.insert(this.#text.length, `<${this.#visit.user} ${nowMicros()}>`)
  }

  /** Resolves once the server has merged what was sent; rejects if it closed. */
  confirm(): Promise<void> {
    this.#confirmed = Promise.withResolvers()
    this.#send(encoder => writeSyncStep1(encoder, this.doc))
    return this.#confirmed.promise
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.terminate()
  }

  #begin(): void {
    const { wire, document } = this.#visit
    if (wire.greeting !== undefined) this.#socket.send(wire.greeting(document))
    this.#send(encoder => writeSyncStep1(encoder, this.doc))
  }

  #send(write: (encoder: ReturnType<typeof createEncoder>) => void): void {
    const encoder = createEncoder()
    writeVarUint(encoder, sync)
    write(encoder)
    const { wire, document } = this.#visit
    this.#socket.send(wire.wrap(toUint8Array(encoder), document))
  }

  #receive(data: Buffer): void {
    const { stats, wire } = this.#visit
    stats.bytes += data.byteLength
    const message = wire.unwrap(data)
    if (wire.isRefusal(message)) this.refusals.push(Buffer.from(message.subarray(2)).toString())
    if (message[0] !== sync) return
    if (message[1] === step2) this.#confirmed?.resolve()
    if (this.#isReady && message[1] !== step1) this.#count(data)
    else if (message[1] === step1) this.#sync(message)
    else this.#collect(message)
  }

  /** What comes before the answer is complete is applied with it, so that the client's part begins when all is here. */
  #collect(message: Uint8Array): void {
    this.#collected.push(message)
    if (message[1] !== step2) return
    this.#answeredAt = performance.now()
    for (const one of this.#collected.splice(0)) this.#sync(one)
  }

  #sync(message: Uint8Array): void {
    const decoder = createDecoder(message.subarray(1))
    const encoder = createEncoder()
    writeVarUint(encoder, sync)
    const type = readSyncMessage(decoder, encoder, this.doc, this)
    const { wire, document } = this.#visit
    if (length(encoder) > 1) this.#socket.send(wire.wrap(toUint8Array(encoder), document))
    if (type !== step2) return
    this.#isReady = true
    this.#ready.resolve()
  }

  #count(data: Buffer): void {
    const { stats, user } = this.#visit
    const now = nowMicros()
    for (const [, author, micros] of data.toString('latin1').matchAll(/<(\w+) (\d+)>/g)) {
      if (author === user) continue // some servers send it back
      stats.edits += 1
      stats.latencies.add((now - Number(micros)) / 1_000)
    }
  }
}
