/** A WebSocket that a relay dialed. */
export type DialedSocket = Pick<WebSocket, 'send' | 'close' | 'addEventListener'>

type Ports = {
  /** Connects; null, or an error: the circle was not reached. */
  open(): Promise<DialedSocket | null>
  opened(): void
  received(text: string): void
  lost(): void
}

/**
 * The sockets that a relay dials to its circle, of which the newest counts: what an older one still brings reaches nobody,
 * so that events come from one source only.
 */
export class Dialer {
  readonly #ports: Ports
  #socket: DialedSocket | null = null
  #attempt = 0

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Dials; `opened` or `lost` follows, unless it is given up before. */
  async dial(): Promise<void> {
    this.hangUp()
    const attempt = this.#attempt
    const socket = await this.#ports.open().catch(() => null)
    if (attempt !== this.#attempt) socket?.close(1000)
    else if (socket === null) this.#ports.lost()
    else this.#begin(socket)
  }

  /** Ends the connection, or gives it up; nothing follows. */
  hangUp(): void {
    this.#attempt += 1
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
  }

  /** Sends a text, if there is a connection. */
  send(text: string): void {
    try {
      this.#socket?.send(text)
    } catch {
      // It is closing: its end is on the way to us.
    }
  }

  #begin(socket: DialedSocket): void {
    this.#socket = socket
    const isCurrent = () => this.#socket === socket
    socket.addEventListener('message', ({ data }) => {
      if (isCurrent()) this.#ports.received(String(data))
    })
    const ended = () => {
      if (!isCurrent()) return
      this.#socket = null
      this.#ports.lost()
    }
    socket.addEventListener('close', ended)
    socket.addEventListener('error', ended)
    this.#ports.opened()
  }
}
