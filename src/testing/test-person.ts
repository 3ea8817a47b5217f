import type { CommandsOf, EventsOf, SomeProtocol } from '../protocol/define-protocol.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { EventData, EventType } from '../protocol/events/events.ts'
import type { PersonRole } from '../protocol/roles.ts'
import { CircleRefusal, type Receipt } from '../server/handle.ts'
import type { SeenEvent } from './checker.ts'
import type { RoomInNode } from './room-in-node.ts'
import type { Frame, TestSession } from './test-session.ts'

type Received<Type, Data> = { type: Type; data: Data; seq: number; id: string; timestamp: string }

/** A logged event as a socket of `circles.v1` receives it: one of the protocol, or one of ours. */
export type ReceivedEvent<Protocol extends SomeProtocol> =
  | { [Type in keyof EventsOf<Protocol>]: Received<Type, EventsOf<Protocol>[Type]> }[keyof EventsOf<Protocol>]
  | { [Type in EventType]: Received<Type, EventData<Type>> }[EventType]

/** What a person needs of the circle. */
export type PersonPorts = {
  room: RoomInNode
  newId(): string
  advance(ms: number): Promise<void>
  settled(): Promise<void> // what the circle does beside its room is done
  answer(person: { id: string; role: PersonRole }, path: string, init: RequestInit): Promise<Response>
}

/** Somebody in a circle under test, with a socket that resumes where the last one ended. */
export class TestPerson<Protocol extends SomeProtocol> {
  readonly id: string
  readonly role: PersonRole
  readonly #ports: PersonPorts
  readonly #frames: Frame[] = []
  readonly #sockets: SeenEvent[][] = []
  #session: TestSession | null = null
  #resume: { since: number; epoch: string } | null = null

  /** @internal `testCircle(…).as` makes one. */
  constructor(id: string, role: PersonRole, ports: PersonPorts) {
    this.id = id
    this.role = role
    this.#ports = ports
    this.connect()
  }

  /** Every frame that they received, in order, over all their sockets. */
  get frames(): readonly Frame[] {
    this.#read()
    return this.#frames
  }

  /** The logged events that they received, in order, over all their sockets. */
  get events(): ReceivedEvent<Protocol>[] {
    return this.sockets.flat() as ReceivedEvent<Protocol>[]
  }

  /** The same, a list for each of their sockets. */
  get sockets(): readonly SeenEvent[][] {
    this.#read()
    return this.#sockets
  }

  /** Is their socket open? */
  get isConnected(): boolean {
    return this.#session?.closed === null
  }

  /**
   * Opens a socket, unless one is open, and resumes after the last event that they received. Throws `CircleRefusal` if
   * `onConnect` refuses it.
   */
  connect(): void {
    if (this.isConnected) return
    this.#read()
    this.#sockets.push([])
    this.#session = this.#ports.room.open(this.id, { role: this.role, resume: this.#resume })
    const { closed, closeReason = '' } = this.#session
    if (closed !== null) throw new CircleRefusal({ code: 'forbidden', message: closeReason })
    this.#read()
  }

  /** Closes their socket. */
  disconnect(): void {
    if (this.#session === null || !this.isConnected) return
    this.#ports.room.disconnect(this.#session)
    this.dropped()
  }

  /** Their socket is gone, and they do not know it: the circle crashed. */
  dropped(): void {
    this.#read()
    this.#session = null
  }

  /** Sends a message. It runs at once; the promise resolves when what follows beside the room is done. */
  send(content: string, options: { id?: string } = {}): Promise<Receipt> {
    return this.sendCommand('message', { content }, options)
  }

  /**
   * Sends a command of the protocol. It runs at once; the promise resolves when what follows beside the room is done, such as
   * `afterEvent`. Rejects with `CircleRefusal` if it is refused; where a limit asks to wait, the clock moves on instead.
   */
  command<Type extends keyof CommandsOf<Protocol> & string>(
    type: Type,
    data: CommandsOf<Protocol>[Type],
    options: { id?: string } = {},
  ): Promise<Receipt> {
    return this.sendCommand(type, data as object, options)
  }

  /** Sends a frame of `circles.v1` as it is: any command, or something that is none. Its response is in `frames`. */
  sendFrame(frame: string | object): void {
    this.connect()
    if (this.#session !== null) this.#ports.room.send(this.#session, frame)
    this.#read()
  }

  /** Asks the circle's `onRequest`. `path` begins with / and is what comes after `/x`. Rejects with `CircleRefusal` if it is refused. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#ports.answer(this, path, init)
  }

  /** Sends a command of any type: one of ours, such as `edit` or `react`, or one of the protocol. */
  async sendCommand(type: string, data: object, { id = this.#ports.newId() }: { id?: string } = {}): Promise<Receipt> {
    let response = this.#exchange({ type, id, data })
    for (let pause = pauseOf(response); pause !== null; pause = pauseOf(response)) {
      await this.#ports.advance(pause)
      response = this.#exchange({ type, id, data })
    }
    await this.#ports.settled()
    if (response === undefined) throw new Error(`${this.id} received no response to ${type}`)
    if (response.type === 'error') throw new CircleRefusal(response.data as Refusal)
    return response.data as Receipt
  }

  #exchange(command: { type: string; id: string; data: object }): Frame | undefined {
    const seen = this.frames.length
    this.sendFrame(command)
    const responses = this.#frames.slice(seen).filter(({ type }) => /^(ack|error)$/.test(type))
    return responses.find(({ data }) => data['id'] === command.id) ?? responses.find(({ data }) => !('id' in data))
  }

  #read(): void {
    if (this.#session === null) return
    for (const frame of this.#ports.room.take(this.#session)) {
      this.#frames.push(frame)
      if (frame.type === 'welcome') this.#onWelcome(frame.data)
      else if (frame.type === 'history') this.#onEvents(replayed(frame))
      else if (typeof frame['seq'] === 'number') this.#onEvents([frame as unknown as SeenEvent])
    }
  }

  #onWelcome({ epoch, head, recovered }: Record<string, unknown>): void {
    if (this.#resume === null || recovered !== true) this.#resume = { since: Number(head), epoch: String(epoch) }
  }

  #onEvents(events: readonly SeenEvent[]): void {
    this.#sockets.at(-1)?.push(...events)
    const last = events.at(-1)
    if (last !== undefined && this.#resume !== null) this.#resume.since = last.seq
  }
}

/** How long a limit asks to wait before the next try (ms), as a client does; null: there is nothing to wait for. */
function pauseOf(response: Frame | undefined): number | null {
  const { code, retry_after_ms: pause } = response?.data ?? {}
  return code === 'rate_limited' && typeof pause === 'number' ? Math.max(1, pause) : null
}

/** The events of a page that a resume brought; a page that was asked for has the id of the command. */
function replayed({ data }: Frame): SeenEvent[] {
  return typeof data['id'] === 'string' ? [] : (data['events'] as SeenEvent[])
}
