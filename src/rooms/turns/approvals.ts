import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import { atLeast, type PersonRole, type User } from '../../protocol/roles.ts'
import type { ApprovalAsk, ApprovalQuestion } from '../../protocol/turns.ts'
import type { Turn } from './turn-queue.ts'

/** A permission that an agent asked for and nobody has decided yet. */
export type Approval = {
  id: string
  turn: string
  role: PersonRole
  users: string[] | null
  expires: number
  question: ApprovalQuestion | null // as the agent asked it; null: requested before questions were stored, and trimmed
}

const minuteMs = 60_000
const defaultMinutes = 60

type Row = SqlRow &
  Omit<Approval, 'role' | 'users' | 'question'> & { role: string; users: string | null; question: string | null }

/** The undecided approvals, at most one per turn. Decisions are in the log. */
export class Approvals {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Stores an approval that is to be decided. */
  open(id: string, turn: Turn, ask: ApprovalAsk, now: number): Approval {
    const expires = now + (ask.minutes ?? defaultMinutes) * minuteMs
    const { minutes: _, ...question } = ask
    const approval = { id, turn: turn.id, role: ask.role ?? 'member', users: ask.users ?? null, expires, question }
    this.#sql.all(
      `INSERT INTO approvals (id, turn, role, users, expires, question) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      ...[id, approval.turn, approval.role],
      approval.users === null ? null : JSON.stringify(approval.users),
      ...[expires, JSON.stringify(question)],
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
  const question = row.question === null ? null : (JSON.parse(row.question) as ApprovalQuestion)
  return { ...row, role: row.role as PersonRole, users, question } // only this file writes it
}
