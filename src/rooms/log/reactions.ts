import type { Sql } from '../../lib/sql.ts'
import { canonicalEmoji } from '../../protocol/emoji.ts'

/** Fills the table of reactions from the log: of the events of one person, message and emoji the last one (`max(seq)`) counts. */
export const fillReactions = `INSERT INTO reactions (target, user, emoji)
  SELECT target, user, emoji FROM (
    SELECT json_extract(data, '$.target') AS target, user, json_extract(data, '$.emoji') AS emoji,
      json_extract(data, '$.removed') AS removed, max(seq)
      FROM events WHERE type = 'reaction' GROUP BY 1, 2, 3
  ) WHERE NOT removed`

/** The reactions there are now. The log has every change to them; this table tells whether something is a change. */
export class Reactions {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Adds a reaction or removes it. Returns false if that changes nothing. */
  set({
    target,
    user_id,
    emoji,
    removed,
  }: {
    target: number
    user_id: string
    emoji: string
    removed: boolean
  }): boolean {
    const known = this.#sql
      .all<{ emoji: string }>(`SELECT emoji FROM reactions WHERE target = ?1 AND user = ?2`, target, user_id)
      .find(row => row.emoji === emoji || canonicalEmoji(row.emoji) === emoji) // older ones have other spellings
    if ((known === undefined) === removed) return false
    const change = removed
      ? `DELETE FROM reactions WHERE target = ?1 AND user = ?2 AND emoji = ?3`
      : `INSERT INTO reactions (target, user, emoji) VALUES (?1, ?2, ?3)`
    this.#sql.all(change, target, user_id, known?.emoji ?? emoji)
    return true
  }

  /** Removes the reactions to a message that was deleted. */
  removeAt(target: number): void {
    this.#sql.all(`DELETE FROM reactions WHERE target = ?1`, target)
  }

  /** Removes the reactions to messages before a seq, which are not kept any more. */
  removeBefore(seq: number): void {
    this.#sql.all(`DELETE FROM reactions WHERE target < ?1`, seq)
  }
}
