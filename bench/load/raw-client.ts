import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { type ClientProtocol, type ConnectTarget, clientProtocols } from './client-protocol.ts'
import type { DeliveryStats } from './delivery-stats.ts'
import { FrameReader, MarkerFinder } from './frames.ts'
import { Receiver } from './receiver.ts'
import type { ServerTarget } from './target.ts'

// Shared by all sockets: one socket's bytes are read into it and parsed before the next socket's are read.
const buffer = Buffer.allocUnsafe(262_144)
const headEnd = Buffer.from('\r\n\r\n')

/** A WebSocket client on a raw TCP connection: sends messages, and counts the markers in what it receives. */
export class RawClient {
  readonly receiver: Receiver
  readonly #protocol: ClientProtocol
  readonly #stats: DeliveryStats
  readonly #port: number
  readonly #finder = new MarkerFinder()
  #reader = this.#newReader()
  #socket: Socket | null = null
  #upgraded = false
  #onReady: (() => void) | null = null
  #markers = 0
  /** The ready frame that the server sent. */
  welcome = ''
  /** The server's close code; 1006 if it closed without one; null while the socket is open, or if we closed it. */
  closeCode: number | null = null
  /** How many of the last messages the client requests once it is ready, where the protocol has such a request. */
  historyLimit = 0
  /** What the messages of one write are sent as, if they are not sent as they are. */
  wrap: ((texts: readonly string[]) => readonly string[]) | null = null
  /** Called with every payload, if set. */
  onPayload: ((text: string) => void) | null = null
  readonly #onMarker = (bytes: Buffer, marker: number) => {
    this.#markers += 1
    if (this.#markers % this.#protocol.markersPerEvent === 0) this.receiver.onMessage(bytes, marker)
  }

  constructor(target: ServerTarget, stats: DeliveryStats, measures = false) {
    this.#protocol = clientProtocols[target.protocol]
    this.#stats = stats
    this.receiver = new Receiver(stats, measures)
    this.#port = target.port
  }

  /** Opens a socket, the first or a new one, and waits until the client may send. */
  open(target: ConnectTarget): Promise<void> {
    this.#reader = this.#newReader()
    this.#upgraded = false
    this.closeCode = null
    return new Promise((resolve, reject) => {
      const onread = { buffer, callback: (bytes: number) => this.#onBytes(bytes, reject) }
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread })
      this.#socket = socket
      this.#onReady = resolve
      socket.once('connect', () => socket.write(upgradeRequest(this.#protocol, target, this.#port)))
      socket.on('error', reject)
      socket.on('close', () => {
        if (this.#socket === socket) this.closeCode ??= 1006
        reject(new Error(`the socket was closed (${this.closeCode ?? 'by us'})`))
      })
    })
  }

  /** Sends messages, all in one write. */
  sendMessages(messages: readonly { content: string; id: string }[]): void {
    const texts = messages.map(({ content, id }) => this.#protocol.message(content, id))
    const frames = (this.wrap?.(texts) ?? texts).map(text => clientFrame(0x81, Buffer.from(text)))
    this.#write(Buffer.concat(frames))
  }

  /** Sends the text of a frame as it is. */
  sendFrame(text: string): void {
    this.#write(clientFrame(0x81, Buffer.from(text)))
  }

  /** Stops reading from the socket. */
  pauseReading(): void {
    this.#socket?.pause()
  }

  /** Reads from the socket again. */
  resumeReading(): void {
    this.#socket?.resume()
  }

  /** Drops the connection without a Close frame, as when the network fails. */
  reset(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.resetAndDestroy()
  }

  #newReader(): FrameReader {
    return new FrameReader({
      payload: (bytes, from, to) => this.#onFrame(bytes, from, to),
      ping: payload => this.#write(clientFrame(0x8a, payload)),
      close: code => {
        this.closeCode ??= code
        this.#socket?.end()
      },
    })
  }

  #onBytes(bytes: number, reject: (error: Error) => void): boolean {
    if (this.#upgraded) {
      this.#reader.feed(buffer, 0, bytes)
      return true
    }
    const end = buffer.subarray(0, bytes).indexOf(headEnd)
    const head = buffer.toString('latin1', 0, end === -1 ? bytes : end)
    if (end === -1 || !head.startsWith('HTTP/1.1 101')) {
      reject(new Error(`no upgrade: ${buffer.toString('latin1', 0, Math.min(bytes, 1_000))}`))
      return false
    }
    this.#upgraded = true
    if (this.#protocol.readyFrame === null) this.#ready('')
    this.#reader.feed(buffer, end + headEnd.length, bytes)
    return true
  }

  #onFrame(bytes: Buffer, from: number, to: number): void {
    this.#stats.frames += 1
    if (this.#onReady !== null) this.#onHandshake(bytes.toString('latin1', from, to))
    const { ping } = this.#protocol
    if (ping !== undefined && to - from === ping.on.length && bytes[from] === ping.on.charCodeAt(0))
      this.sendFrame(ping.reply)
    this.onPayload?.(bytes.toString('utf8', from, to))
    this.#finder.find(bytes, from, to, this.#onMarker)
  }

  #onHandshake(text: string): void {
    const { handshake, readyFrame } = this.#protocol
    if (readyFrame !== null && (readyFrame.startsWith('"') ? text.includes(readyFrame) : text.startsWith(readyFrame)))
      this.#ready(text)
    else if (handshake !== undefined && text.startsWith(handshake.on)) this.sendFrame(handshake.reply)
  }

  #ready(text: string): void {
    this.welcome = text
    const { historyRequest } = this.#protocol
    if (this.historyLimit > 0 && historyRequest !== undefined) this.sendFrame(historyRequest(this.historyLimit))
    this.#onReady?.()
    this.#onReady = null
  }

  #write(bytes: Buffer): void {
    this.#socket?.write(bytes)
  }
}

function upgradeRequest(protocol: ClientProtocol, target: ConnectTarget, port: number): string {
  const { path, headers = {} } = protocol.upgrade(target)
  const all = {
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** Encodes a client frame. RFC 6455 demands a mask; a mask of zeros is one, and leaves the payload as it is. */
function clientFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14)
  head[0] = opcode
  if (length < 126) head[1] = 0x80 | length
  else if (length < 65_536) {
    head[1] = 0xfe
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 0xff
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}
