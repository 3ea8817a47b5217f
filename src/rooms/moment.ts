import { broadcast, type Effect, ephemeral } from './effects.ts'
import { Presence, type PresenceNotes } from './presence.ts'
import type { Attachment, Session } from './session.ts'
import { Typing, type TypingNotes } from './typing.ts'

/** What the moment must remember across hibernation, with a number that tells an old note from a newer one. */
export type Notes = { version: number; presence: PresenceNotes | null; typing: TypingNotes }

// An attachment holds 16 KiB. A larger note is left out: it only exists while a timer is pending, and an object with a
// pending timer is not put to sleep (platform: lifecycle); a crash takes the sockets, and with them who was told.
const largestNote = 10_000 // bytes: the session beside it may have 4,000

/** What is true just now and worth no row: who is here, who is typing, and what of it is still to be told. */
export class Moment {
  readonly presence = new Presence()
  readonly typing: Typing
  #version: number
  #written: string

  constructor(attachments: readonly Attachment[]) {
    const notes = attachments
      .flatMap(({ notes }) => notes ?? [])
      .reduce(newer, { version: 0, presence: null, typing: [] })
    this.#version = notes.version
    if (notes.presence !== null) this.presence.recall(notes.presence)
    this.typing = new Typing(notes.typing)
    this.#written = this.#text()
  }

  /** Says what is to be said by now. Whoever just came knows the roster from its welcome. */
  tell(now: number, newcomer?: Session): Effect[] {
    const diff = this.presence.tell(now)
    return [
      ...(diff === null ? [] : [broadcast(ephemeral('presence', diff, now), newcomer)]),
      ...this.typing.tell(now).map(data => broadcast(ephemeral('typing', data, now))),
    ]
  }

  /** The note to keep on the oldest socket; `isNew`: it differs from the one that was kept last. */
  note(): { notes: Notes; isNew: boolean } {
    const text = this.#text()
    const isNew = text !== this.#written
    if (isNew) this.#version += 1
    this.#written = text
    return { notes: text === '' ? { version: this.#version, presence: null, typing: [] } : this.#notes(), isNew }
  }

  #notes(): Notes {
    return { version: this.#version, presence: this.presence.notes(), typing: this.typing.notes() }
  }

  #text(): string {
    const { presence, typing } = this.#notes()
    const text = JSON.stringify([presence, typing])
    return sizeOf(text) > largestNote ? '' : text
  }
}

// The runtime's serialization takes two bytes a character as soon as one needs them.
function sizeOf(text: string): number {
  return /[^\u0000-\u00ff]/.test(text) ? text.length * 2 : text.length
}

function newer(best: Notes, notes: Notes): Notes {
  return notes.version > best.version ? notes : best
}
