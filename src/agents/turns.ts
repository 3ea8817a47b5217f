import { first, type Sql, type SqlRow } from '../lib/sql.ts'

/** One call an agent owes. `due` (ms): when it may be called, or, while it runs, when it is taken for dead. */
export type Turn = {
  id: string
  seq: number // the line that asks
  agent: string
  session: string
  asker: string // user id
  hop: number // of the answer
  state: 'queued' | 'running'
  attempt: number // calls so far
  due: number
  text: string // the answer so far
}

/** Tries at a turn before it fails. */
export const attempts = 3

const backoffMs = [1_000, 4_000] // after the first and the second failure

type TurnRow = SqlRow & Omit<Turn, 'state'> & { state: string }

/**
 * The durable queue of turns, in the room's own database, so that a line and the turns it asks for commit together.
 * One turn at a time per agent; the oldest goes first. A crash needs no clean-up: a lease falls due by itself.
 */
export class Turns {
  readonly #sql: Sql
  #nextDue: number | null

  constructor(sql: Sql) {
    this.#sql = sql
    // Calls live in memory: one that was running when this object was born is dead already.
    this.#nextDue = this.#firstDue(true)
  }

  /** When something is owed next (ms), or null. */
  get nextDue(): number | null {
    return this.#nextDue
  }

  /** How many turns an agent has waiting or running. */
  count(agent: string): number {
    return first<{ n: number }>(this.#sql, `SELECT count(*) AS n FROM turns WHERE agent = ?1`, agent)?.n ?? 0
  }

  ask(turn: Pick<Turn, 'id' | 'seq' | 'agent' | 'session' | 'asker' | 'hop'>, now: number): void {
    this.#sql.all(
      `INSERT INTO turns (id, seq, agent, session, asker, hop, state, attempt, due, text)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', 0, ?7, '')`,
      turn.id,
      turn.seq,
      turn.agent,
      turn.session,
      turn.asker,
      turn.hop,
      now,
    )
    this.#nextDue = Math.min(this.#nextDue ?? now, now)
  }

  /** Turns that may be called now: each agent's oldest, if it waits and is due. `dead`: running, but its call is lost. */
  ready(now: number, isDead: (turn: Turn) => boolean): Turn[] {
    const oldest = this.#sql
      .all<TurnRow>(`SELECT * FROM turns ORDER BY seq, id`)
      .map(read)
      .filter((turn, index, all) => all.findIndex(({ agent }) => agent === turn.agent) === index)
    return oldest.filter(turn => (turn.state === 'queued' ? turn.due <= now : turn.due <= now || isDead(turn)))
  }

  /** Starts the next attempt: if we die, the lease falls due by itself. */
  claim(turn: Turn, leaseMs: number, now: number): Turn {
    const claimed: Turn = { ...turn, state: 'running', attempt: turn.attempt + 1, due: now + leaseMs, text: '' }
    this.#sql.all(
      `UPDATE turns SET state = 'running', attempt = ?2, due = ?3, text = '' WHERE id = ?1`,
      claimed.id,
      claimed.attempt,
      claimed.due,
    )
    this.#changed()
    return claimed
  }

  /** Puts a failed call back, to be tried again after a pause. */
  retry(turn: Turn, now: number): void {
    const due = now + (backoffMs[turn.attempt - 1] ?? 0)
    this.#sql.all(`UPDATE turns SET state = 'queued', due = ?2, text = '' WHERE id = ?1`, turn.id, due)
    this.#changed()
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

  #changed(): void {
    this.#nextDue = this.#firstDue(false)
  }

  #firstDue(deadCalls: boolean): number | null {
    const due = deadCalls ? `CASE state WHEN 'running' THEN 0 ELSE due END` : 'due'
    // Only an agent's oldest turn can be called; the ones behind it owe nothing yet.
    return (
      first<{ due: number | null }>(
        this.#sql,
        `SELECT min(${due}) AS due FROM turns WHERE NOT EXISTS
          (SELECT 1 FROM turns AS older WHERE older.agent = turns.agent AND (older.seq, older.id) < (turns.seq, turns.id))`,
      )?.due ?? null
    )
  }
}

function read(row: TurnRow): Turn {
  return { ...row, state: row.state === 'running' ? 'running' : 'queued' }
}
