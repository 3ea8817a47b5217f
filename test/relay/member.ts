import type { IdentifiedCaller } from '../../src/rpc/channel.ts'
import type { SeenEvent } from '../support/checker.ts'
import type { RelayProcess } from './relay-process.ts'

type WelcomeData = { epoch: string; recovered: boolean | null; head: number; members: { id: string }[] }

/** How a member finds a relay. */
type Finder = (member: Member) => RelayProcess

/** A native client: it resumes, and sends again what was not acknowledged. */
export class Member {
  readonly id: string
  readonly sockets: SeenEvent[][] = []
  readonly acked: { user: string; id: string; seq: number; content: string }[] = []
  readonly closes: { code: number; cutFor: number }[] = [] // cutFor: how long its relay had been without the circle (ms)
  readonly problems: string[] = []
  readonly roster = new Set<string>() // who is here, as it was told
  isSlow = false
  hasLeft = false
  readonly #find: Finder
  readonly #pending = new Map<string, string>()
  readonly #unanswered = new Map<string, number>() // how often each command was sent on this socket, and not acknowledged
  #relay: RelayProcess | null = null
  #session: string | null = null
  #last = 0
  #epoch: string | null = null
  #sent = 0

  constructor(id: string, find: Finder) {
    this.id = id
    this.#find = find
  }

  get isConnected(): boolean {
    return this.#session !== null
  }

  get unacknowledged(): number {
    return this.#pending.size
  }

  connect(): void {
    if (this.hasLeft || this.#session !== null) return
    const relay = this.#find(this)
    if (relay.isDead) {
      setTimeout(() => this.connect(), 300)
      return
    }
    const principal = { id: this.id, name: this.id, kind: 'person', role: 'member', expires: null, issued: 1 } as const
    const resume = this.#epoch === null ? { since: null, epoch: null } : { since: this.#last, epoch: this.#epoch }
    const caller: IdentifiedCaller = {
      channel: 'dev',
      principal,
      dialect: 'native',
      agent: null,
      ticket: null,
      ...resume,
    }
    let isAnswered = false
    const again = () => {
      if (!isAnswered) setTimeout(() => this.connect(), 400)
      isAnswered = true
    }
    const accept = (session: string) => {
      isAnswered = true
      this.#session = session
      this.#relay = relay
      relay.members.set(session, this)
      this.sockets.push([])
      this.#unanswered.clear()
    }
    const refuse = (refusal: unknown) => {
      if (refusal !== 'away' && !this.hasLeft && (refusal as { status: number }).status < 500)
        this.problems.push(`refused: ${JSON.stringify(refusal)}`)
      again()
    }
    relay.run(now => relay.relay.join(caller, { accept, refuse }, now))
    setTimeout(() => relay.isDead && again(), 5_000)
  }

  say(content: string): void {
    this.#sent += 1
    const id = `${this.id}-${this.#sent}`
    this.#pending.set(id, content)
    this.#send(id, content)
  }

  leave(): void {
    const [session, relay] = [this.#session, this.#relay]
    this.#session = null
    if (session === null || relay === null) return
    relay.left(session)
    setTimeout(() => this.connect(), 700)
  }

  /** A frame, or an array of them. */
  receive(text: string): void {
    const read: unknown = JSON.parse(text)
    for (const frame of Array.isArray(read) ? read : [read]) this.#frame(frame)
  }

  closed(code: number, cutFor = 0): void {
    this.#session = null
    this.isSlow = false
    this.closes.push({ code, cutFor })
    if (code === 4401 || code === 4410) this.hasLeft = true
    else setTimeout(() => this.connect(), 200)
  }

  #frame({ type, data, seq, ...rest }: { type: string; data: Record<string, unknown>; seq?: number }): void {
    if (seq !== undefined) this.#event({ type, data, seq, ...rest } as SeenEvent)
    else if (type === 'history') for (const event of data.events as SeenEvent[]) this.#event(event)
    else if (type === 'welcome') this.#welcome(data as WelcomeData)
    else if (type === 'presence') this.#presence(data as Record<'joined' | 'changed' | 'left', { id: string }[]>)
    else if (type === 'ack') this.#ack(data as { id: string; seq: number })
  }

  #event(event: SeenEvent): void {
    this.#last = event.seq
    this.sockets.at(-1)?.push(event)
  }

  #presence({ joined, changed, left }: Record<'joined' | 'changed' | 'left', { id: string }[]>): void {
    for (const { id } of [...joined, ...changed]) this.roster.add(id)
    for (const { id } of left) this.roster.delete(id)
  }

  #welcome({ epoch, recovered, head, members }: WelcomeData): void {
    this.roster.clear()
    for (const { id } of members) this.roster.add(id)
    if (this.#epoch === null) this.#last = head
    else if (recovered !== true) this.problems.push(`resumed after ${this.#last}, and recovered is ${recovered}`)
    this.#epoch = epoch
    for (const [id, content] of this.#pending) this.#send(id, content)
  }

  #ack({ id, seq }: { id: string; seq: number }): void {
    const count = this.#unanswered.get(id) ?? 0
    if (count === 0) this.problems.push(`got more acks for ${id} than it sent it`)
    this.#unanswered.set(id, Math.max(0, count - 1))
    const content = this.#pending.get(id)
    if (content !== undefined) this.acked.push({ user: this.id, id, seq, content })
    this.#pending.delete(id)
  }

  #send(id: string, content: string): void {
    const [session, relay] = [this.#session, this.#relay]
    if (session === null || relay === null) return
    this.#unanswered.set(id, (this.#unanswered.get(id) ?? 0) + 1)
    relay.run(now => relay.relay.frame(session, JSON.stringify({ type: 'message', id, data: { content } }), now))
  }
}
