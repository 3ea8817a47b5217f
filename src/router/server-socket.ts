/** What a socket sends: a string as a text frame, bytes as a binary frame. */
export type SocketData = string | ArrayBuffer | Uint8Array

/** A received frame; `data` is a string for text and an ArrayBuffer for bytes. */
export type SocketMessage = Omit<MessageEvent, 'data'> & { readonly data: string | ArrayBuffer }

/** A function that is called with an event. It may be async: a rejection counts as a throw. */
export type SocketListener<Event> = (event: Event) => unknown

/** The server's side of a WebSocket. Its listeners may throw: that is logged, and closes the socket with 1011. */
export type ServerSocket = {
  /** Calls the listener when the socket is open; at once if it already is. */
  onOpen(listener: SocketListener<Event>): void
  /** Calls the listener for each frame, in the order of arrival, without waiting for the previous call to end. */
  onMessage(listener: SocketListener<SocketMessage>): void
  /** Calls the listener once, however the connection ends: `code` is 1006 if the client vanished. */
  onClose(listener: SocketListener<CloseEvent>): void
  /** Sends a frame. Does nothing once the socket closes, as in a browser. */
  send(data: SocketData): void
  /** Closes the socket: `code` is 1000 or 3000 to 4999, `reason` at most 123 bytes. Does nothing if it already closes. */
  close(code?: number, reason?: string): void
  /** As on a browser's WebSocket: 1 open, 2 closing, 3 closed. */
  readonly readyState: number
}

const internalError = 1011 // RFC 6455, 7.4.1: an unexpected condition

/** Accepts the server's side of a pair, and runs what a route does with it. */
export class AcceptedSocket implements ServerSocket {
  readonly #socket: WebSocket
  readonly #report: (error: unknown) => void
  #opening: SocketListener<Event>[] | null = [] // null: it is open

  /** `report` is called with everything that a listener throws. */
  constructor(socket: WebSocket, report: (error: unknown) => void) {
    this.#socket = socket
    this.#report = report
    socket.binaryType = 'arraybuffer' // the default is `blob` since a compatibility date of 2026
    socket.accept()
    socket.addEventListener('close', () => this.#end())
  }

  /** Calls `connect`, which adds the listeners, and then those of `onOpen`. */
  start(connect: (ws: ServerSocket) => unknown): void {
    void this.#run(() => connect(this))
    const opening = this.#opening ?? []
    this.#opening = null
    for (const listener of opening) this.#open(listener)
  }

  get readyState(): number {
    return this.#socket.readyState
  }

  onOpen(listener: SocketListener<Event>): void {
    if (this.#opening === null) this.#open(listener)
    else this.#opening.push(listener)
  }

  onMessage(listener: SocketListener<SocketMessage>): void {
    this.#socket.addEventListener('message', event => void this.#run(() => listener(event)))
  }

  onClose(listener: SocketListener<CloseEvent>): void {
    this.#socket.addEventListener('close', event => void this.#run(() => listener(event)))
  }

  send(data: SocketData): void {
    if (this.#isOpen()) this.#socket.send(data)
  }

  close(code?: number, reason?: string): void {
    if (this.#isOpen()) this.#socket.close(code, reason)
  }

  /**
   * Answers the client's Close frame, which the runtime does by itself only since a compatibility date of 2026. Where the
   * client vanished, the socket still counts as open, and later frames would fail.
   */
  #end(): void {
    if (this.#socket.readyState !== 3) this.#socket.close()
  }

  #isOpen(): boolean {
    return this.#socket.readyState === 1
  }

  #open(listener: SocketListener<Event>): void {
    void this.#run(() => listener(new Event('open')))
  }

  async #run(act: () => unknown): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#report(error)
      this.close(internalError, 'internal')
    }
  }
}
