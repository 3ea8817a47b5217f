import { commandRows } from './command-rows.ts'
import { dialectRows } from './dialect-rows.ts'
import { frameRows } from './frame-rows.ts'
import { httpRows } from './http-rows.ts'
import type { Place } from './lab.ts'
import type { Row } from './row.ts'
import { searchRows } from './search-rows.ts'
import { tokenRows } from './token-rows.ts'

/** Everything a hostile client was seen to try, with the reaction it gets. */
export const table: readonly Row[] = [
  ...commandRows, // the longest ones first
  ...frameRows,
  ...dialectRows,
  ...tokenRows,
  ...searchRows,
  ...httpRows,
]

/** The rows that mean something on this server. */
export function rowsFor({ policy }: Pick<Place, 'policy'>): Row[] {
  return table.filter(({ under }) => under === undefined || under === policy)
}

/** A row in one line. */
export function nameOf({ where, input, reaction }: Row): string {
  return `${where}: ${input} → ${reaction}`
}
