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
  except: string | null // user id: whose own prompt it is, and who may not approve it below the role of a moderator
  expires: number
  question: ApprovalQuestion | null // as the agent asked it; null: requested before questions were stored, and trimmed
}

const minuteMs = 60_000
const defaultMinutes = 60
const columns = 'id, turn, role, users, except_user AS "except", expires, question'

type Row = SqlRow &
  Omit<Approval, 'role' | 'users' | 'question'> & { role: string; users: string | null; question: string | null }

/** The undecided approvals, at most one per turn. Decisions are in the log. */
export class Approvals {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Stores an approval that is to be decided. `asker`: who may not approve it unless the agent names who may. */
  open(id: string, turn: Turn, { ask, asker }: { ask: ApprovalAsk; asker: string | null }, now: number): Approval {
    const expires = now + (ask.minutes ?? defaultMinutes) * minuteMs
    const { minutes: _, ...question } = ask
    const except = ask.role === undefined && ask.users === undefined ? asker : null
    const deciders = { role: ask.role ?? 'member', users: ask.users ?? null, except }
    const approval = { id, turn: turn.id, ...deciders, expires, question }
    this.#sql.all(
      `INSERT INTO approvals (id, turn, role, users, except_user, expires, question) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
      ...[id, approval.turn, approval.role],
      ...[approval.users === null ? null : JSON.stringify(approval.users), except],
      ...[expires, JSON.stringify(question)],
    )
    return approval
  }

  /** The approval with this id, or null. */
  find(id: string): Approval | null {
    return read(first<Row>(this.#sql, `SELECT ${columns} FROM approvals WHERE id = ?1`, id))
  }

  /** The approval a turn waits for, or null. */
  ofTurn(turn: string): Approval | null {
    return read(first<Row>(this.#sql, `SELECT ${columns} FROM approvals WHERE turn = ?1`, turn))
  }

  /** Deletes an approval that was decided. */
  close(id: string): void {
    this.#sql.all(`DELETE FROM approvals WHERE id = ?1`, id)
  }
}

/**
 * Returns whether a user may decide: those the approval names, else everybody with its role. Who prompted the turn may
 * reject it, but not approve it, unless the agent left it to them or they are a moderator.
 */
export function mayDecide({ id, role }: User, approval: Approval, decision: 'approved' | 'rejected'): boolean {
  if (approval.users !== null) return approval.users.includes(id)
  const isOwnPrompt = decision === 'approved' && approval.except === id && !atLeast(role, 'moderator')
  return atLeast(role, approval.role) && !isOwnPrompt
}

function read(row: Row | null): Approval | null {
  if (row === null) return null
  const users = row.users === null ? null : (JSON.parse(row.users) as string[])
  const question = row.question === null ? null : (JSON.parse(row.question) as ApprovalQuestion)
  return { ...row, role: row.role as PersonRole, users, question } // only this file writes it
}
