import { minDefined } from '../lib/util.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { ArchiveRow } from '../protocol/events/archive.ts'
import type { Attachment } from '../protocol/files.ts'
import { nothing, type Outcome, sequence } from './outcome.ts'
import type { Session } from './sessions/session.ts'

/**
 * A part of a room with a life of its own: it has tables, is due at times, adds commands or follows the log. Whatever
 * matters in it is in SQLite or in a session's attachment, since the room may be opened again at any instant.
 */
export interface Component {
  /** Keys added to the `welcome` frame. */
  welcome?(session: Session): object
  /** A session came in: what follows its `welcome`, or the reason it is closed instead. */
  onJoin?(session: Session, now: number): Outcome | { refused: Refusal }
  /** A session is gone, whoever closed it. */
  onLeave?(session: Session, now: number): Outcome
  /** A user has read everything up to a seq. */
  onRead?(session: Session, seq: number, now: number): void
  /** Takes a binary frame of an authenticated session, in a kind of channel that carries them. */
  onBinary?(session: Session, bytes: ArrayBuffer, now: number): Outcome
  /** When something durable is due (ms), or null. Asked again only after `changed`. */
  nextAlarm?(): number | null
  /** Does what is due; called whenever the object's alarm fires. */
  onAlarm?(now: number): Outcome
  /** When something ephemeral is due (ms), or null. Asked again only after `changed`. */
  nextTick?(): number | null
  /** Does what is due; called whenever the object's timer fires. */
  onTick?(now: number): Outcome
  /** The settings were changed; runs in the transaction that stores them. */
  onConfigure?(): void
  /** A binary frame was refused unread: it is too large, or came too fast. */
  onRefusedBinary?(session: Session, refusal: Refusal, now: number): Outcome
  /** Runs once after everything of a run that came together, before its frames are sent. */
  beforeSend?(now: number): Outcome
  /** Whether it gathers by itself what comes now: then frames are handled as they come, and none waits for a commit. */
  readonly gathers?: boolean
  /** Answers a request that another object or the HTTP API has for this component. */
  onRequest?(session: Session, request: unknown, now: number): { result: ComponentResult; outcome: Outcome }
  /** Answers an agent during its turn. What it rejects with an `AccessError` may be shown. */
  onAgentCall?(turn: AgentTurn, call: unknown, now: number): Promise<unknown>
  /** The rights of users here may have changed. */
  onAccessChanged?(now: number): void
  /** Runs after the frames of a run were sent, if the component changed in it. */
  afterRun?(now: number): Outcome
  /** Runs `afterRun` after every run, changed or not. */
  readonly everyRun?: boolean
  /** Whether it holds something that must be kept, though the log may be empty. */
  readonly hasWork?: boolean
  /** The first event (seq) that it has yet to handle, or null: retention by count and by age waits for it. */
  keepsFrom?(): number | null
  /** Its rows in an export of the log: JSON objects of at most 128 KiB, in an order that stays the same between pages. */
  exportRows?(): Iterable<object>
  /** What these files are to a message of this session that names them, and why it may not. */
  readFiles?(session: Session, ids: readonly string[]): NamedFiles
  /** The message with this seq names these files; runs in the transaction that stores it. */
  nameFiles?(ids: readonly string[], seq: number): void
  /** An address at which an agent can read a file that a message names, or null. */
  fileUrl?(id: string, now: number): string | null
  /** The events from a seq to before another were removed, or what they say was erased; runs in the same transaction. */
  onErased?(from: number, before: number): void
  /** The bytes that it keeps outside of the object. */
  storedBytes?(): number
  /** The log was replaced by an import; runs in its transaction. */
  onImport?(): void
  /** Replaces its rows by those of the import, as `exportRows` gave them; runs after `onImport`, in the same transaction. */
  importRows?(rows: Iterable<object>): void
  /** The channel was deleted. */
  onDelete?(now: number): void
}

/** Files that a message names, as far as they are known. `refused`: why this session's message may not name them. */
export type NamedFiles = { attachments: Attachment[]; refused: Refusal | null }

/** A turn whose agent calls a component. */
export type AgentTurn = { agent: string; promptedBy: string; seq: number }

/** What a component answers: a value that can be sent between objects, or the reason it refuses. */
export type ComponentResult = { value: unknown } | { refused: Refusal }

/** Thrown by `importRows`: a row is not one of this component's. The import is refused with `invalid`. */
export class WrongRow extends Error {
  override readonly name = 'WrongRow'
}

/** Says that the answers of `nextAlarm` and `nextTick` may be different now, and that `afterRun` is wanted. */
export type Changed = () => void

type Slot = {
  name: string | null // as in the tables of the room; null: part of every room
  component: Component
  alarmAt: number | null
  tickAt: number | null
  isStale: boolean // the two above are to be asked for again
  wantsRun: boolean // `afterRun` is to be called
}
type Class<Instance> = abstract new (...args: never[]) => Instance

/** The components of one room, and when each is due next. */
export class Components {
  readonly #slots: Slot[] = []
  readonly #byClass = new Map<unknown, Component>()
  readonly #senders: Component[] = [] // that have `beforeSend`
  readonly #gatherers: Component[] = [] // that have `gathers`
  #isStale = false // some slot is
  #alarmAt: number | null = null
  #tickAt: number | null = null

  /** Adds a component. `create` gets the function that says it changed. */
  add<Instance extends Component>(create: (changed: Changed) => Instance, name: string | null = null): Instance {
    const slot: Slot = { name, component: {}, alarmAt: null, tickAt: null, isStale: false, wantsRun: false }
    const changed = () => {
      slot.isStale = true
      slot.wantsRun = true
      this.#isStale = true
    }
    const component = create(changed)
    slot.component = component
    this.#slots.push(slot)
    if (component.beforeSend !== undefined) this.#senders.push(component)
    if ('gathers' in component) this.#gatherers.push(component)
    this.#byClass.set(component.constructor, component)
    changed()
    return component
  }

  /** The component of a class. Throws if the room has none. */
  get<Instance extends Component>(type: Class<Instance>): Instance {
    const found = this.find(type)
    if (found === null) throw new Error(`expected a component of class ${type.name}, got none`)
    return found
  }

  /** The component of a class, or null if the room has none. */
  find<Instance extends Component>(type: Class<Instance>): Instance | null {
    return (this.#byClass.get(type) as Instance | undefined) ?? null
  }

  /** All components, in the order they were added. */
  all(): readonly Component[] {
    return this.#slots.map(({ component }) => component)
  }

  /** Tells every component that events were removed or erased. */
  onErased(from: number, before: number): void {
    for (const { component } of this.#slots) component.onErased?.(from, before)
  }

  /** The bytes that components keep outside of the object. */
  storedBytes(): number {
    return this.#slots.reduce((sum, { component }) => sum + (component.storedBytes?.() ?? 0), 0)
  }

  /** The rows of all components for an export. */
  *exportRows(): Generator<ArchiveRow> {
    for (const { name, component } of this.#slots) {
      if (name !== null) for (const row of component.exportRows?.() ?? []) yield { component: name, row }
    }
  }

  /** Returns whether a component of this name takes imported rows. */
  takesRows(name: string): boolean {
    return this.#slots.some(slot => slot.name === name && slot.component.importRows !== undefined)
  }

  /** Tells every component that the log was replaced, and gives it its rows. */
  onImport(rowsOf: (name: string) => Iterable<object>): void {
    for (const { component } of this.#slots) component.onImport?.()
    for (const { name, component } of this.#slots) if (name !== null) component.importRows?.(rowsOf(name))
  }

  /** The first event (seq) that some component has yet to handle, or null. */
  keepsFrom(): number | null {
    return minDefined(...this.#slots.map(({ component }) => component.keepsFrom?.() ?? null))
  }

  /** What the first component that takes binary frames does with one, or null: none does. */
  onBinary(session: Session, bytes: ArrayBuffer, now: number): Outcome | null {
    const slot = this.#slots.find(({ component }) => component.onBinary !== undefined)
    return slot?.component.onBinary?.(session, bytes, now) ?? null
  }

  /** What that component does with one that was refused, or null: there is none. */
  onRefusedBinary(session: Session, refusal: Refusal, now: number): Outcome | null {
    const slot = this.#slots.find(({ component }) => component.onRefusedBinary !== undefined)
    return slot?.component.onRefusedBinary?.(session, refusal, now) ?? null
  }

  /** What components do at the end of a run, before its frames are sent. */
  beforeSend(now: number): Outcome {
    return this.#senders.length === 0
      ? nothing
      : sequence(...this.#senders.map(part => part.beforeSend?.(now) ?? nothing))
  }

  /** Whether some component gathers what comes now. */
  get gathers(): boolean {
    return this.#gatherers.some(({ gathers }) => gathers === true)
  }

  /** The component of this name, or null. */
  named(name: string): Component | null {
    return this.#slots.find(slot => slot.name === name)?.component ?? null
  }

  /** Tells every component that rights may have changed. */
  onAccessChanged(now: number): void {
    for (const { component } of this.#slots) component.onAccessChanged?.(now)
  }

  /** What the components do when a session comes in, or the refusal of the first that refuses it. */
  onJoin(session: Session, now: number): Outcome | { refused: Refusal } {
    let all = nothing
    for (const { component } of this.#slots) {
      const next = component.onJoin?.(session, now) ?? nothing
      if ('refused' in next) return next
      all = sequence(all, next)
    }
    return all
  }

  /** What the components do when a session is gone. */
  onLeave(session: Session, now: number): Outcome {
    return this.#each(({ component }) => component.onLeave?.(session, now))
  }

  /** Tells every component how far a user has read. */
  onRead(session: Session, seq: number, now: number): void {
    for (const { component } of this.#slots) component.onRead?.(session, seq, now)
  }

  /** When the alarm must fire next (ms), or null. */
  nextAlarm(): number | null {
    this.#refresh()
    return this.#alarmAt
  }

  /** When the timer must fire next (ms), or null. */
  nextTick(): number | null {
    this.#refresh()
    return this.#tickAt
  }

  /** What every component does when the alarm fires. */
  onAlarm(now: number): Outcome {
    return this.#each(({ component }) => component.onAlarm?.(now))
  }

  /** What every component does when the timer fires. */
  onTick(now: number): Outcome {
    return this.#each(({ component }) => component.onTick?.(now))
  }

  /** What the components that changed, and those that want every run, do after it. */
  afterRun(now: number): Outcome {
    return this.#each(slot => {
      if (!slot.wantsRun && slot.component.everyRun !== true) return undefined
      const result = slot.component.afterRun?.(now)
      slot.wantsRun = false
      slot.isStale = this.#isStale = true
      return result
    })
  }

  /** The same as `nextAlarm` and `nextTick`, asked of every component anew. For tests: the answers must not differ. */
  recomputed(): { alarm: number | null; tick: number | null } {
    const parts = this.all()
    return {
      alarm: minDefined(...parts.map(part => part.nextAlarm?.() ?? null)),
      tick: minDefined(...parts.map(part => part.nextTick?.() ?? null)),
    }
  }

  #each(run: (slot: Slot) => Outcome | undefined): Outcome {
    let all = nothing
    for (const slot of this.#slots) {
      const next = run(slot)
      if (next !== undefined && next !== nothing) all = sequence(all, next)
    }
    return all
  }

  #refresh(): void {
    if (!this.#isStale) return
    this.#isStale = false
    this.#alarmAt = null
    this.#tickAt = null
    for (const slot of this.#slots) {
      if (slot.isStale) {
        slot.isStale = false
        slot.alarmAt = slot.component.nextAlarm?.() ?? null
        slot.tickAt = slot.component.nextTick?.() ?? null
      }
      this.#alarmAt = earlier(this.#alarmAt, slot.alarmAt)
      this.#tickAt = earlier(this.#tickAt, slot.tickAt)
    }
  }
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || (other !== null && other < one) ? other : one
}
