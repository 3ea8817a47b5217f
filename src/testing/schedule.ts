import { type CircleProtocol, type CommandsOf, ownCommands, type SomeProtocol } from '../protocol/define-protocol.ts'
import { nativeEvent } from '../protocol/dialects/native.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import { atLeast, type PersonRole } from '../protocol/roles.ts'
import { CircleRefusal, type Receipt } from '../server/handle.ts'
import { type Acked, check, type Finding, type Run, type SeenEvent } from './checker.ts'
import type { RandomChoices } from './random.ts'
import type { TestCircle } from './test-circle.ts'
import type { TestPerson } from './test-person.ts'

/** A broken promise, and the evidence. `rights`: somebody did what their role may not; `handler`: one threw, or never got done. */
export type BrokenPromise = Omit<Finding, 'rule'> & { rule: Finding['rule'] | 'rights' | 'handler' }

/** Makes the data of each command that is to be sent. `head`: the seq of the newest event. */
export type CommandSamples<Protocol extends SomeProtocol> = {
  [Type in keyof CommandsOf<Protocol> & string]?: (random: RandomChoices, head: number) => CommandsOf<Protocol>[Type]
}

/** What a schedule knows of the class: `rewrites`: a rule may change the text of messages. */
export type CircleFacts = { protocol: CircleProtocol; samples: object; rewrites: boolean }

type Result = { receipt: Receipt } | { refused: string }
type Sent = { by: Person; type: string; data: object; id: string; result: Result | null }
type Person = TestPerson<SomeProtocol>

const people: readonly [id: string, role: PersonRole][] = [
  ['olga', 'owner'],
  ['ada', 'member'],
  ['bob', 'member'],
  ['rob', 'reader'],
]

/** A random course of things in a circle: people who come, go, act and repeat themselves, sleep, and crashes. */
export class Schedule {
  readonly #circle: TestCircle<SomeProtocol>
  readonly #random: RandomChoices
  readonly #samples: ReadonlyMap<string, (random: RandomChoices, head: number) => object>
  readonly #roles: ReadonlyMap<string, PersonRole>
  readonly #rewrites: boolean
  readonly #people: readonly Person[]
  readonly #sent: Sent[] = []
  readonly #broken: BrokenPromise[] = []

  constructor(circle: TestCircle<SomeProtocol>, random: RandomChoices, about: CircleFacts) {
    this.#circle = circle
    this.#random = random
    this.#samples = new Map(Object.entries(about.samples))
    this.#rewrites = about.rewrites
    this.#roles = new Map(
      [...ownCommands(about.protocol)].map(([type, { role = 'member' }]) => [type, role as PersonRole]),
    )
    this.#people = people.map(([id, role]) => circle.as(id, { role }))
  }

  /** Runs so many steps, lets everything come to its end, and returns the promises that were broken. */
  async run(steps: number): Promise<BrokenPromise[]> {
    for (let step = 0; step < steps; step++) await this.#step()
    for (const person of this.#people) person.connect()
    for (const sent of this.#sent.slice(-10)) await this.#repeat(sent)
    await this.#circle.advance(600_000) // longer than the longest pause between two tries of a handler
    for (const person of this.#people) person.connect() // who was silent for so long lost their socket
    await this.#circle.advance(1_000)
    return [...this.#broken, ...this.#unhandled(), ...check(this.#record())]
  }

  async #step(): Promise<void> {
    const { roll, pick, chance } = this.#random
    await this.#circle.advance(roll(400))
    const person = pick(this.#people)
    const action = roll(12)
    if (action < 5) await this.#act(person, chance(0.2))
    else if (action < 7 && this.#sent.length > 0) await this.#repeat(pick(this.#sent))
    else if (action < 8) person.disconnect()
    else if (action < 9) person.connect()
    else if (action < 10) await this.#circle.sleep()
    else if (action < 11) this.#circle.crash()
    else await this.#circle.advance(roll(30_000))
  }

  /** Somebody sends something for the first time. `dies`: the circle crashes before anything else happens. */
  async #act(by: Person, dies: boolean): Promise<void> {
    const [type, sample] = this.#random.pick([['message', this.#message] as const, ...this.#samples])
    const { head } = this.#circle
    const sent: Sent = { by, type, data: sample(this.#random, head), id: `sent-${this.#sent.length}`, result: null }
    this.#sent.push(sent)
    const result = resultOf(send(sent))
    if (dies) this.#circle.crash()
    sent.result = await result
    this.#judge(sent, sent.result)
  }

  /** Somebody sends again what they have sent: it must not count twice. */
  async #repeat(sent: Sent): Promise<void> {
    const before = sent.result
    const result = await resultOf(send(sent))
    this.#judge(sent, result)
    if (before === null || 'refused' in before) sent.result = result
    else if ('receipt' in result && (result.receipt.seq !== before.receipt.seq || result.receipt.duplicate !== true)) {
      const what = `${nameOf(sent)} was acknowledged with ${text(before)}, and again with ${text(result)}`
      this.#broken.push({ rule: 'L3', what })
    }
  }

  #judge(sent: Sent, result: Result): void {
    const needed = this.#roles.get(sent.type) ?? 'member'
    if ('receipt' in result && !atLeast(sent.by.role, needed))
      this.#broken.push({ rule: 'rights', what: `${nameOf(sent)}, which needs the role ${needed}, was done` })
    if ('refused' in result && result.refused === 'internal')
      this.#broken.push({ rule: 'handler', what: `${nameOf(sent)}: ${this.#circle.faults.at(-1)}` })
  }

  readonly #message = ({ roll, pick }: RandomChoices): object => {
    return { content: `${pick(['Hello', 'Lunch?', 'Who has time?', 'Later.'])} ${roll(1_000)}` }
  }

  #unhandled(): BrokenPromise[] {
    const { handled, head, faults } = this.#circle
    if (handled === null || handled === head) return []
    const what = `afterEvent has handled the log up to ${handled} of ${head}; the last error was: ${faults.at(-1)}`
    return [{ rule: 'handler', what }]
  }

  #record(): Run {
    const log = this.#circle.log.map(event => nativeEvent(event as LoggedEvent, '') as SeenEvent)
    const readers = this.#people.map(({ id, sockets }) => ({ name: id, sockets: [...sockets], caughtUp: true }))
    return { log, acked: this.#acked(log), readers }
  }

  /** What was acknowledged. Where a rule may have changed a text, what is stored counts. */
  #acked(log: readonly SeenEvent[]): Acked[] {
    const bySeq = new Map(log.map(event => [event.seq, event]))
    return this.#sent.flatMap(({ by, type, data, id, result }) => {
      if (type !== 'message' || result === null || 'refused' in result || result.receipt.seq === undefined) return []
      const { seq } = result.receipt
      const { content } = this.#rewrites ? (bySeq.get(seq)?.data ?? {}) : (data as { content?: unknown })
      return [{ user: by.id, id, seq, content: String(content) }]
    })
  }
}

function send({ by, type, data, id }: Sent): Promise<Receipt> {
  return by.sendCommand(type, data, { id })
}

async function resultOf(sending: Promise<Receipt>): Promise<Result> {
  try {
    return { receipt: await sending }
  } catch (error) {
    if (error instanceof CircleRefusal) return { refused: error.code }
    throw error
  }
}

function nameOf({ by, type, id, data }: Sent): string {
  return `${type} ${id} of ${by.id} ${JSON.stringify(data)}`
}

function text(result: Result): string {
  return JSON.stringify('receipt' in result ? result.receipt : result)
}
