import { type Connection, idle } from './connection.ts'
import type { OutgoingFrame } from './frame-queue.ts'
import type { Transport } from './transport.ts'

/** What a DeferredTransport works with. */
type DeferredTransportOptions = {
  now(): number
  load(): Promise<Transport> // never rejects
  onConnectionChange(connection: Connection): void
}

/** A transport whose code is loaded when it is first started. */
export class DeferredTransport implements Transport {
  readonly #options: DeferredTransportOptions
  #transport: Transport | null = null
  #connection: Connection = idle // until there is a transport
  #isLoading = false

  constructor(options: DeferredTransportOptions) {
    this.#options = options
  }

  get connection(): Connection {
    return this.#transport?.connection ?? this.#connection
  }

  start(): void {
    if (this.#transport !== null) {
      this.#transport.start()
      return
    }
    const now = this.#options.now()
    this.#setConnection({ ...idle, phase: 'authorizing', since: now, downSince: now })
    if (!this.#isLoading) void this.#load()
  }

  stop(): void {
    if (this.#transport === null) this.#setConnection(idle)
    else this.#transport.stop()
  }

  ping(): void {
    this.#transport?.ping()
  }

  send(frame: OutgoingFrame): boolean {
    return this.#transport?.send(frame) ?? false
  }

  waitMs(frame: OutgoingFrame): number {
    return this.#transport?.waitMs(frame) ?? 0
  }

  async #load(): Promise<void> {
    this.#isLoading = true
    const transport = await this.#options.load()
    const isWanted = this.#connection.phase !== 'idle'
    this.#transport = transport
    if (isWanted) transport.start()
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection
    this.#options.onConnectionChange(connection)
  }
}
