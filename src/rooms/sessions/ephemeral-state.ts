import { broadcast, type Effect, ephemeral } from '../effects.ts'
import { Presence, type PresenceSnapshot } from './presence.ts'
import type { Attachment, Session } from './session.ts'
import { Typing, type TypingSnapshot } from './typing.ts'

/** What the moment must remember across hibernation, with a number that tells an old note from a newer one. */
export type EphemeralSnapshot = { version: number; presence: PresenceSnapshot | null; typing: TypingSnapshot }

// An attachment holds 16 KiB. A larger note is left out: it only exists while a timer is pending, and an object with a
// pending timer is not put to sleep (platform: lifecycle); a crash takes the sockets, and with them who was told.
const largestNote = 10_000 // bytes: the session beside it may have 4,000
const mostNoted = 100 // people in it: of a crowd that comes at once, not even the size is asked

/** What is true just now and worth no row: who is here, who is typing, and what of it is still to be told. */
export class EphemeralState {
  readonly presence = new Presence()
  readonly typing: Typing
  #notes: EphemeralSnapshot // as they were kept last
  #noted: number // which changes are in them

  constructor(attachments: readonly Attachment[]) {
    this.#notes = attachments
      .flatMap(({ notes }) => notes ?? [])
      .reduce(newer, { version: 0, presence: null, typing: [] })
    if (this.#notes.presence !== null) this.presence.restoreSnapshot(this.#notes.presence)
    this.typing = new Typing(this.#notes.typing)
    this.#noted = this.#changes()
  }

  /** Says what is to be said by now. Whoever just came knows the roster from its welcome. */
  flush(now: number, newcomer?: Session): Effect[] {
    const diff = this.presence.flush(now)
    return [
      ...(diff === null ? [] : [broadcast(ephemeral('presence', diff, now), newcomer)]),
      ...this.typing.flush(now).map(data => broadcast(ephemeral('typing', data, now))),
    ]
  }

  /** The note to keep on the oldest socket; `isNew`: it differs from the one that was kept last. */
  snapshot(): { notes: EphemeralSnapshot; isNew: boolean } {
    const changes = this.#changes()
    const isEmptyAgain = this.#areTooMany && this.#notes.presence === null
    const isNew = changes !== this.#noted && !isEmptyAgain
    if (isNew) this.#notes = { version: this.#notes.version + 1, ...this.#whole() }
    this.#noted = changes
    return { notes: this.#notes, isNew }
  }

  get #areTooMany(): boolean {
    return this.presence.snapshotSize > mostNoted
  }

  #changes(): number {
    return this.presence.changes + this.typing.changes
  }

  #whole(): Omit<EphemeralSnapshot, 'version'> {
    if (this.#areTooMany) return { presence: null, typing: [] }
    const notes = { presence: this.presence.snapshot(), typing: this.typing.snapshot() }
    return sizeOf(JSON.stringify(notes)) > largestNote ? { presence: null, typing: [] } : notes
  }
}

// The runtime's serialization takes two bytes a character as soon as one needs them.
function sizeOf(text: string): number {
  return /[^\u0000-\u00ff]/.test(text) ? text.length * 2 : text.length
}

function newer(best: EphemeralSnapshot, notes: EphemeralSnapshot): EphemeralSnapshot {
  return notes.version > best.version ? notes : best
}
