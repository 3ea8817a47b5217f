import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { type Dialect, dialects, type Visit } from './client-protocol.ts'
import type { Tally } from './delivery-stats.ts'
import { FrameReader, MarkerFinder } from './frames.ts'
import { Ear } from './receiver.ts'
import type { Target } from './target.ts'

// One for all: a socket's bytes are read into it and taken apart before the next socket's are read.
const buffer = Buffer.allocUnsafe(262_144)
const headEnd = Buffer.from('\r\n\r\n')

/** Somebody in a room, on a bare TCP connection: says lines, and counts the messages in what arrives. */
export class Member {
  readonly ear: Ear
  readonly #dialect: Dialect
  readonly #tally: Tally
  readonly #port: number
  readonly #finder = new MarkerFinder()
  #reader = this.#newReader()
  #socket: Socket | null = null
  #upgraded = false
  #opened: (() => void) | null = null
  #markers = 0
  /** The frame that welcomed us. */
  welcome = ''
  /** Why the server closed; 1006 where it did not say; null while it is open, or if we went. */
  closed: number | null = null
  /** So many of the last messages are asked for on arrival, where the server waits to be asked. */
  pages = 0
  /** Is called with every payload, if somebody asks. */
  onPayload: ((text: string) => void) | null = null
  readonly #found = (bytes: Buffer, marker: number) => {
    this.#markers += 1
    if (this.#markers % this.#dialect.markers === 0) this.ear.hear(bytes, marker)
  }

  constructor(target: Target, tally: Tally, measures = false) {
    this.#dialect = dialects[target.dialect]
    this.#tally = tally
    this.ear = new Ear(tally, measures)
    this.#port = target.port
  }

  /** Opens a socket, the first or another one, and waits until one may speak. */
  open(caller: Visit): Promise<void> {
    this.#reader = this.#newReader()
    this.#upgraded = false
    this.closed = null
    return new Promise((resolve, reject) => {
      const onread = { buffer, callback: (bytes: number) => this.#arrived(bytes, reject) }
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread })
      this.#socket = socket
      this.#opened = resolve
      socket.once('connect', () => socket.write(request(this.#dialect, caller, this.#port)))
      socket.on('error', reject)
      socket.on('close', () => {
        if (this.#socket === socket) this.closed ??= 1006
        reject(new Error(`the socket was closed (${this.closed ?? 'by us'})`))
      })
    })
  }

  /** Says lines, all in one write. */
  say(lines: readonly { content: string; id: string }[]): void {
    this.#write(Buffer.concat(lines.map(({ content, id }) => frame(0x81, Buffer.from(this.#dialect.say(content, id))))))
  }

  /** Sends a frame as it is. */
  send(text: string): void {
    this.#write(frame(0x81, Buffer.from(text)))
  }

  /** No longer takes what is sent. */
  stall(): void {
    this.#socket?.pause()
  }

  /** Takes it again. */
  unstall(): void {
    this.#socket?.resume()
  }

  /** Goes without a word, as when the network fails. */
  cut(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.resetAndDestroy()
  }

  #newReader(): FrameReader {
    return new FrameReader({
      payload: (bytes, from, to) => this.#payload(bytes, from, to),
      ping: payload => this.#write(frame(0x8a, payload)),
      close: code => {
        this.closed ??= code
        this.#socket?.end()
      },
    })
  }

  #arrived(bytes: number, reject: (error: Error) => void): boolean {
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
    if (this.#dialect.welcome === null) this.#ready('')
    this.#reader.feed(buffer, end + headEnd.length, bytes)
    return true
  }

  #payload(bytes: Buffer, from: number, to: number): void {
    this.#tally.frames += 1
    if (this.#opened !== null) this.#early(bytes.toString('latin1', from, to))
    const { ping } = this.#dialect
    if (ping !== undefined && to - from === ping.to.length && bytes[from] === ping.to.charCodeAt(0)) this.send(ping.say)
    this.onPayload?.(bytes.toString('utf8', from, to))
    this.#finder.find(bytes, from, to, this.#found)
  }

  #early(text: string): void {
    const { hello, welcome } = this.#dialect
    if (welcome !== null && (welcome.startsWith('"') ? text.includes(welcome) : text.startsWith(welcome)))
      this.#ready(text)
    else if (hello !== undefined && text.startsWith(hello.to)) this.send(hello.say)
  }

  #ready(text: string): void {
    this.welcome = text
    const page = this.#dialect.page
    if (this.pages > 0 && page !== undefined) this.send(page(this.pages))
    this.#opened?.()
    this.#opened = null
  }

  #write(bytes: Buffer): void {
    this.#socket?.write(bytes)
  }
}

function request(dialect: Dialect, caller: Visit, port: number): string {
  const { path, headers = {} } = dialect.upgrade(caller)
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

/** A client's frame. It must be masked; a mask of zeros is one, and leaves the payload as it is. */
function frame(opcode: number, payload: Buffer): Buffer {
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
