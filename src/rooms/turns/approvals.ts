import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import { atLeast, type PersonRole, type User } from '../../protocol/roles.ts'
import type { ApprovalAsk } from '../../protocol/turns.ts'
import type { Turn } from './turn-queue.ts'

/** A permission that an agent asked for and nobody has decided yet. */
export type Approval = { id: string; turn: string; role: PersonRole; users: string[] | null; expires: number }

const minuteMs = 60_000
const defaultMinutes = 60

type Row = SqlRow & { id: string; turn: string; role: string; users: string | null; expires: number }

/** The undecided approvals, at most one per turn. Decisions are in the log. */
export class Approvals {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Stores an approval that is to be decided. */
  open(id: string, turn: Turn, ask: ApprovalAsk, now: number): Approval {
    const expires = now + (ask.minutes ?? defaultMinutes) * minuteMs
    const approval = { id, turn: turn.id, role: ask.role ?? 'member', users: ask.users ?? null, expires }
    this.#sql.all(
      `INSERT INTO approvals (id, turn, role, users, expires) VALUES (?1, ?2, ?3, ?4, ?5)`,
      ...[id, approval.turn, approval.role],
      approval.users === null ? null : JSON.stringify(approval.users),
      expires,
    )
    return approval
  }

  /** The approval with this id, or null. */
  find(id: string): Approval | null {
    return read(first<Row>(this.#sql, `SELECT * FROM approvals WHERE id = ?1`, id))
  }

  /** The approval a turn waits for, or null. */
  ofTurn(turn: string): Approval | null {
    return read(first<Row>(this.#sql, `SELECT * FROM approvals WHERE turn = ?1`, turn))
  }

  /** Deletes an approval that was decided. */
  close(id: string): void {
    this.#sql.all(`DELETE FROM approvals WHERE id = ?1`, id)
  }
}

/** Returns whether a user may decide: those the approval names, else everybody with its role. */
export function mayDecide({ id, role }: User, approval: Approval): boolean {
  return approval.users === null ? atLeast(role, approval.role) : approval.users.includes(id)
}

function read(row: Row | null): Approval | null {
  if (row === null) return null
  const users = row.users === null ? null : (JSON.parse(row.users) as string[])
  return { ...row, role: row.role as PersonRole, users } // only this file writes it
}
