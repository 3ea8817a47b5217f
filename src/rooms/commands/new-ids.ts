import type { Sql } from '../../lib/sql.ts'
import { readCommandId } from '../../protocol/dialects/command-id.ts'

/** A frame that is about to be handled, and the user who sent it. */
type ExpectedFrame = { user: string; frame: string }

/**
 * The ids of commands that arrived together and were not in the log when they did: one statement finds out for all of them
 * what `findDuplicate` would ask for each.
 */
export class NewIds {
  readonly #keys = new Set<string>()

  constructor(sql: Sql, frames: readonly ExpectedFrame[]) {
    const wanted = frames.flatMap(({ user, frame }) => {
      const id = readCommandId(frame)
      return id === null ? [] : [[user, id] as const]
    })
    const known = sql.tuples<[number]>(
      `SELECT wanted.key FROM json_each(?1) AS wanted
        CROSS JOIN events ON events.user = wanted.value ->> 0 AND events.id = wanted.value ->> 1`,
      JSON.stringify(wanted),
    )
    for (const [user, id] of wanted) this.#keys.add(keyOf(user, id))
    for (const [index] of known) this.#keys.delete(keyOf(...(wanted[index] as readonly [string, string])))
  }

  /** Whether this id is known to be new. Only the first command with it is told: it may be stored then. */
  take(user: string, id: string): boolean {
    return this.#keys.delete(keyOf(user, id))
  }
}

function keyOf(user: string, id: string): string {
  return `${id} ${user}` // no id has a space
}
