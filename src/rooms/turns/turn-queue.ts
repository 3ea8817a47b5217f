import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { Decision } from '../../protocol/turns.ts'

/** A reminder: its text, when it was set (ISO 8601), and by whom. */
type ReminderNote = {
  text: string
  set_at: string
  by: { id: string; name: string; kind: 'person' | 'guest' | 'agent' }
}

/** A turn: one reply an agent has to give. */
export type Turn = {
  id: string
  seq: number // of the prompt
  agent: string
  session: string // the memory's id
  promptedBy: string // the id of the user who prompted
  hop: number // of the reply
  request: string | null // the id in the log of the request that prompted
  /** queued: may be called from `due` on · running: its lease ends at `due` · waiting: for a decision, which is
   * `expired` at `due` · planned: a reminder, prompted again at `due` */
  state: 'queued' | 'running' | 'waiting' | 'planned'
  attempt: number // calls so far
  due: number // ms
  text: string // the reply so far
  decisions: Decision[]
  note: ReminderNote | null
}

/** A turn that is not stored yet. */
export type TurnDraft = Pick<Turn, 'id' | 'seq' | 'agent' | 'session' | 'promptedBy' | 'hop' | 'request'>

/** The number of turns that run, and of those that are queued or wait for a decision. */
type TurnLevels = { running: number; waiting: number }

/** Failed calls until a turn fails. A call that ended by asking for approval did not fail. */
const maxAttempts = 3

const backoffMs = [1_000, 4_000] // after the first and the second failure
const maxPauseMs = 600_000 // whatever the agent wishes

/** How long a failed turn waits for its next call: longer each time if absent, and not less than the agent wishes. */
type RetryPause = { pauseMs?: number; retryAfterMs?: number; isUncounted?: boolean }

/** A call that failed, and how long its turn waits. `isUncounted`: it does not use up one of the turn's calls. */
export type Failure = RetryPause & { code: string; message: string; retry: boolean }

type TurnRow = SqlRow &
  Omit<Turn, 'promptedBy' | 'state' | 'decisions' | 'note'> & {
    asker: string // `promptedBy`
    state: string
    decisions: string
    note: string | null
  }

/**
 * The durable queue of turns, in the room's own database, so that a message and the turns it prompts commit together.
 * Each agent runs a limited number of turns at once, the oldest first. A crash needs no clean-up: a lease falls due by
 * itself.
 */
export class TurnQueue {
  readonly #sql: Sql
  readonly #maxRunning: number
  readonly #isHeld: () => boolean
  #nextDue: number | null
  /** The present numbers of turns; a field, since every run reads it. */
  levels: TurnLevels
  #size: number // of all turns, also of those that are planned
  readonly #onChange: () => void

  /** `changed` is called after every change. While `isHeld`, no turn begins: those that are queued or planned wait. */
  constructor(sql: Sql, maxRunning: number, changed: () => void = () => {}, isHeld: () => boolean = () => false) {
    this.#sql = sql
    this.#onChange = changed
    this.#maxRunning = maxRunning
    this.#isHeld = isHeld
    // Calls are kept in memory: one that was running before this object woke up is lost.
    const all = this.all()
    this.#nextDue = earliest(this.#callable(all), ({ state, due }) => (state === 'running' ? 0 : due))
    this.levels = levelsOf(all)
    this.#size = all.length
  }

  /** When a turn is due next (ms), or null. */
  get nextDue(): number | null {
    return this.#nextDue
  }

  /** Stores a turn that waits for its agent. */
  queue(draft: TurnDraft, now: number): void {
    this.#insert({ ...newTurn(draft), state: 'queued', due: now })
  }

  /** Stores a turn whose first call begins now: one row write instead of two. */
  begin(draft: TurnDraft, leaseMs: number, now: number): Turn {
    const turn: Turn = { ...newTurn(draft), state: 'running', attempt: 1, due: now + leaseMs }
    this.#insert(turn)
    return turn
  }

  /** Stores a reminder: a turn for later. */
  plan(draft: TurnDraft, note: ReminderNote, due: number): void {
    this.#insert({ ...newTurn(draft), state: 'planned', due, note })
  }

  /** Recomputes what is due: turns are held now, or no longer. */
  refresh(): void {
    this.#changed()
  }

  /** Whether no turn is stored. */
  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** Returns whether any turn is stored that this user prompted. */
  isFor(promptedBy: string): boolean {
    return this.#size > 0 && this.#count(`asker = ?1`, promptedBy) > 0
  }

  /** Returns whether this agent may be called now: it runs fewer turns than it may, and none is queued. */
  isFree(agent: string): boolean {
    if (this.#isHeld()) return false
    const [row] = this.#sql.all<{ queued: number; running: number }>(
      `SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running
        FROM turns WHERE agent = ?1`,
      agent,
    )
    return row !== undefined && row.queued === 0 && row.running < this.#maxRunning
  }

  /** The number of turns that are queued for an agent. */
  queued(agent: string): number {
    return this.#count(`agent = ?1 AND state = 'queued'`, agent)
  }

  /** The number of a user's pending reminders, and of all of them. */
  planned(promptedBy: string): { own: number; all: number } {
    return {
      own: this.#count(`state = 'planned' AND asker = ?1`, promptedBy),
      all: this.#count(`state = 'planned'`),
    }
  }

  /** The next turn that is due, or null. A running turn is due early if `isLost` says that its call is lost. */
  next(now: number, isLost: (turn: Turn) => boolean): Turn | null {
    if (this.#nextDue === null || this.#nextDue > now) return null
    const all = this.all()
    return this.#callable(all).find(turn => turn.due <= now || (turn.state === 'running' && isLost(turn))) ?? null
  }

  /** Starts the next attempt: after a crash, the lease falls due by itself. */
  claim(turn: Turn, leaseMs: number, now: number): Turn {
    return this.#update({ ...turn, state: 'running', attempt: turn.attempt + 1, due: now + leaseMs, text: '' })
  }

  /** Queues a failed turn again, to be retried after a pause. */
  retry(
    turn: Turn,
    { pauseMs = backoffMs[failedAttempts(turn) - 1] ?? 0, retryAfterMs = 0, isUncounted = false }: RetryPause,
    now: number,
  ): Turn {
    const pause = Math.max(pauseMs, Math.min(Math.ceil(retryAfterMs), maxPauseMs))
    const attempt = isUncounted ? turn.attempt - 1 : turn.attempt
    return this.#update({ ...turn, attempt, state: 'queued', due: now + pause, text: '' })
  }

  /** Makes the queued turns of an agent due: it has come. */
  hasten(agent: string, now: number): void {
    this.#sql.all(`UPDATE turns SET due = ?2 WHERE agent = ?1 AND state = 'queued' AND due > ?2`, agent, now)
    this.#changed()
  }

  /** Lets a turn wait for a decision until it expires (ms). */
  wait(turn: Turn, expires: number): Turn {
    return this.#update({ ...turn, state: 'waiting', due: expires, text: '' })
  }

  /** Queues a turn again: it was decided, or its time has come. */
  resume(turn: Turn, decisions: Decision[], now: number): Turn {
    return this.#update({ ...turn, state: 'queued', due: now, decisions })
  }

  /** Stores the reply so far. */
  checkpoint(id: string, text: string): void {
    this.#sql.all(`UPDATE turns SET text = ?2 WHERE id = ?1`, id, text)
  }

  /** The turn with this id, or null. */
  find(id: string): Turn | null {
    const row = first<TurnRow>(this.#sql, `SELECT * FROM turns WHERE id = ?1`, id)
    return row === null ? null : read(row)
  }

  /** All turns, in the order of their prompts. */
  all(): Turn[] {
    return this.#sql.all<TurnRow>(`SELECT * FROM turns ORDER BY seq, id`).map(read)
  }

  /** Deletes a turn that is over: answered, failed or stopped. */
  remove(id: string): void {
    this.#sql.all(`DELETE FROM turns WHERE id = ?1`, id)
    this.#changed()
  }

  #insert(turn: Turn): void {
    this.#sql.all(
      `INSERT INTO turns (id, seq, agent, session, asker, hop, state, attempt, due, text, decisions, note, request)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`,
      ...[turn.id, turn.seq, turn.agent, turn.session, turn.promptedBy, turn.hop],
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
    this.#nextDue = earliest(this.#callable(all), turn => turn.due)
    this.levels = levelsOf(all)
    this.#size = all.length
    this.#onChange()
  }

  #callable(all: Turn[]): Turn[] {
    const possible = callable(all, this.#maxRunning)
    return this.#isHeld() ? possible.filter(({ state }) => state === 'running' || state === 'waiting') : possible
  }
}

/** The number of failed calls of a turn, if the last one failed. */
export function failedAttempts({ attempt, decisions }: Turn): number {
  return attempt - decisions.length
}

/** The turns that can be handled when they are due: of an agent's queued turns, only the first, if one more may run. */
function callable(all: Turn[], maxRunning: number): Turn[] {
  const free = new Map<string, number>()
  for (const { agent, state } of all) {
    if (state === 'running') free.set(agent, (free.get(agent) ?? maxRunning) - 1)
  }
  const hasQueued = new Set<string>()
  return all.filter(({ agent, state }) => {
    if (state !== 'queued') return true
    const isFirst = !hasQueued.has(agent)
    hasQueued.add(agent)
    return isFirst && (free.get(agent) ?? maxRunning) > 0
  })
}

function earliest(callable: Turn[], dueOf: (turn: Turn) => number): number | null {
  const due = callable.map(dueOf)
  return due.length === 0 ? null : Math.min(...due)
}

function levelsOf(all: Turn[]): TurnLevels {
  const running = all.filter(({ state }) => state === 'running').length
  const planned = all.filter(({ state }) => state === 'planned').length
  return { running, waiting: all.length - running - planned }
}

function newTurn(draft: TurnDraft): Turn {
  return { ...draft, state: 'queued', attempt: 0, due: 0, text: '', decisions: [], note: null }
}

function read({ asker, ...row }: TurnRow): Turn {
  return {
    ...row,
    promptedBy: asker,
    state: row.state as Turn['state'], // only this file writes it
    decisions: JSON.parse(row.decisions) as Decision[],
    note: row.note === null ? null : (JSON.parse(row.note) as ReminderNote),
  }
}

/** May a turn be called again after a failure? `retry: false`: its agent says that it is pointless. */
export function mayRetry(
  turn: Turn,
  { retry, isUncounted = false }: { retry: boolean; isUncounted?: boolean },
): boolean {
  return retry && (isUncounted || failedAttempts(turn) < maxAttempts)
}
