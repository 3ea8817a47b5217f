import type { Sql, SqlRow } from '../../lib/sql.ts'
import type { TurnStep } from '../../protocol/turns.ts'

type Row = SqlRow & { name: string; n: number; result: string | null }

/** The steps of turns that are not over yet, with their results. */
export class StepStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Stores a step. The first result of a step counts: a late copy of a call changes nothing. */
  add(turn: string, { name, index, result }: TurnStep): void {
    this.#sql.all(
      `INSERT INTO turn_steps (turn, name, n, result) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
      ...[turn, name, index, result === undefined ? null : JSON.stringify(result)],
    )
  }

  /** The steps of a turn. */
  of(turn: string): TurnStep[] {
    const rows = this.#sql.all<Row>(`SELECT name, n, result FROM turn_steps WHERE turn = ?1 ORDER BY name, n`, turn)
    return rows.map(({ name, n, result }) => ({
      name,
      index: n,
      result: result === null ? undefined : JSON.parse(result),
    }))
  }

  /** Deletes the steps of a turn that is over. */
  clear(turn: string): void {
    this.#sql.all(`DELETE FROM turn_steps WHERE turn = ?1`, turn)
  }
}
