import type { Frame } from '../frames.ts'
import type { ClientPlatform, TabCoordinator, TabPort } from '../platform.ts'
import { type Connection, idle, isLive } from './connection.ts'
import type { Transport, TransportListener } from './transport.ts'

/** What tabs post to each other. The leader posts frames and its connection; the others post requests. */
type TabMessage =
  | { kind: 'frames'; frames: Frame[] }
  | { kind: 'connection'; connection: Connection }
  | { kind: 'snapshot'; to: string; frames: Frame[] }
  | { kind: 'hello'; from: string } // this tab has no state yet
  | { kind: 'send'; text: string }
  | { kind: 'ping' }
  | { kind: 'start' }

/** What a SharedTransport connects to, and for whom. */
type SharedTransportOptions = {
  key: string // of the user and the channel
  tabs: TabCoordinator
  platform: ClientPlatform
  listener: SharedTransportListener
  createOwn(listener: TransportListener): Transport // makes the socket of the tab that leads
}

/** A TransportListener that can also bring another tab up to date. */
export type SharedTransportListener = TransportListener & {
  /** Frames that bring another tab to this one's state; none if this tab has no state itself. */
  snapshot(): Frame[]
}

// Tabs of different releases may be open at once. They share a socket only if they post the same messages.
const messageVersion = 'v2'

/**
 * One socket for all tabs. The tab that holds the lock owns it and repeats every frame to the others, so each of them
 * sees the same stream as if it had a socket. When the leader dies, the lock passes on, and the next leader resumes from
 * its own position. An event that was lost between tabs is a gap like any other, and is filled like any other.
 */
export class SharedTransport implements Transport {
  connection: Connection = idle
  readonly #options: SharedTransportOptions
  readonly #key: string
  readonly #tabId: string
  #port: TabPort | null = null
  #own: Transport | null = null // set while this tab leads
  #release = (): void => {}

  constructor(options: SharedTransportOptions) {
    this.#options = options
    this.#key = `${options.key} ${messageVersion}`
    this.#tabId = options.platform.newId()
  }

  start(): void {
    if (this.#own !== null) this.#own.start()
    else if (this.#port !== null) this.#post({ kind: 'start' })
    else this.#join()
  }

  #join(): void {
    const { tabs, platform, listener } = this.#options
    const now = platform.now()
    this.#setConnection({ ...idle, phase: 'authorizing', since: now, downSince: now })
    const port = tabs.openChannel(this.#key, message => this.#onMessage(message as TabMessage))
    this.#port = port
    this.#release = tabs.acquireLock(this.#key, () => {
      if (this.#port === port) this.#lead()
    })
    if (listener.position() === null) this.#post({ kind: 'hello', from: this.#tabId })
  }

  stop(): void {
    this.#own?.stop()
    this.#own = null
    this.#release()
    this.#port?.close()
    this.#port = null
    this.#setConnection(idle)
  }

  ping(): void {
    if (this.#own !== null) this.#own.ping()
    else this.#post({ kind: 'ping' })
  }

  send(text: string): boolean {
    if (this.#own !== null) return this.#own.send(text)
    if (!isLive(this.connection)) return false
    this.#post({ kind: 'send', text })
    return true
  }

  #lead(): void {
    const { createOwn, listener } = this.#options
    this.#own = createOwn({
      position: () => listener.position(),
      onFrames: frames => {
        this.#post({ kind: 'frames', frames })
        listener.onFrames(frames)
      },
      onConnectionChange: connection => {
        this.#post({ kind: 'connection', connection })
        this.#setConnection(connection)
      },
    })
    this.#own.start()
  }

  #onMessage(message: TabMessage): void {
    if (this.#own === null) this.#onLeaderMessage(message)
    else this.#onFollowerMessage(this.#own, message)
  }

  #onLeaderMessage(message: TabMessage): void {
    const { listener } = this.#options
    const isNew = listener.position() === null
    if (message.kind === 'connection') {
      if (isLive(message.connection) && isNew) this.#post({ kind: 'hello', from: this.#tabId })
      this.#setConnection(message.connection)
    } else if (message.kind === 'snapshot') {
      if (message.to === this.#tabId && isNew) listener.onFrames(message.frames)
    } else if (message.kind === 'frames') {
      // Without a beginning there is nothing to continue; it comes as a welcome, or as a snapshot.
      if (!isNew || message.frames[0]?.type === 'welcome') listener.onFrames(message.frames)
    }
  }

  #onFollowerMessage(own: Transport, message: TabMessage): void {
    if (message.kind === 'send') own.send(message.text)
    else if (message.kind === 'ping') own.ping()
    else if (message.kind === 'start') own.start()
    else if (message.kind === 'hello') {
      this.#post({ kind: 'connection', connection: own.connection })
      const frames = this.#options.listener.snapshot()
      if (frames.length > 0) this.#post({ kind: 'snapshot', to: message.from, frames })
    }
  }

  #post(message: TabMessage): void {
    this.#port?.post(message)
  }

  #setConnection(connection: Connection): void {
    this.connection = connection
    this.#options.listener.onConnectionChange(connection)
  }
}
