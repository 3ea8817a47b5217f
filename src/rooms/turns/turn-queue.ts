import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { Decision } from '../../protocol/turns.ts'

/** What a turn that was put off is to say when its time has come. */
export type ReminderNote = {
  text: string
  set_at: string
  by: { id: string; name: string; kind: 'person' | 'guest' | 'agent' }
}

/** One answer an agent owes. */
export type Turn = {
  id: string
  seq: number // the line that asks
  agent: string
  session: string
  asker: string // user id
  hop: number // of the answer
  request: string | null // what the log calls the request that asked
  /** queued: may be called from `due` on · running: taken for dead at `due` · waiting: for somebody's decision, which
   * is `expired` at `due` · planned: a reminder, asked anew at `due` */
  state: 'queued' | 'running' | 'waiting' | 'planned'
  attempt: number // calls so far
  due: number // ms
  text: string // the answer so far
  decisions: Decision[]
  note: ReminderNote | null
}

/** What is known of a turn before anything happened to it. */
export type TurnDraft = Pick<Turn, 'id' | 'seq' | 'agent' | 'session' | 'asker' | 'hop' | 'request'>

/** Turns that run, and turns in line or waiting for somebody's decision. */
export type TurnLevels = { running: number; waiting: number }

/** Failing calls until a turn fails. A call that ended with a question to people did not fail. */
export const maxAttempts = 3

const backoffMs = [1_000, 4_000] // after the first and the second failure

type TurnRow = SqlRow &
  Omit<Turn, 'state' | 'decisions' | 'note'> & { state: string; decisions: string; note: string | null }

/**
 * The durable queue of turns, in the room's own database, so that a line and the turns it asks for commit together.
 * So many turns at once per agent, the oldest first. A crash needs no clean-up: a lease falls due by itself.
 */
export class TurnQueue {
  readonly #sql: Sql
  readonly #atOnce: number
  #nextDue: number | null
  /** How many there are just now; a field, since every run looks at it. */
  levels: TurnLevels
  readonly #onChange: () => void

  /** `changed` is called after every change. */
  constructor(sql: Sql, atOnce: number, changed: () => void = () => {}) {
    this.#sql = sql
    this.#onChange = changed
    this.#atOnce = atOnce
    // Calls live in memory: one that was running when this object was born is dead already.
    const all = this.all()
    this.#nextDue = earliest(all, atOnce, ({ state, due }) => (state === 'running' ? 0 : due))
    this.levels = levelsOf(all)
  }

  /** When something is owed next (ms), or null. */
  get nextDue(): number | null {
    return this.#nextDue
  }

  /** Stores a turn that waits for its agent. */
  queue(question: TurnDraft, now: number): void {
    this.#insert({ ...fresh(question), state: 'queued', due: now })
  }

  /** Stores a turn whose first call begins this instant: one row instead of two. */
  begin(question: TurnDraft, leaseMs: number, now: number): Turn {
    const turn: Turn = { ...fresh(question), state: 'running', attempt: 1, due: now + leaseMs }
    this.#insert(turn)
    return turn
  }

  /** Stores a turn for later. */
  plan(question: TurnDraft, note: ReminderNote, due: number): void {
    this.#insert({ ...fresh(question), state: 'planned', due, note })
  }

  /** May this agent be called at once: a place is free, and nobody stands in line for it? */
  isFree(agent: string): boolean {
    const [row] = this.#sql.all<{ queued: number; running: number }>(
      `SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running
        FROM turns WHERE agent = ?1`,
      agent,
    )
    return row !== undefined && row.queued === 0 && row.running < this.#atOnce
  }

  /** How many turns stand in line for an agent. */
  queued(agent: string): number {
    return this.#count(`agent = ?1 AND state = 'queued'`, agent)
  }

  /** How many turns somebody has planned, and how many there are in all. */
  planned(asker: string): { own: number; all: number } {
    return {
      own: this.#count(`state = 'planned' AND asker = ?1`, asker),
      all: this.#count(`state = 'planned'`),
    }
  }

  /** The next turn that something must be done about now; null if there is none. `isDead`: its call is lost. */
  next(now: number, isDead: (turn: Turn) => boolean): Turn | null {
    if (this.#nextDue === null || this.#nextDue > now) return null
    const all = this.all()
    return (
      callable(all, this.#atOnce).find(turn => turn.due <= now || (turn.state === 'running' && isDead(turn))) ?? null
    )
  }

  /** Starts the next attempt: if we die, the lease falls due by itself. */
  claim(turn: Turn, leaseMs: number, now: number): Turn {
    return this.#update({ ...turn, state: 'running', attempt: turn.attempt + 1, due: now + leaseMs, text: '' })
  }

  /** Puts a failed call back, to be tried again after a pause. */
  retry(turn: Turn, pauseMs: number | undefined, now: number): Turn {
    const pause = pauseMs ?? backoffMs[failedAttempts(turn) - 1] ?? 0 // ms
    return this.#update({ ...turn, state: 'queued', due: now + pause, text: '' })
  }

  /** Lets a turn wait for somebody's decision. */
  wait(turn: Turn, expires: number): Turn {
    return this.#update({ ...turn, state: 'waiting', due: expires, text: '' })
  }

  /** Puts a turn in line again, with the decision it waited for, or because its time has come. */
  resume(turn: Turn, decisions: Decision[], now: number): Turn {
    return this.#update({ ...turn, state: 'queued', due: now, decisions })
  }

  /** Keeps the answer so far. */
  checkpoint(id: string, text: string): void {
    this.#sql.all(`UPDATE turns SET text = ?2 WHERE id = ?1`, id, text)
  }

  find(id: string): Turn | null {
    const row = first<TurnRow>(this.#sql, `SELECT * FROM turns WHERE id = ?1`, id)
    return row === null ? null : read(row)
  }

  all(): Turn[] {
    return this.#sql.all<TurnRow>(`SELECT * FROM turns ORDER BY seq, id`).map(read)
  }

  /** The turn is over: answered, failed or stopped. */
  remove(id: string): void {
    this.#sql.all(`DELETE FROM turns WHERE id = ?1`, id)
    this.#changed()
  }

  #insert(turn: Turn): void {
    this.#sql.all(
      `INSERT INTO turns (id, seq, agent, session, asker, hop, state, attempt, due, text, decisions, note, request)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`,
      ...[turn.id, turn.seq, turn.agent, turn.session, turn.asker, turn.hop],
      ...[turn.state, turn.attempt, turn.due, turn.text, JSON.stringify(turn.decisions)],
      ...[turn.note === null ? null : JSON.stringify(turn.note), turn.request],
    )
    this.#changed()
  }

  #update(turn: Turn): Turn {
    this.#sql.all(
      `UPDATE turns SET state = ?2, attempt = ?3, due = ?4, text = ?5, decisions = ?6 WHERE id = ?1`,
      ...[turn.id, turn.state, turn.attempt, turn.due, turn.text, JSON.stringify(turn.decisions)],
    )
    this.#changed()
    return turn
  }

  #count(where: string, ...values: string[]): number {
    return first<{ n: number }>(this.#sql, `SELECT count(*) AS n FROM turns WHERE ${where}`, ...values)?.n ?? 0
  }

  #changed(): void {
    const all = this.all()
    this.#nextDue = earliest(all, this.#atOnce, turn => turn.due)
    this.levels = levelsOf(all)
    this.#onChange()
  }
}

/** How many calls of a turn failed, if the last one did. */
export function failedAttempts({ attempt, decisions }: Turn): number {
  return attempt - decisions.length
}

/** Turns about which something can be done when they are due: of those in line, the first if its agent has a place. */
function callable(all: Turn[], atOnce: number): Turn[] {
  const places = new Map<string, number>()
  for (const { agent, state } of all) {
    if (state === 'running') places.set(agent, (places.get(agent) ?? atOnce) - 1)
  }
  const inLine = new Set<string>()
  return all.filter(({ agent, state }) => {
    if (state !== 'queued') return true
    const isFirst = !inLine.has(agent)
    inLine.add(agent)
    return isFirst && (places.get(agent) ?? atOnce) > 0
  })
}

function earliest(all: Turn[], atOnce: number, dueOf: (turn: Turn) => number): number | null {
  const due = callable(all, atOnce).map(dueOf)
  return due.length === 0 ? null : Math.min(...due)
}

function levelsOf(all: Turn[]): TurnLevels {
  const running = all.filter(({ state }) => state === 'running').length
  const planned = all.filter(({ state }) => state === 'planned').length
  return { running, waiting: all.length - running - planned }
}

function fresh(question: TurnDraft): Turn {
  return { ...question, state: 'queued', attempt: 0, due: 0, text: '', decisions: [], note: null }
}

function read(row: TurnRow): Turn {
  return {
    ...row,
    state: row.state as Turn['state'], // only this file writes it
    decisions: JSON.parse(row.decisions) as Decision[],
    note: row.note === null ? null : (JSON.parse(row.note) as ReminderNote),
  }
}
