import { exports } from 'cloudflare:workers'
import type { Network } from './provider-clients.ts'

type Handler = ((event: unknown) => void) | null

/** WebSockets, as browsers have them, into the Worker under test. */
export const workerNetwork: Network = () => {
  const sockets: WorkerSocket[] = []
  class Recorded extends WorkerSocket {
    constructor(url: string, protocols: string | string[] = []) {
      super(url, protocols)
      sockets.push(this)
    }
  }
  const fetch = (input: RequestInfo | URL, init?: RequestInit) => exports.default.fetch(new Request(input, init))
  return { Recorded: Recorded as never, cut: () => sockets.at(-1)?.close(), fetch }
}

class WorkerSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  binaryType = 'arraybuffer'
  readyState = 0
  onopen: Handler = null
  onmessage: Handler = null
  onerror: Handler = null
  onclose: Handler = null
  #socket: WebSocket | null = null

  constructor(url: string, protocols: string | string[]) {
    super()
    void this.#open(url, [protocols].flat())
  }

  send(data: string | ArrayBufferView | ArrayBuffer): void {
    this.#socket?.send(data)
  }

  close(code?: number, reason?: string): void {
    if (this.readyState > 1) return
    this.readyState = 2
    this.#socket?.close(code, reason)
    queueMicrotask(() => this.#end(code ?? 1005, reason ?? ''))
  }

  async #open(url: string, protocols: string[]): Promise<void> {
    const headers = {
      upgrade: 'websocket',
      ...(protocols.length > 0 && { 'sec-websocket-protocol': protocols.join() }),
    }
    const response = await exports.default.fetch(new Request(url.replace(/^ws/, 'http'), { headers }))
    const socket = response.webSocket
    if (socket === null || this.readyState !== 0) {
      socket?.accept()
      socket?.close()
      this.#end(1006, '')
      return
    }
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => this.#tell('message', { data }))
    socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason))
    socket.accept()
    this.#socket = socket
    this.readyState = 1
    this.#tell('open', {})
  }

  #end(code: number, reason: string): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#tell('close', { code, reason, wasClean: true })
  }

  #tell(type: 'open' | 'message' | 'close', fields: object): void {
    const event = Object.assign(new Event(type), fields)
    this[`on${type}`]?.(event)
    this.dispatchEvent(event)
  }
}
