import type { EventFrame, Frame, FrameOf } from '../frames.ts'
import type { TabCoordinator, TabPort } from '../platform.ts'
import type { ChannelState } from '../state/state.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import { type Connection, idle, isLive } from './connection.ts'
import type { OutgoingFrame } from './frame-queue.ts'
import type { Position, Transport, TransportListener } from './transport.ts'

/** What tabs post to each other. The leader posts frames and its connection; the others post requests. */
type TabMessage =
  | { kind: 'frames'; frames: Frame[] }
  | { kind: 'connection'; connection: Connection }
  | { kind: 'snapshot'; to: string; frames: Frame[] }
  | { kind: 'hello'; from: string; position: Position | null } // bring this tab up to date
  | { kind: 'ask' } // is there a leader? It posts its connection
  | { kind: 'send'; frame: OutgoingFrame }
  | { kind: 'ping' }
  | { kind: 'start' }

/** What a SharedTransport connects to, and for whom. */
type SharedTransportOptions = {
  key: string // of the user and the channel
  tabs: TabCoordinator
  platform: SteadyPlatform
  listener: SharedTransportListener
  createOwn(listener: TransportListener): Transport // makes the socket of the tab that leads
}

/** A TransportListener that can also bring another tab up to date. */
export type SharedTransportListener = TransportListener & {
  /** This tab's state, or null: it has none yet. */
  current(): CurrentTab | null
}

/** What a tab knows of the channel: its state, the last welcome, and the events after a seq; null: not all of them. */
export type CurrentTab = {
  state: ChannelState
  welcome: FrameOf<'welcome'>
  eventsAfter(seq: number): EventFrame[] | null
}

// Tabs of different releases may be open at once. They share a socket only if they post the same messages.
const messageVersion = 'v3'

const askMs = 5_000 // between two questions to the leader
const patience = 2 // questions without an answer, before another tab leads

/**
 * One socket for all tabs. The tab that holds the lock owns it and repeats every frame to the others, so each of them
 * sees the same stream as if it had a socket. When the leader dies, the lock passes on, and the next leader resumes from
 * its own position. From a leader that does not answer the lock is stolen; it follows when it wakes up. An event that
 * was lost between tabs is a gap like any other, and is filled like any other.
 */
export class SharedTransport implements Transport {
  connection: Connection = idle
  readonly #options: SharedTransportOptions
  readonly #key: string
  readonly #tabId: string
  #port: TabPort | null = null // set while this tab takes part
  #own: Transport | null = null // set while this tab leads
  #unanswered = 0 // questions to the leader
  #release = (): void => {}
  #cancelAsk = (): void => {}

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

  stop(): void {
    this.#stopLeading()
    this.#cancelAsk()
    this.#release()
    this.#port?.close()
    this.#port = null
    this.#setConnection(idle)
  }

  ping(): void {
    if (this.#own !== null) {
      this.#own.ping()
      return
    }
    this.#post({ kind: 'ping' })
    this.#sayHello() // this tab may have been frozen, and have missed something
  }

  send(frame: OutgoingFrame): boolean {
    if (this.#own !== null) return this.#own.send(frame)
    if (!isLive(this.connection)) return false
    this.#post({ kind: 'send', frame })
    return true
  }

  waitMs(frame: OutgoingFrame): number {
    return this.#own?.waitMs(frame) ?? 0 // the leader waits
  }

  #join(): void {
    const { tabs, platform } = this.#options
    const now = platform.now()
    this.#setConnection({ ...idle, phase: 'authorizing', since: now, downSince: now })
    this.#port = openChannel(tabs, this.#key, message => this.#onMessage(message as TabMessage))
    this.#follow()
  }

  #follow(): void {
    this.#acquire(false)
    this.#sayHello()
    this.#unanswered = 1
    this.#askLater()
  }

  #acquire(steal: boolean): void {
    const port = this.#port
    this.#release()
    const onAcquired = (): void => {
      if (this.#port === port && this.#own === null) this.#lead()
    }
    const onLost = (): void => {
      if (this.#port !== port) return
      this.#stopLeading()
      this.#follow()
    }
    this.#release = this.#options.tabs.acquireLock(this.#key, onAcquired, { steal, onLost })
  }

  /** Asks for the leader again and again; leads itself if there is none that answers, whoever holds the lock. */
  #ask(): void {
    if (this.#unanswered > patience) {
      this.#lead()
      return
    }
    if (this.#unanswered === patience) this.#acquire(true)
    else this.#post({ kind: 'ask' })
    this.#unanswered++
    this.#askLater()
  }

  #askLater(): void {
    this.#cancelAsk()
    this.#cancelAsk = this.#options.platform.after(askMs, () => this.#ask())
  }

  #lead(): void {
    const { createOwn, listener } = this.#options
    this.#cancelAsk()
    const own: Transport = createOwn({
      position: () => listener.position(),
      onFrames: frames => {
        this.#post({ kind: 'frames', frames })
        listener.onFrames(frames)
      },
      onConnectionChange: connection => {
        if (this.#own !== own) return // it is being stopped, and another tab leads
        this.#post({ kind: 'connection', connection })
        this.#setConnection(connection)
      },
    })
    this.#own = own
    own.start()
  }

  #stopLeading(): void {
    const own = this.#own
    this.#own = null
    own?.stop()
  }

  #onMessage(message: TabMessage): void {
    if (this.#own === null) this.#onLeaderMessage(message)
    else this.#onFollowerMessage(this.#own, message)
  }

  #onLeaderMessage(message: TabMessage): void {
    const { listener } = this.#options
    const isNew = listener.position() === null
    if (message.kind === 'connection') {
      if (isLive(message.connection) && isNew) this.#sayHello()
      this.#setConnection(message.connection)
    } else if (message.kind === 'snapshot') {
      const [welcome] = message.frames
      const isFresh = welcome?.type === 'welcome' && welcome.data.recovered === null
      if (message.to === this.#tabId && (isNew || !isFresh)) listener.onFrames(message.frames)
    } else if (message.kind === 'frames') {
      // Without a beginning there is nothing to continue; it comes as a welcome, or as a snapshot.
      if (!isNew || message.frames[0]?.type === 'welcome') listener.onFrames(message.frames)
    } else return // it comes from another follower
    this.#unanswered = 0
  }

  #onFollowerMessage(own: Transport, message: TabMessage): void {
    if (message.kind === 'send') own.send(message.frame)
    else if (message.kind === 'ping') own.ping()
    else if (message.kind === 'start') own.start()
    else if (message.kind === 'ask' || message.kind === 'hello') {
      this.#post({ kind: 'connection', connection: this.connection })
      const frames = message.kind === 'hello' ? snapshotOf(this.#options.listener.current(), message.position) : []
      if (message.kind === 'hello' && frames.length > 0) this.#post({ kind: 'snapshot', to: message.from, frames })
    }
  }

  #sayHello(): void {
    this.#post({ kind: 'hello', from: this.#tabId, position: this.#options.listener.position() })
  }

  #post(message: TabMessage): void {
    try {
      this.#port?.post(message)
    } catch {
      // The browser refuses: this tab hears no answer, and leads itself.
    }
  }

  #setConnection(connection: Connection): void {
    if (JSON.stringify(connection) === JSON.stringify(this.connection)) return
    this.connection = connection
    this.#options.listener.onConnectionChange(connection)
  }
}

/** Frames that bring a tab from its position to this one's state; none if this tab has no state itself. */
function snapshotOf(tab: CurrentTab | null, position: Position | null): Frame[] {
  if (tab === null) return []
  const { data } = tab.welcome
  const { position: head, epoch, members, memberCount, agents, turns, circle } = tab.state
  const events = position !== null && position.epoch === epoch ? tab.eventsAfter(position.since) : null
  const current = {
    ...{ members: [...members], member_count: memberCount, agents: [...agents], live: [...turns] },
    ...{ circle: circle ?? data.circle, head, recovered: position === null ? null : events !== null },
  }
  const welcome: Frame = { type: 'welcome', data: { ...data, ...current } }
  return events === null ? [welcome] : [welcome, { type: 'history', data: { events, more: false } }]
}

/** The tabs' broadcast channel, or one that nobody listens to where the browser refuses it. */
function openChannel(tabs: TabCoordinator, name: string, onMessage: (message: unknown) => void): TabPort {
  try {
    return tabs.openChannel(name, onMessage)
  } catch {
    return { post: () => {}, close: () => {} }
  }
}
