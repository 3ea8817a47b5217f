import { once } from 'node:events'
import WebSocket from 'ws'
import { z } from 'zod'
import { eventData } from '../../src/protocol/events.ts'
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
 * A native member for tests that cut and kill: keeps what it saw and what was acknowledged, resumes where it was,
 * says again what was not acknowledged. It trusts nothing: what came is recorded, the checker judges.
 */
export class Recorder {
  readonly visits: SeenEvent[][] = []
  readonly acked: Acked[] = []
  readonly refused: unknown[] = [] // answers that were errors
  readonly closes: number[] = [] // codes, in their order
  repeats = 0 // lines that were stored, not acknowledged, and said again
  readonly #pending = new Map<string, string>() // id → content, in the order it was said
  readonly #url: string
  #user = ''
  #epoch = ''
  #socket: WebSocket | null = null
  #changed = () => {}

  constructor(url: string) {
    this.#url = url
  }

  get last(): number {
    return this.visits.flat().at(-1)?.seq ?? 0
  }
  get pending(): number {
    return this.#pending.size
  }
  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Opens a socket, from where the last one ended, and says again what is owed an ack. */
  async connect(): Promise<void> {
    const resume = this.#epoch === '' ? '' : `&since=${this.last}&epoch=${this.#epoch}`
    const socket = new WebSocket(this.#url + resume, ['circles.v1'])
    const visit: SeenEvent[] = []
    this.visits.push(visit)
    this.#socket = socket
    socket.on('message', data => {
      const value: unknown = JSON.parse(String(data))
      for (const one of Array.isArray(value) ? value : [value]) this.#hear(one, visit)
      this.#changed()
    })
    socket.on('error', () => {}) // a killed server ends in `close`; a refused one in the rejection of `open`
    socket.on('close', code => {
      this.closes.push(code)
      this.#changed()
    })
    await once(socket, 'open')
    for (const [id, content] of this.#pending) this.#write(id, content)
  }

  say(id: string, content: string): void {
    this.#pending.set(id, content)
    this.#write(id, content)
  }

  /** Says that it is still there, as a client does every 25 s. */
  ping(): void {
    if (this.open) this.#socket?.send('{"type":"ping"}')
  }

  /** Resolves when `done` holds, or when the socket is gone: whoever waits looks again. */
  async until(done: () => boolean): Promise<void> {
    while (!done() && this.open) {
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  /** The network is gone: no Close frame, in the middle of whatever was under way. */
  cut(): void {
    this.#socket?.removeAllListeners('message') // what is still on its way to us is lost, too
    this.#socket?.terminate()
  }

  async close(): Promise<void> {
    if (!this.#socket || this.#socket.readyState === WebSocket.CLOSED) return
    const closed = once(this.#socket, 'close')
    this.#socket.close(1000)
    await closed
  }

  asReader(name: string, caughtUp: boolean): Reader {
    return { name, visits: this.visits, caughtUp }
  }

  #write(id: string, content: string): void {
    if (this.open) this.#socket?.send(JSON.stringify({ type: 'message', id, data: { content } }))
  }

  #hear(value: unknown, visit: SeenEvent[]): void {
    const { type, data } = frame.parse(value)
    if (type === 'welcome') this.#welcomed(data)
    else if (type === 'history') for (const event of z.array(seenEvent).parse(data.events)) visit.push(event)
    else if (type === 'ack') this.#acknowledged(ack.parse(data))
    else if (type === 'error') this.refused.push(data)
    else if (type in eventData) visit.push(seenEvent.parse(value))
  }

  #welcomed(data: unknown): void {
    const { user, epoch, recovered } = welcome.parse(data)
    if (this.#epoch !== '' && recovered !== true) this.refused.push({ recovered, epoch, before: this.#epoch })
    this.#user = user.id
    this.#epoch = epoch
  }

  #acknowledged({ id, seq, duplicate }: z.infer<typeof ack>): void {
    const content = this.#pending.get(id)
    if (content === undefined || seq === undefined) throw new Error(`an ack for ${id}, which is not owed one`)
    this.#pending.delete(id)
    this.acked.push({ user: this.#user, id, seq, content })
    if (duplicate === true) this.repeats++
  }
}
