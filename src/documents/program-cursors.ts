import * as Y from 'yjs'
import type { Changed } from '../rooms/component.ts'
import type { AwarenessNews, AwarenessTable } from './awareness.ts'

const shownMs = 10_000 // after an edit
const colors = ['#30bced', '#6eeb83', '#ffbc42', '#ee6352', '#9ac2c9', '#8acb88', '#1be7ff', '#c59cf4']

/** Somebody who edits by requests, without a socket. */
type Author = { id: string; name: string }

/** Shows the cursors of programs and agents after their edits, as those of clients, in the form that editors' bindings read. */
export class ProgramCursors {
  readonly #awareness: AwarenessTable
  readonly #changed: Changed
  readonly #until = new Map<string, number>() // ms, by the owner of the cursor
  #news: AwarenessNews[] = []

  constructor(awareness: AwarenessTable, changed: Changed) {
    this.#awareness = awareness
    this.#changed = changed
  }

  /** Somebody has edited a text up to this index. */
  show({ id, name }: Author, text: Y.Text, index: number, now: number): void {
    const place = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index))
    const client = clientOf(id)
    const color = colors[client % colors.length]
    const state = { user: { name, color, colorLight: `${color}33` }, cursor: { anchor: place, head: place } }
    this.#news.push(...this.#awareness.show(ownerOf(id), client, JSON.stringify(state), now))
    this.#until.set(ownerOf(id), now + shownMs)
    this.#changed()
  }

  /** What the others are to be told: cursors that moved, and those whose time is over. */
  take(now: number): AwarenessNews[] {
    for (const [owner, until] of this.#until) {
      if (now < until) continue
      this.#until.delete(owner)
      this.#news.push(...this.#awareness.leave(owner, now))
      this.#changed()
    }
    return this.#news.splice(0)
  }

  /** When the next cursor's time is over (ms), or null. */
  get nextTick(): number | null {
    return this.#until.size === 0 ? null : Math.min(...this.#until.values())
  }
}

const ownerOf = (id: string) => `program:${id}`

/** A number of a client that is the same for the same author (FNV-1a). */
function clientOf(id: string): number {
  let hash = 0x811c9dc5
  for (const unit of id) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}
