import type { ComponentResult } from '../rooms/component.ts'
import { refusal } from '../rooms/outcome.ts'
import { tooLarge } from './refusals.ts'
import type { SharedDocument } from './shared-document.ts'

/** Merges an update into the document, as an edit. */
export function takeUpdate(document: SharedDocument, update: Uint8Array, now: number): ComponentResult {
  const [applied] = document.applyAll([update], now)
  if (applied === 'changed' || applied === 'known') return { value: null }
  if (applied === 'too_large') return { refused: tooLarge(document.limits.bytes) }
  return { refused: refusal('invalid', 'This is no update of Yjs that is complete.') }
}
