import type { ChannelName } from '../../protocol/channels/channels.ts'
import { readFrames } from '../frames.ts'
import type { Socket } from '../platform.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
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
import { FrameQueue, type OutgoingFrame } from './frame-queue.ts'
import type { Transport, TransportListener } from './transport.ts'

/** What a WebSocketTransport connects to, and for whom. */
type WebSocketTransportOptions = {
  base: string
  channel: ChannelName
  identity: Identity
  platform: SteadyPlatform
  listener: TransportListener
}

/** Runs the connection machine on real sockets and timers. */
export class WebSocketTransport implements Transport {
  readonly #options: WebSocketTransportOptions
  readonly #flowControl: FlowControl
  readonly #queue: FrameQueue
  #connection: Connection = idle // its times are those of the clock for waits
  #socket: Socket | null = null
  #cancelTimer = (): void => {}
  #wasUnknown = false // the last attempt found no such channel

  constructor(options: WebSocketTransportOptions) {
    this.#options = options
    this.#queue = new FrameQueue(options.platform, text => this.#socket?.send(text))
    this.#flowControl = new FlowControl(options.platform, seq =>
      this.send({ text: JSON.stringify({ type: 'recv', data: { seq } }), key: 'recv' }),
    )
  }

  get connection(): Connection {
    const { platform } = this.#options
    return shifted(this.#connection, Math.round(platform.now() - platform.elapsed()))
  }

  start(): void {
    this.#step({ type: 'start' })
  }

  stop(): void {
    this.#step({ type: 'stop' })
  }

  ping(): void {
    this.#step({ type: 'wake' })
  }

  send(frame: OutgoingFrame): boolean {
    if (!isLive(this.#connection) || this.#socket === null) return false
    this.#queue.send(frame)
    return true
  }

  waitMs(frame: OutgoingFrame): number {
    return this.#queue.waitMs(frame)
  }

  #step(event: ConnectionEvent): void {
    const { listener, platform } = this.#options
    const before = this.#connection
    const [connection, actions] = step(before, event, { now: platform.elapsed(), random: platform.random })
    this.#connection = connection
    if (connection.due !== before.due || event.type === 'due') this.#setTimer() // a timer that fired is gone
    for (const action of actions) this.#perform(action)
    // An action may have taken another step; that one has reported its own change.
    const isCurrent = this.#connection === connection
    if (isCurrent && connection.phase !== before.phase) listener.onConnectionChange(this.connection)
  }

  #setTimer(): void {
    this.#cancelTimer()
    const { platform } = this.#options
    const { due } = this.#connection
    if (due === null) this.#cancelTimer = () => {}
    else this.#cancelTimer = platform.after(Math.max(0, due - platform.elapsed()), () => this.#step({ type: 'due' }))
  }

  #perform(action: Action): void {
    if (action.do === 'authorize') void this.#authorize(action)
    else if (action.do === 'open') this.#open(action.attempt, action.credentials)
    else if (action.do === 'ping') this.#socket?.send('{"type":"ping"}')
    else if (action.do === 'drop') this.#drop()
    else action satisfies never
  }

  async #authorize({ attempt, renew, diagnose }: Extract<Action, { do: 'authorize' }>): Promise<void> {
    try {
      const result = await credentialsFor({ ...this.#options, renew, diagnose, wasUnknown: this.#wasUnknown })
      this.#wasUnknown = 'isUnknown' in result && result.isUnknown
      if ('status' in result) this.#step({ type: 'refused', attempt, ...result })
      else this.#step({ type: 'credentials', attempt, credentials: result })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The server cannot be reached.'
      this.#step({ type: 'refused', attempt, status: 0, reason: { code: 'unreachable', message }, retryAfterMs: null })
    }
  }

  #open(attempt: number, { query, protocols }: Credentials): void {
    const { base, channel, platform, listener } = this.#options
    const position = listener.position()
    const resume = position === null ? {} : { since: `${position.since}`, epoch: position.epoch }
    const socket = platform.socket(socketUrl(base, channel, { ...query, ...resume }), protocols)
    this.#socket = socket
    socket.onopen = () => this.#step({ type: 'opened', attempt })
    socket.onmessage = event => this.#onMessage(attempt, event.data)
    socket.onclose = ({ code, reason }) => {
      this.#end()
      this.#step({ type: 'closed', attempt, code, reason })
    }
    socket.onerror = () => {} // a close follows, and carries all that a page may know
  }

  #onMessage(attempt: number, text: unknown): void {
    this.#step({ type: 'received', attempt })
    const frames = readFrames(text)
    for (const frame of frames) {
      if (frame.type !== 'welcome') continue
      this.#queue.begin(frame.data.limits)
      this.#step({ type: 'welcome', attempt })
    }
    this.#flowControl.received(frames, typeof text === 'string' ? text.length : 0)
    if (frames.length > 0) this.#options.listener.onFrames(frames)
  }

  #end(): void {
    this.#socket = null
    this.#flowControl.end()
    this.#queue.end()
  }

  #drop(): void {
    const socket = this.#socket
    this.#end()
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(1000)
  }
}

/** A connection with its times on another clock. */
function shifted(connection: Connection, ms: number): Connection {
  const { since, receivedAt, due, downSince } = connection
  return {
    ...connection,
    since: since + ms,
    receivedAt: receivedAt + ms,
    due: due === null ? null : due + ms,
    downSince: downSince === null ? null : downSince + ms,
  }
}
