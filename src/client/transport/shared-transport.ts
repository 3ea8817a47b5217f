import type { Frame } from '../frames.ts'
import type { ClientPlatform, TabChannel } from '../platform.ts'
import { type Connection, idle, isLive } from './connection.ts'
import type { Transport, TransportListener } from './websocket-transport.ts'

/** What tabs say to each other. The leader speaks of frames and its connection, the others ask it. */
type Said =
  | { kind: 'frames'; frames: Frame[] }
  | { kind: 'connection'; connection: Connection }
  | { kind: 'snapshot'; to: string; frames: Frame[] }
  | { kind: 'hello'; from: string } // I have nothing yet
  | { kind: 'send'; text: string }
  | { kind: 'check' }
  | { kind: 'start' }

export type SharedTransportOptions = {
  key: string // of the person and the channel
  tabs: TabChannel
  world: ClientPlatform
  owner: SharedTransportListener
  own(owner: TransportListener): Transport // makes the socket of the tab that leads
}

export type SharedTransportListener = TransportListener & {
  /** Frames that bring a newcomer to where we are; none if we have nothing ourselves. */
  snapshot(): Frame[]
}

/**
 * One socket for all tabs. The tab that holds the lock owns it and repeats every frame to the others, so each of them
 * sees the same stream as if it had a socket. When the leader dies, the lock passes on, and the next one resumes from
 * where it stands; a line that was lost between tabs is a gap like any other, and is filled like any other.
 */
export class SharedTransport implements Transport {
  connection: Connection = idle
  readonly #options: SharedTransportOptions
  readonly #tab: string
  #talk: ReturnType<TabChannel['openChannel']> | null = null
  #own: Transport | null = null // ours, if we lead
  #release = (): void => {}

  constructor(options: SharedTransportOptions) {
    this.#options = options
    this.#tab = options.world.newId()
  }

  start(): void {
    if (this.#own !== null) this.#own.start()
    else if (this.#talk !== null) this.#say({ kind: 'start' })
    else this.#join()
  }

  #join(): void {
    const { key, tabs, world, owner } = this.#options
    const now = world.now()
    this.#follow({ ...idle, phase: 'authorizing', since: now, downSince: now })
    const talk = tabs.openChannel(key, said => this.#hear(said as Said))
    this.#talk = talk
    this.#release = tabs.acquireLock(key, () => {
      if (this.#talk === talk) this.#lead()
    })
    if (owner.position() === null) this.#say({ kind: 'hello', from: this.#tab })
  }

  stop(): void {
    this.#own?.stop()
    this.#own = null
    this.#release()
    this.#talk?.end()
    this.#talk = null
    this.#follow(idle)
  }

  ping(): void {
    if (this.#own !== null) this.#own.ping()
    else this.#say({ kind: 'check' })
  }

  send(text: string): boolean {
    if (this.#own !== null) return this.#own.send(text)
    if (!isLive(this.connection)) return false
    this.#say({ kind: 'send', text })
    return true
  }

  #lead(): void {
    const { own, owner } = this.#options
    this.#own = own({
      position: () => owner.position(),
      onFrames: frames => {
        this.#say({ kind: 'frames', frames })
        owner.onFrames(frames)
      },
      onConnectionChange: connection => {
        this.#say({ kind: 'connection', connection })
        this.#follow(connection)
      },
    })
    this.#own.start()
  }

  #hear(said: Said): void {
    const { owner } = this.#options
    const isNew = owner.position() === null
    if (this.#own !== null) this.#serve(this.#own, said)
    else if (said.kind === 'connection') {
      if (isLive(said.connection) && isNew) this.#say({ kind: 'hello', from: this.#tab })
      this.#follow(said.connection)
    } else if (said.kind === 'snapshot') {
      if (said.to === this.#tab && isNew) owner.onFrames(said.frames)
    } else if (said.kind === 'frames') {
      // Without a beginning there is nothing to continue; it comes as a welcome, or as a snapshot.
      if (!isNew || said.frames[0]?.type === 'welcome') owner.onFrames(said.frames)
    }
  }

  #serve(own: Transport, said: Said): void {
    if (said.kind === 'send') own.send(said.text)
    else if (said.kind === 'check') own.ping()
    else if (said.kind === 'start') own.start()
    else if (said.kind === 'hello') {
      this.#say({ kind: 'connection', connection: own.connection })
      const frames = this.#options.owner.snapshot()
      if (frames.length > 0) this.#say({ kind: 'snapshot', to: said.from, frames })
    }
  }

  #say(said: Said): void {
    this.#talk?.say(said)
  }

  #follow(connection: Connection): void {
    this.connection = connection
    this.#options.owner.onConnectionChange(connection)
  }
}
