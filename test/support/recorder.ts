import { once } from 'node:events'
import WebSocket from 'ws'
import * as z from 'zod'
import { eventData } from '../../src/protocol/events/events.ts'
import type { Acked, Reader, SeenEvent } from './checker.ts'

const frame = z.looseObject({ type: z.string(), data: z.looseObject({}) })
const welcome = z.looseObject({
  user: z.looseObject({ id: z.string() }),
  epoch: z.string(),
  head: z.number(),
  recovered: z.boolean().nullable(),
})
const ack = z.looseObject({ id: z.string(), seq: z.number().optional(), duplicate: z.boolean().optional() })
const seenEvent = z.looseObject({
  type: z.enum(Object.keys(eventData) as [string, ...string[]]),
  seq: z.number(),
  id: z.string(),
  timestamp: z.string(),
  data: z.record(z.string(), z.unknown()),
})

/**
 * A client for tests that cut connections and kill servers: records the events and acks it receives, resumes where it
 * was, and resends what was not acknowledged. It verifies nothing: the checker does.
 */
export class Recorder {
  readonly sockets: SeenEvent[][] = []
  readonly acked: Acked[] = []
  readonly refused: unknown[] = [] // error frames
  readonly closeCodes: number[] = [] // codes, in order
  repeats = 0 // messages that were stored, not acknowledged, and sent again
  readonly #pending = new Map<string, string>() // id → content, in the order sent
  readonly #url: string
  #user = ''
  #epoch = ''
  #socket: WebSocket | null = null
  #changed = () => {}

  constructor(url: string) {
    this.#url = url
  }

  get last(): number {
    return this.sockets.flat().at(-1)?.seq ?? 0
  }
  get pending(): number {
    return this.#pending.size
  }
  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Opens a socket that resumes where the last one ended, and resends what was not acknowledged. */
  async connect(): Promise<void> {
    const resume = this.#epoch === '' ? '' : `&since=${this.last}&epoch=${this.#epoch}`
    const socket = new WebSocket(this.#url + resume, ['circles.v1'])
    const events: SeenEvent[] = []
    this.sockets.push(events)
    this.#socket = socket
    socket.on('message', data => {
      const value: unknown = JSON.parse(String(data))
      for (const one of Array.isArray(value) ? value : [value]) this.#onFrame(one, events)
      this.#changed()
    })
    socket.on('error', () => {}) // a killed server leads to `close`, a refused upgrade to a rejected `open`
    socket.on('close', code => {
      this.closeCodes.push(code)
      this.#changed()
    })
    await once(socket, 'open')
    for (const [id, content] of this.#pending) this.#write(id, content)
  }

  send(id: string, content: string): void {
    this.#pending.set(id, content)
    this.#write(id, content)
  }

  /** Sends a ping, as a client does every 25 s. */
  ping(): void {
    if (this.open) this.#socket?.send('{"type":"ping"}')
  }

  /** Resolves when `done` returns true or the socket is closed; the caller checks which. */
  async until(done: () => boolean): Promise<void> {
    while (!done() && this.open) {
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  /** Drops the connection without a Close frame, in the middle of anything. */
  cut(): void {
    this.#socket?.removeAllListeners('message') // frames in transit are lost, too
    this.#socket?.terminate()
  }

  async close(): Promise<void> {
    if (!this.#socket || this.#socket.readyState === WebSocket.CLOSED) return
    const closed = once(this.#socket, 'close')
    this.#socket.close(1000)
    await closed
  }

  asReader(name: string, caughtUp: boolean): Reader {
    return { name, sockets: this.sockets, caughtUp }
  }

  #write(id: string, content: string): void {
    if (this.open) this.#socket?.send(JSON.stringify({ type: 'message', id, data: { content } }))
  }

  #onFrame(value: unknown, events: SeenEvent[]): void {
    const { type, data } = frame.parse(value)
    if (type === 'welcome') this.#onWelcome(data)
    else if (type === 'history') for (const event of z.array(seenEvent).parse(data.events)) events.push(event)
    else if (type === 'ack') this.#onAck(ack.parse(data))
    else if (type === 'error') this.refused.push(data)
    else if (type in eventData) events.push(seenEvent.parse(value))
  }

  #onWelcome(data: unknown): void {
    const { user, epoch, recovered } = welcome.parse(data)
    if (this.#epoch !== '' && recovered !== true) this.refused.push({ recovered, epoch, before: this.#epoch })
    this.#user = user.id
    this.#epoch = epoch
  }

  #onAck({ id, seq, duplicate }: z.infer<typeof ack>): void {
    const content = this.#pending.get(id)
    if (content === undefined || seq === undefined) throw new Error(`an ack for ${id}, which is not pending`)
    this.#pending.delete(id)
    this.acked.push({ user: this.#user, id, seq, content })
    if (duplicate === true) this.repeats++
  }
}
