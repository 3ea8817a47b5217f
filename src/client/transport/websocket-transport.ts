import type { ChannelName } from '../../protocol/channels/channels.ts'
import { readFrames } from '../frames.ts'
import { OnDemand } from '../on-demand.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import type { Connection } from './connection.ts'
import { ConnectionRunner } from './connection-runner.ts'
import { credentialsFor, type Identity, socketUrl } from './credentials.ts'
import type { FlowControl } from './flow-control.ts'
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

/** The code that reports what was received. Only a server whose runtime does not know it asks for that. */
export const flowControl = new OnDemand(() => import('./flow-control.ts'))

/** Carries the frames of a channel over a socket of its own. */
export class WebSocketTransport implements Transport {
  readonly #options: WebSocketTransportOptions
  readonly #queue: FrameQueue
  readonly #runner: ConnectionRunner
  #flowControl: FlowControl | null = null // of this socket, if its server asks for it

  constructor(options: WebSocketTransportOptions) {
    const { platform, listener } = options
    this.#options = options
    this.#queue = new FrameQueue(platform, text => this.#runner.socket?.send(text))
    this.#runner = new ConnectionRunner({
      platform,
      authorize: want => credentialsFor({ ...options, ...want }),
      url: query => this.#url(query),
      onMessage: (text, welcome) => this.#onMessage(text, welcome),
      onEnd: () => {
        this.#flowControl?.end()
        this.#flowControl = null
        this.#queue.end()
      },
      onConnectionChange: connection => listener.onConnectionChange(connection),
    })
  }

  get connection(): Connection {
    return this.#runner.connection
  }

  start(): void {
    this.#runner.step({ type: 'start' })
  }

  stop(): void {
    this.#runner.step({ type: 'stop' })
  }

  ping(): void {
    this.#runner.step({ type: 'wake' })
  }

  send(frame: OutgoingFrame): boolean {
    if (this.#runner.live === null) return false
    this.#queue.send(frame)
    return true
  }

  waitMs(frame: OutgoingFrame): number {
    return this.#queue.waitMs(frame)
  }

  #url(query: Record<string, string>): string {
    const { base, channel, listener } = this.#options
    const position = listener.position()
    const resume = position === null ? {} : { since: `${position.since}`, epoch: position.epoch }
    return socketUrl(base, channel, { ...query, ...resume })
  }

  #onMessage(text: unknown, welcome: () => void): void {
    const frames = readFrames(text)
    for (const frame of frames) {
      if (frame.type !== 'welcome') continue
      this.#queue.begin(frame.data.limits)
      welcome()
      if (frame.data.limits.unread_bytes) void this.#controlFlow()
    }
    this.#flowControl?.received(frames, typeof text === 'string' ? text.length : 0)
    if (frames.length > 0) this.#options.listener.onFrames(frames)
  }

  async #controlFlow(): Promise<void> {
    const { socket } = this.#runner
    const { platform, listener } = this.#options
    const module = await flowControl.load().catch(() => null) // without it, the server just does not know
    if (module === null || this.#runner.socket !== socket) return
    this.#flowControl = new module.FlowControl(platform, listener.position()?.since ?? 0, seq =>
      this.send({ text: JSON.stringify({ type: 'recv', data: { seq } }), key: 'recv' }),
    )
  }
}
