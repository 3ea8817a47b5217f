import type { Visit } from './client-protocol.ts'
import { Tally } from './delivery-stats.ts'
import { mark, nowMicros } from './payload.ts'
import { Member } from './raw-client.ts'
import type { Target } from './target.ts'

const atOnce = 64 // sockets that are being opened at a time
const measuring = 32 // members, evenly spread, that measure how long a message took
const people = 1_000 // in a crowd; a larger one has several sockets of each, no more than a user may have by default
const patienceMs = 20_000 // for messages that do not come

export type CrowdOptions = Omit<Visit, 'user'> & { count: number; senders?: number; prefix?: string }

/** The members of one room. The first of them are those who speak; everybody hears everything. */
export class Crowd {
  readonly tally: Tally
  readonly members: Member[]
  /** Those who are expected to hear: all, unless a scenario says otherwise. */
  hearing: readonly Member[]
  readonly #senders: number
  readonly #next: number[] // seq of each sender's next message
  #said = 0
  /** What else is said here than by `say`: turns that were asked for, and what they left missing. */
  turns = 0
  missing = 0

  constructor(target: Target, { count, senders = 1 }: CrowdOptions, tally = new Tally()) {
    this.tally = tally
    this.#senders = senders
    this.#next = Array<number>(senders).fill(0)
    const every = Math.max(1, Math.floor(count / measuring))
    this.members = Array.from({ length: count }, (_, index) => new Member(target, tally, index % every === 0))
    this.hearing = this.members
    for (const { ear } of this.members) for (let sender = 0; sender < senders; sender++) ear.expect(sender, 0)
  }

  /** Opens them all and waits until each may speak. */
  static async open(target: Target, options: CrowdOptions, tally?: Tally): Promise<Crowd> {
    const crowd = new Crowd(target, options, tally)
    const { count: _, senders: __, prefix = 'user', ...visit } = options
    await openAll(crowd.members, index => ({ ...visit, user: `${prefix}${index % people}` }))
    return crowd
  }

  /** Messages said so far. */
  get said(): number {
    return this.#said
  }

  /** Says so many messages, the senders in turn, each of them in one write. */
  say(messages: number, bytes?: number): void {
    const micros = nowMicros()
    const lines = Array.from({ length: this.#senders }, () => [] as { content: string; id: string }[])
    for (let index = 0; index < messages; index++) {
      const sender = (this.#said + index) % this.#senders
      const seq = this.#next[sender] as number
      this.#next[sender] = seq + 1
      lines[sender]?.push({ content: mark(sender, seq, micros, bytes), id: `m${sender}-${seq}` })
    }
    for (const [sender, own] of lines.entries()) if (own.length > 0) this.members[sender]?.say(own)
    this.#said += messages
  }

  /** Waits until everybody has heard `messages` more than when `before` events had come; false: not in time. */
  heard(before: number, messages: number): Promise<boolean> {
    return this.tally.reaches(before + messages * this.hearing.length, patienceMs)
  }

  /** How many messages never came to members who should have heard them. */
  lost(): number {
    return this.hearing.reduce(
      (sum, { ear }) => sum + this.#next.reduce((lost, next, sender) => lost + ear.lost(sender, next - 1), 0),
      this.missing,
    )
  }

  close(): void {
    for (const member of this.members) member.cut()
  }
}

/** Opens members, a few at a time. */
export async function openAll(
  members: readonly Member[],
  visit: (index: number) => Visit,
  concurrency = atOnce,
): Promise<void> {
  let next = 0
  const opener = async () => {
    for (let index = next++; index < members.length; index = next++) await members[index]?.open(visit(index))
  }
  await Promise.all(Array.from({ length: concurrency }, opener))
}
