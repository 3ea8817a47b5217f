import type { Sql } from '../lib/sql.ts'
import { KeptEdits } from './kept-edits.ts'
import { isOfAnother } from './library.ts'
import { type DocumentLimits, SharedDocument } from './shared-document.ts'
import { Suggestions } from './suggestions.ts'
import { Versions } from './versions.ts'

const hourMs = 3_600_000
const emptyBytes = 2 // of the state of a document in which nobody has written

/** A document with everything that is stored of it. */
export class StoredDocument {
  readonly document: SharedDocument
  readonly versions: Versions
  readonly suggestions: Suggestions
  readonly edits: KeptEdits
  readonly #sql: Sql
  #hourAt: number // ms: when the next version is kept

  constructor(sql: Sql, limits: DocumentLimits) {
    this.#sql = sql
    this.document = new SharedDocument(sql, limits)
    this.versions = new Versions(sql)
    this.suggestions = new Suggestions(sql)
    this.edits = new KeptEdits(sql)
    this.#hourAt = this.versions.dueAt
  }

  /** Before the first edit in an hour, what was there is kept. `isEdit`: asked only if it is time. */
  keepHour(now: number, isEdit = () => true): void {
    if (now < this.#hourAt || !isEdit()) return
    this.#hourAt = now + hourMs
    const { state } = this.document
    if (state.byteLength > emptyBytes) this.versions.keep(state, { name: null, author: null }, now)
  }

  /**
   * What is stored is of the circle that was there then: if it was deleted and made anew, everything is deleted here, too.
   * Returns whether that was so. `library`: of the circle that is there now.
   */
  belongTo(library: string | undefined): boolean {
    if (library === undefined || !isOfAnother(this.#sql, library)) return false
    this.versions.clear()
    this.suggestions.clear()
    this.edits.clear()
    this.document.clear()
    return true
  }
}
