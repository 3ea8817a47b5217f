import type { Refusal } from '../protocol/errors.ts'
import { refusal } from '../rooms/outcome.ts'

/** The refusal of what a document has no room for. */
export function tooLarge(bytes: number): Refusal {
  return refusal('too_large', `A document has at most ${bytes} bytes: this was not taken.`)
}
