import * as z from 'zod/v4'
import type { Principal } from '../auth/principal.ts'
import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import { minDefined } from '../lib/util.ts'
import { canonicalName } from '../protocol/channels/channels.ts'
import { timestamp } from '../protocol/dialects/dialect.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { PersonRole } from '../protocol/roles.ts'
import type { AgentTurn, Changed, Component, ComponentResult } from '../rooms/component.ts'
import type { RoomContext } from '../rooms/context.ts'
import { refuseWriting } from '../rooms/hooks.ts'
import { mayWrite } from '../rooms/members/standing.ts'
import { nothing, type Outcome, outcome, refusal } from '../rooms/outcome.ts'
import type { Session } from '../rooms/sessions/session.ts'
import { AccessError } from '../rooms/turns/agent-api.ts'
import { personBehind } from '../rooms/turns/turn-context.ts'
import type { DocumentRequest } from '../rpc/document.ts'
import { readAgentCall } from './agent-call.ts'
import { EditLines, editLineMigration } from './edit-lines.ts'

/** What a document asks its circle, and the HTTP API. */
export const circleRequest = z.discriminatedUnion('do', [
  z.object({ do: z.literal('open'), document: z.string() }),
  z.object({ do: z.literal('gone'), document: z.string() }),
  z.object({
    do: z.literal('edited'),
    document: z.string(),
    editors: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  z.object({ do: z.literal('list') }),
])

/** The answer to `open`. `library`: differs once the circle was deleted and made anew, so that nothing old is shown there. */
export type Opened = { role: PersonRole; library: string }

/** Migrations of the table in which a circle keeps the names of its documents. */
export const circleDocumentMigrations = [
  [
    `CREATE TABLE circle_documents (
      name TEXT PRIMARY KEY, at INTEGER NOT NULL, watched INTEGER NOT NULL, stale INTEGER NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE circle_library (id TEXT NOT NULL)`,
  ],
  editLineMigration,
]

const documentsPerCircle = 10_000
const firstRetryMs = 1_000
const lastRetryMs = 60_000

/** Tells a document that rights may have changed in its circle (answered by `finished`), or that its circle is gone. */
export type CircleDocumentPorts = {
  tell(document: string, change: number): void
  remove(documents: readonly string[]): void
  ask(document: string, principal: Principal, request: DocumentRequest): Promise<ComponentResult>
}

type Row = SqlRow & { name: string; at: number }

/** The documents of a circle: their names, and whether each that is open knows the rights that are in force. */
export class CircleDocuments implements Component {
  readonly #context: RoomContext
  readonly #sql: Sql
  readonly #ports: CircleDocumentPorts
  readonly #changed: Changed
  readonly #lines: EditLines
  readonly #telling = new Map<string, number>() // the change that is on its way
  #names: string[] = [] // for when the storage is gone
  #retryAt: number | null = null
  #retryMs = firstRetryMs

  constructor(context: RoomContext, ports: CircleDocumentPorts, changed: Changed) {
    this.#context = context
    this.#sql = context.sql
    this.#ports = ports
    this.#changed = changed
    this.#lines = new EditLines(context.sql)
    this.#names = this.#sql.all<Row>(`SELECT name FROM circle_documents`).map(({ name }) => name)
    if (this.#stale().length > 0) this.#retryAt = context.openedAt
  }

  get hasWork(): boolean {
    return this.#names.length > 0
  }

  onRequest(session: Session, input: unknown, now: number): { result: ComponentResult; outcome: Outcome } {
    const request = circleRequest.parse(input)
    switch (request.do) {
      case 'open':
        return { result: this.#open(session, request.document, now), outcome: nothing }
      case 'gone':
        this.#forget(request.document)
        return { result: { value: null }, outcome: nothing }
      case 'edited':
        this.#lines.add(request.document, request.editors, now)
        return { result: { value: null }, outcome: this.#line(now) }
      case 'list':
        return { result: { value: this.#list() }, outcome: nothing }
      default:
        return request satisfies never
    }
  }

  async onAgentCall(turn: AgentTurn, input: unknown, now: number): Promise<unknown> {
    const call = readAgentCall(input)
    if (call === null) throw new AccessError('The arguments are not valid.')
    if (call === 'list') return [...this.#names].toSorted()
    const opened = this.#admit(call.document, agentRole(this.#context, turn), now)
    if ('refused' in opened) throw new AccessError(opened.refused.message)
    const { role, library } = opened.value
    const name = this.#context.agents.description(turn.agent).name
    const agent = { id: `agent:${turn.agent}`, name, kind: 'person', role, expires: null } as const
    this.#changed()
    const answer = await this.#ports.ask(call.document, { ...agent, inForce: role, within: library }, call.request)
    if ('refused' in answer) throw new AccessError(answer.refused.message)
    return answer.value
  }

  onAccessChanged(now: number): void {
    this.#markStale(now)
  }

  onConfigure(): void {
    this.#markStale(this.#context.openedAt)
  }

  nextAlarm(): number | null {
    return minDefined(this.#retryAt, this.#lines.dueAt)
  }

  onAlarm(now: number): Outcome {
    if (this.#retryAt !== null && now >= this.#retryAt) {
      this.#retryAt = null
      this.#changed()
    }
    return this.#line(now)
  }

  afterRun(): Outcome {
    if (this.#retryAt !== null) return nothing
    for (const { name, stale } of this.#stale()) {
      if (this.#telling.get(name) === stale) continue
      this.#telling.set(name, stale)
      this.#ports.tell(name, stale)
    }
    return nothing
  }

  onDelete(): void {
    this.#ports.remove(this.#names)
  }

  /** A document was told. `open`: how many have it open; null: it could not be reached. */
  finished(name: string, change: number, open: number | null, now: number): void {
    if (this.#telling.get(name) === change) this.#telling.delete(name)
    if (open === null) {
      this.#retryAt = now + this.#retryMs
      this.#retryMs = Math.min(2 * this.#retryMs, lastRetryMs)
    } else {
      this.#retryMs = firstRetryMs
      const watched = open > 0 ? 1 : 0
      this.#sql.all(
        `UPDATE circle_documents SET stale = 0, watched = ?3 WHERE name = ?1 AND stale = ?2`,
        ...[name, change, watched],
      )
    }
    this.#changed()
  }

  /** Says in the log who edits, if it is time. */
  #line(now: number): Outcome {
    this.#changed()
    const data = this.#lines.take(now)
    if (data === null) return nothing
    return outcome({ events: [this.#context.log.append({ type: 'document_edited', user: '', id: null, data }, now)] })
  }

  #open(session: Session, raw: string, now: number): ComponentResult {
    const { role: own } = session.user
    const isReader = own === 'agent' || refuseWriting(this.#context, session) !== null
    return this.#admit(raw, isReader ? 'reader' : own, now)
  }

  /** Lets somebody into a document; one who may write brings it into existence. */
  #admit(raw: string, role: PersonRole, now: number): { value: Opened } | { refused: Refusal } {
    const name = canonicalName(raw)
    if (name === null) return { refused: refusal('invalid', 'This is no name of a document.') }
    const row = first<Row & { watched: number }>(
      this.#sql,
      `SELECT watched FROM circle_documents WHERE name = ?1`,
      name,
    )
    const opened: Opened = { role, library: this.#library() }
    if (row === null && role === 'reader') return { value: opened }
    if (row === null && this.#names.length >= documentsPerCircle)
      return { refused: refusal('conflict', `A circle has at most ${documentsPerCircle} documents.`) }
    if (row === null) this.#add(name, now)
    else if (row.watched === 0) this.#sql.all(`UPDATE circle_documents SET watched = 1 WHERE name = ?1`, name)
    return { value: opened }
  }

  #add(name: string, now: number): void {
    this.#sql.all(`INSERT INTO circle_documents (name, at, watched, stale) VALUES (?1, ?2, 1, 0)`, name, now)
    this.#names.push(name)
  }

  #forget(name: string): void {
    this.#sql.all(`DELETE FROM circle_documents WHERE name = ?1`, name)
    this.#lines.forget(name)
    this.#names = this.#names.filter(one => one !== name)
  }

  #list(): { name: string; created_at: string }[] {
    const rows = this.#sql.all<Row>(`SELECT name, at FROM circle_documents ORDER BY name`)
    return rows.map(({ name, at }) => ({ name, created_at: timestamp(at) }))
  }

  #library(): string {
    const stored = first<{ id: string }>(this.#sql, `SELECT id FROM circle_library`)?.id
    if (stored !== undefined) return stored
    const id = this.#context.newId()
    this.#sql.all(`INSERT INTO circle_library (id) VALUES (?1)`, id)
    return id
  }

  #markStale(now: number): void {
    if (this.#names.length === 0) return
    this.#sql.all(`UPDATE circle_documents SET stale = stale + 1 WHERE watched = 1`)
    this.#retryAt = this.#retryAt === null ? null : now
    this.#changed()
  }

  #stale(): (SqlRow & { name: string; stale: number })[] {
    return this.#sql.all(`SELECT name, stale FROM circle_documents WHERE stale > 0`)
  }
}

/** An agent has the rights of the person who prompted it, also through other agents. */
function agentRole(context: RoomContext, turn: AgentTurn): PersonRole {
  const person = personBehind(context.log, turn)
  return person === null || mayWrite(context, person) ? 'member' : 'reader'
}
