import { setTimeout as pause } from 'node:timers/promises'
import type { DownFrame, UpFrame } from '../../src/relay/wire.ts'
import type { Circle } from './world.ts'

const takenCharacters = 50_000 // after so many, the circle is told that they were taken
const joinsAtOnce = 100

/** A relay that a test plays, with any number of members. It comes back with those that it has. */
export class PlayedRelay {
  readonly sessions = new Set<string>()
  readonly closed: unknown[] = [] // sessions that the circle has ended
  isFilled = false
  seq: number | null = null
  #epoch: string | null = null
  readonly #circle: Circle
  readonly #name: string
  #send: (...frames: UpFrame[]) => void = () => {}
  #members = 0
  #sent = 0
  #taken = 0

  constructor(circle: Circle, name: string) {
    this.#circle = circle
    this.#name = name
  }

  /** Connects to the circle, which has just begun or has died since. */
  connect(): void {
    const accepted = this.#circle.accept(this.#name, 0, text => this.#take(text))
    if (accepted === null) throw new Error('expected the circle to answer')
    this.#send = (...frames) => accepted.wire.sendUp(JSON.stringify(frames))
    this.isFilled = false
    this.#send({ t: 'hello', epoch: this.#epoch, seq: this.seq, sessions: [...this.sessions] })
  }

  /** So many more want to come in. */
  async join(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += joinsAtOnce) {
      this.#send(...Array.from({ length: joinsAtOnce }, () => this.#next()))
      await pause(0)
    }
  }

  /** One of the members says something. */
  say(content: string): void {
    const [session = ''] = this.sessions
    this.#sent += 1
    const frame = JSON.stringify({ type: 'message', id: `m${this.#sent}`, data: { content } })
    this.#send({ t: 'from', n: this.#sent, session, frame })
  }

  #next(): UpFrame {
    this.#members += 1
    const id = `${this.#name}-${this.#members}`
    const principal = { id, name: id, kind: 'person', role: 'member', expires: null, issued: Date.now() } as const
    const about = { channel: 'dev', principal, dialect: 'native', agent: null, ticket: null } as const
    return { t: 'join', ref: this.#members, caller: { ...about, since: null, epoch: null } }
  }

  #take(text: string): void {
    this.#read(JSON.parse(text) as DownFrame)
    this.#taken += text.length
    if (this.#taken < takenCharacters) return
    this.#send({ t: 'taken', characters: this.#taken })
    this.#taken = 0
  }

  #read(frame: DownFrame): void {
    if (frame.t === 'joined') this.sessions.add(frame.session)
    else if (frame.t === 'close') this.closed.push(frame.session)
    else if (frame.t === 'filled') this.isFilled = true
    else if (frame.t === 'out') this.seq = frame.events?.[1] ?? this.seq
    else if (frame.t === 'ready' || frame.t === 'log') {
      this.#epoch = frame.epoch
      this.seq = frame.seq
      if (frame.t === 'ready') this.closed.push(...frame.closed)
    }
  }
}
