import { nextAfter } from '../../protocol/close-codes.ts'
import { type ClientPlatform, defaultPlatform, type Socket } from '../platform.ts'
import { callGuarded } from '../state/emitter.ts'
import { pauseMsAfter } from './connection.ts'

/** What a plain socket has received, and whether it is open. A part is replaced when it changes, and only then. */
export type PlainSocketState<Message> = {
  readonly data: Message | null // the latest message
  readonly messages: readonly Message[] // the latest 1,000, oldest first
  readonly readyState: 0 | 1 | 2 | 3 // as on a WebSocket: connecting, open, closing, closed
  readonly error: Error | null // the reason of the last close or failure, until the next open
}

const maxMessages = 1_000 // a component that needs a whole history uses `useMessages`
const retryMs = 1_000
const retryMaxMs = 30_000

/** The state of a plain socket that is about to open. */
export const initialState: PlainSocketState<never> = { data: null, messages: [], readyState: 0, error: null }

/**
 * One WebSocket with any text protocol, open while it is subscribed to. It reconnects after a failure, and stays closed
 * after a close code that means so. It promises nothing else: what is sent or published during a break is lost.
 */
export class PlainSocket<Message> {
  readonly #url: string
  readonly #createPlatform: () => ClientPlatform
  #platform: ClientPlatform | null = null
  #state: PlainSocketState<Message> = initialState
  #listeners = new Set<() => void>()
  #socket: Socket | null = null
  #failures = 0
  #cancelRetry = (): void => {}

  /** `url` may be relative to the page. The platform is made with the first subscription: a server has none to give. */
  constructor(url: string, createPlatform: () => ClientPlatform = defaultPlatform) {
    this.#url = url
    this.#createPlatform = createPlatform
  }

  /** What it has received, and whether it is open. */
  get state(): PlainSocketState<Message> {
    return this.#state
  }

  /** Opens the socket with the first listener, and closes it with the last. Calls `listener` after every change. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#open()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.close()
    }
  }

  /** Sends text as it is, and anything else as JSON. Returns false if the socket is not open; then nothing was sent. */
  send = (data: unknown): boolean => {
    if (this.#socket === null || this.#state.readyState !== 1) return false
    this.#socket.send(typeof data === 'string' ? data : JSON.stringify(data))
    return true
  }

  /** Closes the socket until `reset`. */
  close = (): void => {
    this.#cancelRetry()
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
    this.#set({ readyState: 3 })
  }

  /** Clears what was received, and the error; opens the socket again if it is closed. */
  reset = (): void => {
    this.#set({ data: null, messages: [], error: null })
    if (this.#socket !== null || this.#listeners.size === 0) return
    this.#cancelRetry()
    this.#failures = 0
    this.#open()
  }

  #open(): void {
    this.#platform ??= this.#createPlatform()
    this.#set({ readyState: 0 })
    try {
      const socket = this.#platform.socket(absoluteUrl(this.#url), [])
      this.#socket = socket
      socket.onopen = () => this.#ifCurrent(socket, () => this.#onOpen())
      socket.onmessage = ({ data }) => this.#ifCurrent(socket, () => this.#onMessage(data))
      socket.onclose = ({ code, reason }) => this.#ifCurrent(socket, () => this.#onClose(code, reason))
      socket.onerror = () => {} // a close follows
    } catch (error) {
      this.#set({ readyState: 3, error: error instanceof Error ? error : new Error(String(error)) })
    }
  }

  /** A socket that was closed or replaced may still report something. */
  #ifCurrent(socket: Socket, act: () => void): void {
    if (this.#socket === socket) act()
  }

  #onOpen(): void {
    this.#failures = 0
    this.#set({ readyState: 1, error: null })
  }

  #onMessage(text: unknown): void {
    if (typeof text !== 'string') return
    const data = readMessage<Message>(text)
    this.#set({ data, messages: [...this.#state.messages.slice(1 - maxMessages), data] })
  }

  #onClose(code: number, reason: string): void {
    this.#socket = null
    this.#set({ readyState: 3, error: new Error(`The socket was closed with ${code}${reason && `: ${reason}`}.`) })
    // A plain socket cannot renew a token: the page has to give another URL, or call `reset`.
    if (nextAfter(code) !== 'again' || this.#platform === null) return
    const backoffMs = Math.min(retryMaxMs, retryMs * 2 ** this.#failures++)
    const waitMs = pauseMsAfter(code, reason) + this.#platform.random() * backoffMs
    this.#cancelRetry = this.#platform.after(waitMs, () => this.#open())
  }

  #set(change: Partial<PlainSocketState<Message>>): void {
    this.#state = { ...this.#state, ...change }
    const report = (error: unknown) => this.#platform?.reportError(error)
    for (const listener of [...this.#listeners]) callGuarded(listener, report)
  }
}

/** The URL of a socket, from one of ws, wss, http or https, or relative to the page. */
function absoluteUrl(url: string): string {
  const absolute = new URL(url, globalThis.location?.href)
  absolute.protocol = absolute.protocol.replace('http', 'ws')
  return absolute.href
}

/** JSON as its value, any other text as it is. */
function readMessage<Message>(text: string): Message {
  try {
    return JSON.parse(text) as Message
  } catch {
    return text as Message // not JSON: a text protocol
  }
}
