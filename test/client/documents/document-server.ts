import type { ClientPlatform, Socket } from '../../../src/client/platform.ts'
import type { PersonRole } from '../../../src/protocol/roles.ts'
import { type FakePlatform, fakePlatform } from '../fake-platform.ts'

type Session = { id: string; received: unknown[]; closed: number | null }

/** What a test needs of test/documents/document-room.ts, whose types are those of Workers. */
type DocumentRoom = {
  open(name: string, how: { dialect: 'documents'; role: PersonRole }): Session
  send(session: Session, frame: ArrayBuffer): void
  disconnect(session: Session): void
  advance(ms: number): void
  hibernate(): void
  crash(): void
  rights(name: string, role: PersonRole): void
  readonly maySleep: boolean
  readonly now: number
  readonly pings: Map<string, number>
  readonly document: { readonly doc: import('yjs').Doc }
}

type Wire = { socket: Socket; session: Session | null; name: string; isOpen: boolean }

const roomFile: string = '../../documents/document-room.ts'

/** The document `dev/plan` behind sockets, with a clock. What is sent arrives 1 ms later. */
export class DocumentServer {
  readonly platform: FakePlatform
  readonly room: DocumentRoom
  readonly roles = new Map<string, PersonRole>() // by name; `member` if absent
  received = 0 // frames that reached the room
  pings = 0
  readonly #wires: Wire[] = []
  readonly #ahead: number // ms, of the clients' clock

  static async start(limits: Record<string, number> = {}): Promise<DocumentServer> {
    const { DocumentRoom } = await import(roomFile)
    return new DocumentServer(new DocumentRoom({ limits }))
  }

  private constructor(room: DocumentRoom) {
    this.room = room
    this.platform = fakePlatform({
      socket: (url, protocols) => this.#open(new URL(url), protocols),
      fetch: async () => ({ ok: true, status: 200, headers: { get: () => null }, json: async () => ({}) }),
    })
    this.#ahead = this.platform.now() - room.now
  }

  get text(): string {
    return this.room.document.doc.getText('content').toString()
  }

  /** A platform whose network does not tell its end: the server hears nothing more from it. */
  get vanishing(): { platform: ClientPlatform; vanish(): void } {
    let vanished: Wire[] = []
    const socket: ClientPlatform['socket'] = (url, protocols) => {
      const opened = this.#open(new URL(url), protocols)
      vanished = this.#wires.filter(wire => wire.socket === opened)
      return opened
    }
    const vanish = () => {
      for (const wire of vanished) {
        wire.isOpen = false
        this.platform.after(1, () => wire.socket.onclose?.({ code: 1006, reason: '' }))
      }
    }
    return { platform: this.platform.beside({ socket }), vanish }
  }

  /** Cuts every connection; the server notices. */
  cut(): void {
    for (const wire of this.#wires) this.#close(wire, 1006)
  }

  /** Ends every connection of the server. */
  end(code: number): void {
    for (const wire of this.#wires) this.#close(wire, code)
  }

  /** The object dies with what it had in memory, and every connection ends. */
  crash(): void {
    for (const wire of this.#wires) wire.session = null
    this.room.crash()
    this.cut()
  }

  /** The connections whose client is gone without a word are known to be dead. */
  noticeDead(): void {
    for (const wire of this.#wires) {
      if (wire.isOpen || wire.session === null || wire.session.closed !== null) continue
      this.room.disconnect(wire.session)
      wire.session = null
    }
    this.#deliver()
  }

  /** Lets time pass, for the room and for everybody. */
  async advance(ms: number, step = 10): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      await this.platform.advance(step)
      this.#catchUp()
      this.#deliver()
    }
  }

  #open(url: URL, protocols: string[]): Socket {
    if (url.pathname !== '/ws/documents/dev/plan') throw new Error(`expected a document, got ${url.pathname}`)
    if (!protocols.includes('circles.documents.v1')) throw new Error(`expected the dialect, got ${protocols}`)
    const handlers = { onopen: null, onmessage: null, onclose: null, onerror: null }
    const name = url.searchParams.get('name') ?? ''
    const socket: Socket = {
      ...handlers,
      send: data => this.#later(wire, () => this.#receive(wire, data)),
      close: () => this.#later(wire, () => this.#close(wire, null)),
    }
    const wire: Wire = { socket, session: null, name, isOpen: true }
    this.#wires.push(wire)
    this.#later(wire, () => {
      wire.session = this.room.open(name, { dialect: 'documents', role: this.roles.get(name) ?? 'member' })
      socket.onopen?.()
      this.#deliver()
    })
    return socket
  }

  #later(wire: Wire, run: () => void): void {
    this.platform.after(1, () => {
      this.#catchUp()
      if (wire.isOpen) run()
    })
  }

  /** The room has the time of the clients. */
  #catchUp(): void {
    this.room.advance(this.platform.now() - this.#ahead - this.room.now)
  }

  #receive(wire: Wire, data: string | Uint8Array<ArrayBuffer>): void {
    if (wire.session === null) throw new Error('expected nothing before the socket is open')
    if (typeof data === 'string') {
      this.pings += 1
      this.room.pings.set(wire.session.id, this.room.now)
      wire.socket.onmessage?.({ data: '{"type":"pong","data":{}}' })
      return
    }
    this.received += 1
    this.room.send(wire.session, data.slice().buffer)
    this.#deliver()
  }

  #deliver(): void {
    for (const wire of this.#wires) {
      for (const frame of wire.session?.received.splice(0) ?? []) {
        const data = (frame as Uint8Array).slice().buffer
        this.#later(wire, () => wire.socket.onmessage?.({ data }))
      }
      const closed = wire.session?.closed ?? null
      if (wire.isOpen && closed !== null) this.#later(wire, () => this.#close(wire, closed))
    }
  }

  /** `code`: what the client is told; null: it closed the socket itself. */
  #close(wire: Wire, code: number | null): void {
    if (!wire.isOpen) return
    wire.isOpen = false
    if (wire.session !== null && wire.session.closed === null) this.room.disconnect(wire.session)
    wire.session = null
    if (code !== null) wire.socket.onclose?.({ code, reason: '' })
    this.#deliver()
  }
}
