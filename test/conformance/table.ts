import type { Row } from './case.ts'
import { commandRows } from './command-cases.ts'
import { dialectRows } from './dialect-cases.ts'
import { frameRows } from './frame-cases.ts'
import type { Place } from './harness.ts'
import { httpRows } from './http-cases.ts'
import { searchRows } from './search-cases.ts'
import { tokenRows } from './token-cases.ts'

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
