import { circle } from '../protocol/channels/channel-kinds.ts'
import type { SomeProtocol } from '../protocol/define-protocol.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { Limits } from '../protocol/limits.ts'
import type { PersonRole, User } from '../protocol/roles.ts'
import { commandFailure } from '../rooms/commands/response.ts'
import { importTimeout } from '../rooms/log/import-timeout.ts'
import { retention } from '../rooms/log/retention.ts'
import { metering } from '../rooms/metering/metering.ts'
import { nothing } from '../rooms/outcome.ts'
import type { RoomTables } from '../rooms/tables.ts'
import { AfterEvent } from '../server/after-event.ts'
import type { CircleRoom, EventIn } from '../server/circle-room.ts'
import { circleTables } from '../server/circle-tables.ts'
import { definitionOf } from '../server/define-circle.ts'
import { CircleRefusal, circleName } from '../server/handle.ts'
import { OwnCode } from '../server/own-code.ts'
import { RoomInNode } from './room-in-node.ts'
import { type PersonPorts, TestPerson } from './test-person.ts'
import { WorkBeside } from './work-beside.ts'

/** What a circle under test is given. */
export type TestCircleOptions = {
  /** Its name; `dev` if absent. */
  name?: string
  /** The bindings and settings that its code uses as `room.env`: stand-ins of your own. */
  env?: object
  /** Limits other than the usual ones. */
  limits?: Partial<Limits>
}

/** A class that extends `defineCircle(…)`. */
export type DefinedCircle<Protocol extends SomeProtocol> = { readonly protocol: Protocol }

/** A circle in plain node, whose clock stands still until the test moves it. */
export class TestCircle<Protocol extends SomeProtocol> {
  /** What handlers threw, in order. */
  readonly faults: unknown[] = []
  readonly #definition: ReturnType<typeof definitionOf>
  readonly #env: object
  readonly #beside = new WorkBeside()
  readonly #people = new Map<string, TestPerson<Protocol>>()
  readonly #room: RoomInNode
  #ids = 0

  constructor(circleClass: DefinedCircle<Protocol>, { env = {}, ...options }: TestCircleOptions) {
    this.#definition = definitionOf(circleClass)
    this.#env = env
    this.#room = new RoomInNode({ ...options, name: circleName(options.name ?? 'dev') }, room => this.#tables(room))
  }

  /** The time in the circle, in ms since the Unix epoch. */
  get now(): number {
    return this.#room.now
  }

  /** The circle as its own code sees it: `sql`, `event`, `append`, `schedule` and so on. */
  get room(): CircleRoom<Protocol> {
    return this.#ownRoom as unknown as CircleRoom<Protocol>
  }

  /** The seq of the newest event; 0 in an empty log. */
  get head(): number {
    return this.#room.room.context.log.head
  }

  /** Every event of its log. */
  get log(): EventIn<Protocol>[] {
    const { log } = this.#room.room.context
    const events: LoggedEvent[] = []
    for (let more = true; more; ) {
      const page = log.after(events.at(-1)?.seq ?? 0, 1_000)
      events.push(...page.events)
      more = page.more
    }
    return events
  }

  /** The seq up to which `afterEvent` has handled the log, or null: there is no such handler. */
  get handled(): number | null {
    return this.#room.room.context.components.find(AfterEvent)?.cursor ?? null
  }

  /** A person with a role (`member` if absent), who is connected; the same one for the same id. */
  as(id: string, { role }: { role?: PersonRole } = {}): TestPerson<Protocol> {
    const known = this.#people.get(id)
    if (known !== undefined && (role ?? known.role) !== known.role) throw new Error(`${id} is ${known.role} already`)
    const person = known ?? new TestPerson<Protocol>(id, role ?? 'member', this.#ports())
    this.#people.set(id, person)
    return person
  }

  /** Moves the clock, and does what is due meanwhile: alarms, timers, `onSchedule`, `afterEvent`. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms
    await this.settled()
    while (this.#room.runNext(until)) await this.settled()
    this.#room.now = until
  }

  /** The circle loses its memory and keeps its storage and its sockets, as when it hibernates. */
  async sleep(): Promise<void> {
    await this.settled()
    this.#room.hibernate()
  }

  /** The circle loses its memory and its sockets, and what runs beside it ends where it is. People connect again when they act. */
  crash(): void {
    for (const person of this.#people.values()) person.dropped()
    this.#beside.crash()
    this.#room.crash()
    this.#room.step(() => nothing) // as its object does when it is made
  }

  /** Resolves when what runs beside the room is done, such as `afterEvent`. Commands and `advance` wait for it, too. */
  settled(): Promise<void> {
    return this.#beside.settled()
  }

  #ports(): PersonPorts {
    return {
      room: this.#room,
      newId: () => {
        this.#ids += 1
        return `test-${this.#ids}`
      },
      advance: ms => this.advance(ms),
      settled: () => this.settled(),
      answer: (person, path, init) => this.#answer(person, path, init),
    }
  }

  async #answer({ id, role }: { id: string; role: PersonRole }, path: string, init: RequestInit): Promise<Response> {
    const { onRequest } = this.#definition.definition
    if (onRequest === undefined) throw new CircleRefusal({ code: 'not_found', message: 'There is no onRequest.' })
    const session = this.#room.callerSession(id, role)
    const refused = this.#room.room.refuseRequest(session, this.now)
    if (refused !== null) throw new CircleRefusal(refused)
    const request = new Request(`https://circle${path}`, init)
    const { byteLength } = await request.clone().arrayBuffer()
    if (byteLength > 1_048_576) throw new CircleRefusal({ code: 'too_large', message: 'A body is at most 1 MiB long.' })
    try {
      const response = await onRequest(this.#ownRoom, request, session.user as User)
      if (response instanceof Response) return response
      throw new TypeError('onRequest returned no Response')
    } catch (error) {
      this.faults.push(error)
      throw new CircleRefusal(commandFailure)
    }
  }

  get #ownRoom() {
    return this.#room.room.context.components.get(OwnCode).room
  }

  #tables(room: RoomInNode): RoomTables {
    const { protocol, definition } = this.#definition
    const { components, ...tables } = circleTables(protocol, definition)
    const isAlive = this.#beside.life()
    const own = components({
      env: this.#env,
      now: () => room.now,
      run: act => {
        if (isAlive() && !room.deleted) room.step(inner => inner.run(act, room.now))
      },
      current: () => (isAlive() && !room.deleted ? { context: room.room.context, now: room.now } : null),
      onFault: error => void this.faults.push(error),
      runLater: work => this.#beside.run(work),
    })
    const regex = definition.regularExpressions ?? null
    return {
      ...tables,
      kind: circle,
      regex,
      limits: room.limits,
      components: [retention, importTimeout, metering, ...own],
    }
  }
}

/**
 * Makes a circle of a class that extends `defineCircle(…)`, in plain node: its storage is SQLite in memory, its clock is in
 * the test's hands. It has no agents, and neither webhooks nor methods of the class.
 */
export function testCircle<Protocol extends SomeProtocol>(
  circleClass: DefinedCircle<Protocol>,
  options: TestCircleOptions = {},
): TestCircle<Protocol> {
  return new TestCircle(circleClass, options)
}
