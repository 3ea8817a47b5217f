import { once } from 'node:events'
import { type WebSocket, WebSocketServer } from 'ws'
import type { DownFrame, Frames, UpFrame } from '../../src/relay/wire.ts'

const ping = '{"type":"ping"}'
const pong = '{"type":"pong","data":{}}'
const timestamp = new Date().toISOString()

/**
 * Plays the object of a circle to relays: everybody is admitted, and what members send goes to everybody, as events as long
 * as a circle's. What comes while an event is under way goes out together, as in a circle.
 */
export class PlayedCircle {
  readonly #server: WebSocketServer
  readonly #channel: string
  readonly #relays = new Set<WebSocket>()
  #seq = 0
  #sessions = 0
  #waiting: string[] = []
  #acks: { relay: WebSocket; n: number; session: string; ack: string }[] = []

  private constructor(server: WebSocketServer, circle: string) {
    this.#server = server
    this.#channel = `circle:${circle}`
    server.on('connection', relay => {
      this.#relays.add(relay)
      relay.on('message', data => this.#receive(relay, String(data)))
      relay.on('close', () => this.#relays.delete(relay))
    })
  }

  /** Listens for relays at a port of this machine. */
  static async listen(port: number, circle: string): Promise<PlayedCircle> {
    const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false })
    await once(server, 'listening')
    return new PlayedCircle(server, circle)
  }

  close(): void {
    for (const relay of this.#relays) relay.terminate()
    this.#server.close()
  }

  #receive(relay: WebSocket, text: string): void {
    if (text === ping) relay.send(pong)
    else for (const frame of [JSON.parse(text) as UpFrame | UpFrame[]].flat()) this.#take(relay, frame)
  }

  #take(relay: WebSocket, frame: UpFrame): void {
    if (frame.t === 'hello') {
      send(relay, { t: 'ready', epoch: 'bench', seq: this.#seq, closed: [], plan: '1' })
      send(relay, { t: 'filled' })
    } else if (frame.t === 'join') this.#admit(relay, frame.ref)
    else if (frame.t === 'from') this.#say(relay, frame)
  }

  #admit(relay: WebSocket, ref: number): void {
    this.#sessions += 1
    const session = `session-${this.#sessions}`
    const data = { user: { id: session, name: session }, epoch: 'bench', head: this.#seq, recovered: null, members: [] }
    const welcome = JSON.stringify({ type: 'welcome', data, timestamp, channel: this.#channel })
    send(relay, { t: 'joined', ref, session, plan: '1' })
    send(relay, { t: 'out', to: [[[session], { f: [welcome] }]] })
    send(relay, { t: 'member', session, expires: null })
  }

  #say(relay: WebSocket, { n, session, frame }: Extract<UpFrame, { t: 'from' }>): void {
    const { id, data } = JSON.parse(String(frame)) as { id: string; data: { content: string } }
    this.#seq += 1
    const user = { id: session, name: session }
    const event = {
      type: 'message',
      seq: this.#seq,
      id: crypto.randomUUID(),
      timestamp,
      channel: this.#channel,
      user,
      data,
    }
    if (this.#waiting.length === 0) setImmediate(() => this.#publish())
    this.#waiting.push(JSON.stringify(event))
    const ack = JSON.stringify({ type: 'ack', data: { id, seq: this.#seq }, timestamp })
    this.#acks.push({ relay, n, session, ack })
  }

  #publish(): void {
    const events = this.#waiting
    const acks = this.#acks
    this.#waiting = []
    this.#acks = []
    for (const relay of this.#relays) {
      const own = Map.groupBy(
        acks.filter(one => one.relay === relay),
        ({ session }) => session,
      )
      const to = [...own].map(([session, some]) => {
        return [[session], framesOf([...events, ...some.map(({ ack }) => ack)])] as const // a sender's in one frame
      })
      const last = acks.findLast(one => one.relay === relay)
      send(relay, {
        ...{ t: 'out', events: [this.#seq - events.length + 1, this.#seq], all: { native: framesOf(events) }, to },
        ...(last !== undefined && { done: last.n }),
      })
    }
  }
}

function framesOf(texts: readonly string[]): Frames {
  return { f: texts.length === 1 ? texts : [`[${texts.join()}]`] }
}

function send(relay: WebSocket, frame: DownFrame): void {
  relay.send(JSON.stringify(frame))
}
