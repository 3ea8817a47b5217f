import * as Y from 'yjs'
import type { Sql } from '../../src/lib/sql.ts'
import { nothing } from '../../src/rooms/outcome.ts'
import { nodeSql } from '../../src/testing/node-sql.ts'
import { type RandomChoices, randomChoices } from '../../src/testing/random.ts'
import type { TestSession } from '../../src/testing/test-session.ts'
import { DocumentRoom } from './document-room.ts'
import { type DocumentDialect, Replica } from './replica.ts'

// One run of replicas and a document's room by a seed: edits, cuts, sleeps, crashes, compactions, changes of roles and
// faults of the storage, in an order that the seed decides.

const dialects: readonly DocumentDialect[] = ['yjs', 'hocuspocus', 'documents']

/** Storage that fails when it is told to: after so many statements from then on. */
class FaultySql implements Sql {
  failsAfter: number | null = null
  readonly #sql = nodeSql()
  readonly #isAtomic: boolean

  constructor(isAtomic: boolean) {
    this.#isAtomic = isAtomic
  }

  all: Sql['all'] = (statement, ...values) => {
    if (this.failsAfter !== null && this.failsAfter-- <= 0) {
      this.failsAfter = null
      throw new Error('the storage fails')
    }
    return this.#sql.all(statement, ...values)
  }

  tuples: Sql['tuples'] = (statement, ...values) => this.#sql.tuples(statement, ...values)
  transaction: Sql['transaction'] = work => (this.#isAtomic ? this.#sql.transaction(work) : work())
}

/** A run; `steps` says what was done, for whoever reads a failure. */
export class DocumentSchedule {
  readonly steps: string[] = []
  readonly #choices: RandomChoices
  readonly #sql: FaultySql
  readonly #room: DocumentRoom
  readonly #replicas: Replica[]
  readonly #onlookers: TestSession[] = [] // among many, edits share frames
  readonly #saved = new Map<string, string>() // entries that some client was told are saved
  readonly #written = new Map<Replica, [string, string][]>() // since its last confirmation
  readonly #readers = new Set<string>() // of those whose role has changed
  #entries = 0

  /** `isAtomic`: false if transactions are not undone when they fail, as they must be. */
  constructor(seed: number, { isAtomic = true } = {}) {
    this.#sql = new FaultySql(isAtomic)
    this.#room = new DocumentRoom({ sql: this.#sql })
    this.#choices = randomChoices(seed)
    const count = 2 + this.#choices.roll(4)
    this.#replicas = Array.from({ length: count }, (_, index) => {
      const name = `user${index}`
      return new Replica(this.#room, name, this.#choices.pick(dialects), index + 1)
    })
    if (seed % 5 === 0) this.#begin(this.#replicas[0])
    if (seed % 6 === 0) this.#onlookers.push(...Array.from({ length: 20 }, (_, index) => this.#onlooker(index)))
  }

  /** Does so many random steps, then lets everybody come together, and checks what must be true. Throws if it is not. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.#step()
    this.#end()
    this.#check()
  }

  #connect(replica: Replica): void {
    this.#readers.delete(replica.name)
    replica.connect()
  }

  /** A large document: what follows its snapshot is compacted to a tail. */
  #begin(replica: Replica | undefined): void {
    replica?.text.insert(0, '0123456789'.repeat(30_000))
    replica?.connect()
    replica?.settle()
    this.#room.sync.compact(this.#room.now)
  }

  #step(): void {
    const replica = this.#choices.pick(this.#replicas)
    const [name, act] = this.#choices.pick(this.#actions(replica))
    this.steps.push(`${name} ${replica.name}`)
    try {
      act()
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'the storage fails') throw error
      this.steps.push('  the storage failed')
      this.#room.reopen()
      this.#room.advance(2_000)
      for (const one of this.#replicas) if (one.session !== null && one.session.closed !== null) one.cut()
    }
    this.#sql.failsAfter = null
    for (const one of this.#replicas) if (one.session !== null && one.session.closed !== null) one.cut()
    for (const [index, { closed }] of this.#onlookers.entries())
      if (closed !== null) this.#onlookers[index] = this.#onlooker(index)
    this.#noteSaved()
  }

  #onlooker(index: number): TestSession {
    return this.#room.open(`onlooker${index}`, { dialect: 'yjs' })
  }

  #actions(replica: Replica): [string, () => void][] {
    const room = this.#room
    const isHere = replica.session !== null
    return [
      ...(isHere ? this.#network(replica) : [['connect', () => this.#connect(replica)] as [string, () => void]]),
      ['edit', () => this.#edit(replica)],
      ['edit', () => this.#edit(replica)],
      ['edit and send', () => this.#editAndSend(replica)],
      ['point', () => replica.awareness.setLocalState({ name: replica.name, at: this.#choices.roll(100) })],
      ['time', () => room.advance(this.#choices.pick([10, 400, 1_000, 20_000]))],
      ['sleep', () => room.maySleep && room.hibernate()],
      ['sleep later', () => this.#sleepLater()],
      ['compact', () => this.#choices.chance(0.5) && this.#compact()],
      ...(this.#choices.chance(0.1) ? [['crash', () => this.#crash()] as [string, () => void]] : []),
    ]
  }

  #network(replica: Replica): [string, () => void][] {
    const some = () => 1 + this.#choices.roll(3)
    return [
      ['upload', () => replica.upload(some())],
      ['download', () => replica.download(some())],
      ['settle', () => replica.settle()],
      ['cut', () => this.#choices.chance(0.4) && replica.cut()],
      ['edit and leave', () => this.#choices.chance(0.4) && this.#editAndLeave(replica)],
      ['downgrade', () => this.#choices.chance(0.3) && this.#rights(replica, 'reader')],
      ['upgrade', () => this.#rights(replica, 'member')],
    ]
  }

  #edit(replica: Replica): void {
    const { text, doc } = replica
    if (this.#choices.chance(0.3) && text.length > 2) {
      const at = this.#choices.roll(text.length - 1)
      text.delete(at, Math.min(1 + this.#choices.roll(5), text.length - at))
      return
    }
    text.insert(this.#choices.roll(text.length + 1), 'abcdefgh'.slice(this.#choices.roll(8)))
    const entry: [string, string] = [`${this.#entries++}`, replica.name]
    doc.getMap('entries').set(...entry)
    this.#written.set(replica, [...(this.#written.get(replica) ?? []), entry])
  }

  #editAndSend(replica: Replica): void {
    this.#edit(replica)
    replica.upload()
  }

  /** What arrived before its session left must be there, whoever comes back. */
  #editAndLeave(replica: Replica): void {
    const { name, doc } = replica
    replica.settle()
    const isTaken = () =>
      Y.getState(this.#room.document.doc.store, doc.clientID) === Y.getState(doc.store, doc.clientID)
    const mustBeTaken = !this.#readers.has(name) && isTaken()
    this.#editAndSend(this.#choices.pick(this.#replicas)) // so that the next one may wait
    this.#editAndSend(replica)
    replica.cut()
    if (mustBeTaken && !isTaken()) throw new Error(`expected the last edit of ${name} to be taken`)
  }

  #rights(replica: Replica, role: 'reader' | 'member'): void {
    if (role === 'reader') this.#readers.add(replica.name)
    else this.#readers.delete(replica.name)
    this.#room.rights(replica.name, role)
  }

  #sleepLater(): void {
    this.#room.advance(3_000)
    if (this.#room.maySleep) this.#room.hibernate()
  }

  #compact(): void {
    if (this.#choices.chance(0.5)) this.#sql.failsAfter = this.#choices.roll(3)
    this.#room.step(() => {
      this.#room.sync.compact(this.#room.now)
      return nothing
    })
  }

  /** The object dies, and every connection with it. */
  #crash(): void {
    for (const { session } of [...this.#replicas, ...this.#onlookers.map(session => ({ session }))])
      if (session !== null) session.closed = 1006
    this.#room.crash()
    this.#room.advance(2_000) // until clients are back
  }

  /** A client that is told that all of its changes are saved may forget them: they must be in every later state. */
  #noteSaved(): void {
    for (const replica of this.#replicas) {
      if (!replica.tellsSaved || replica.session === null || replica.unsaved !== 0 || replica.outgoing.length > 0)
        continue
      for (const [key, name] of this.#written.get(replica) ?? []) this.#saved.set(key, name)
      this.#written.delete(replica)
    }
  }

  #end(): void {
    this.#checkStored() // even if nobody ever came back
    for (const replica of this.#replicas) {
      if (replica.session === null) replica.connect()
      this.#room.rights(replica.name, 'member')
    }
    for (let round = 0; round < 12; round++) {
      for (const replica of this.#replicas) {
        replica.awareness.setLocalState(replica.awareness.getLocalState()) // as clients renew it
        replica.settle()
      }
      this.#room.advance(1_100)
    }
  }

  #checkStored(): void {
    const fresh = new DocumentRoom({ sql: this.#sql })
    const entries = fresh.document.doc.getMap('entries').toJSON()
    for (const [key, name] of this.#saved) {
      if (entries[key] !== name) throw new Error(`expected the saved entry ${key} of ${name}, got ${entries[key]}`)
    }
  }

  /** Somebody who has nothing, and opens the document before it is loaded. */
  #newcomer(): Replica {
    const newcomer = new Replica(this.#room, 'newcomer', this.#choices.pick(dialects), 99)
    newcomer.connect()
    newcomer.settle()
    return newcomer
  }

  #check(): void {
    const expected = contentOf(this.#room.document.doc)
    const everybody = this.#replicas.map(({ doc }) => doc.clientID)
    for (const { name, doc, unsaved, tellsSaved, awareness } of this.#replicas) {
      equal(`the document of ${name}`, contentOf(doc), expected)
      if (tellsSaved) equal(`what ${name} has not saved`, unsaved, 0)
      const seen = [...awareness.getStates().keys()].toSorted((one, other) => one - other)
      equal(`whom ${name} sees`, seen, everybody)
    }
    for (const replica of this.#replicas.slice(1)) replica.cut()
    this.#replicas[0]?.settle()
    equal('who is left', [...(this.#replicas[0]?.awareness.getStates().keys() ?? [])], everybody.slice(0, 1))
    this.#room.crash()
    equal('what a newcomer gets', contentOf(this.#newcomer().doc), expected)
    equal('what is stored', contentOf(this.#room.document.doc), expected)
    this.#checkStored()
  }
}

function contentOf(doc: Y.Doc): unknown {
  return { text: doc.getText('content').toString(), entries: doc.getMap('entries').toJSON() }
}

function equal(what: string, got: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(got), JSON.stringify(expected)]
  if (one !== other) throw new Error(`expected ${what} to be ${other}, got ${one}`)
}
