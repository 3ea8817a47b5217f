import type { ChannelName } from '../../protocol/channels.ts'
import { type Frame, readFrames } from '../frames.ts'
import type { ClientPlatform, Socket } from '../platform.ts'
import {
  type Action,
  type Connection,
  type ConnectionEvent,
  type Credentials,
  idle,
  isLive,
  step,
} from './connection.ts'
import { credentialsFor, type Identity, socketUrl } from './credentials.ts'
import { FlowControl } from './flow-control.ts'

/** Where a reader stands in a log: it has everything up to `since`. */
export type Position = { since: number; epoch: string }

/** What a link tells its owner, and asks it. */
export type TransportListener = {
  position(): Position | null
  onFrames(frames: Frame[]): void
  onConnectionChange(connection: Connection): void
}

/** A way to a channel: a socket of our own, or that of another tab. */
export type Transport = {
  readonly connection: Connection
  start(): void
  stop(): void
  ping(): void
  /** False if there is no connection; then nothing was sent. */
  send(text: string): boolean
}

export type WebSocketTransportOptions = {
  base: string
  channel: ChannelName
  identity: Identity
  world: ClientPlatform
  owner: TransportListener
}

/** Runs the connection machine on real sockets and timers. */
export class WebSocketTransport implements Transport {
  connection: Connection = idle
  readonly #options: WebSocketTransportOptions
  #socket: Socket | null = null
  #disarm = (): void => {}
  readonly #receipts: FlowControl

  constructor(options: WebSocketTransportOptions) {
    this.#options = options
    this.#receipts = new FlowControl(options.world, seq => this.send(JSON.stringify({ type: 'recv', data: { seq } })))
  }

  start(): void {
    this.#step({ type: 'start' })
  }

  stop(): void {
    this.#step({ type: 'stop' })
  }

  ping(): void {
    this.#step({ type: 'check' })
  }

  send(text: string): boolean {
    if (!isLive(this.connection) || this.#socket === null) return false
    this.#socket.send(text)
    return true
  }

  #step(event: ConnectionEvent): void {
    const { owner, world } = this.#options
    const before = this.connection
    const [connection, actions] = step(before, event, { now: world.now(), random: world.random })
    this.connection = connection
    if (connection.due !== before.due || event.type === 'due') this.#arm() // a timer that fired is none any more
    for (const action of actions) this.#perform(action)
    if (this.connection === connection && connection.phase !== before.phase) owner.onConnectionChange(connection)
  }

  #arm(): void {
    this.#disarm()
    const { world } = this.#options
    const { due } = this.connection
    if (due === null) this.#disarm = () => {}
    else this.#disarm = world.after(Math.max(0, due - world.now()), () => this.#step({ type: 'due' }))
  }

  #perform(action: Action): void {
    if (action.do === 'authorize') void this.#authorize(action)
    else if (action.do === 'open') this.#open(action.attempt, action.credentials)
    else if (action.do === 'ping') this.#socket?.send('{"type":"ping"}')
    else if (action.do === 'drop') this.#drop()
    else action satisfies never
  }

  async #authorize({ attempt, renew, doubt }: Extract<Action, { do: 'authorize' }>): Promise<void> {
    try {
      const given = await credentialsFor({ ...this.#options, renew, doubt })
      if ('status' in given) this.#step({ type: 'refused', attempt, ...given })
      else this.#step({ type: 'credentials', attempt, credentials: given })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The server cannot be reached.'
      this.#step({ type: 'refused', attempt, status: 0, reason: { code: 'unreachable', message }, retryAfterMs: null })
    }
  }

  #open(attempt: number, { query, protocols }: Credentials): void {
    const { base, channel, world, owner } = this.#options
    const position = owner.position()
    const since = position === null ? {} : { since: `${position.since}`, epoch: position.epoch }
    const socket = world.socket(socketUrl(base, channel, { ...query, ...since }), protocols)
    this.#socket = socket
    socket.onopen = () => this.#step({ type: 'opened', attempt })
    socket.onmessage = event => this.#message(attempt, event.data)
    socket.onclose = ({ code, reason }) => {
      this.#socket = null
      this.#receipts.end()
      this.#step({ type: 'closed', attempt, code, reason })
    }
    socket.onerror = () => {} // a close follows, and says as much as we may know
  }

  #message(attempt: number, text: unknown): void {
    this.#step({ type: 'heard', attempt })
    const frames = readFrames(text)
    for (const frame of frames) {
      if (frame.type === 'welcome') this.#step({ type: 'welcome', attempt })
    }
    this.#receipts.heard(frames, typeof text === 'string' ? text.length : 0)
    if (frames.length > 0) this.#options.owner.onFrames(frames)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    this.#receipts.end()
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(1000)
  }
}
