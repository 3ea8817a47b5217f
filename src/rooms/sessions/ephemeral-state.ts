import type { Changed, Component } from '../component.ts'
import { type EphemeralDelivery, ephemeral, nothing, type Outcome, outcome } from '../outcome.ts'
import { Presence, type PresenceSnapshot } from './presence.ts'
import type { Session } from './session.ts'
import { Typing, type TypingSnapshot } from './typing.ts'

/** The state that must survive hibernation. The copy with the highest version is current. Stored as `notes`. */
export type EphemeralSnapshot = { version: number; presence: PresenceSnapshot | null; typing: TypingSnapshot }

// An attachment holds 16 KiB. A larger snapshot is left out: it only exists while a timer is pending, and an object with
// a pending timer does not hibernate (platform: lifecycle); a crash takes the sockets, and with them the subscribers.
const maxSnapshotBytes = 10_000 // bytes: the session beside it may have 4,000
const maxUsers = 100 // in a snapshot: above this not even its size is computed

/** State that is not worth a row: who is here, who is typing, and which frames about it are pending. */
export class EphemeralState implements Component {
  readonly presence: Presence
  readonly typing: Typing
  /** Whether something changed since the last flush; a field, since every run reads it. */
  isDirty = false
  #changed: Changed = () => {}
  #stored: EphemeralSnapshot
  #isStored = true // the snapshot has every change

  /** `snapshots`: the copies that were found on sockets. */
  constructor(snapshots: readonly EphemeralSnapshot[]) {
    this.#stored = snapshots.reduce(newer, { version: 0, presence: null, typing: [] })
    const dirty = () => {
      this.isDirty = true
      this.#isStored = false
      this.#changed()
    }
    this.presence = new Presence(dirty)
    if (this.#stored.presence !== null) this.presence.restoreSnapshot(this.#stored.presence)
    this.typing = new Typing(this.#stored.typing, dirty)
    this.#isStored = true
  }

  /** Calls `changed` on every change from now on. */
  start(changed: Changed): this {
    this.#changed = changed
    return this
  }

  welcome(): object {
    return { members: this.presence.members(), member_count: this.presence.count }
  }

  nextTick(): number | null {
    const presence = this.presence.nextTick()
    const typing = this.typing.nextTick()
    return presence === null || typing === null ? (presence ?? typing) : Math.min(presence, typing)
  }

  onTick(now: number): Outcome {
    return this.flush(now)
  }

  /** The frames that are due. A newcomer gets no presence frame: its welcome has the roster. */
  flush(now: number, newcomer?: Session): Outcome {
    const diff = this.presence.flush(now)
    const deliveries: EphemeralDelivery[] = this.typing
      .flush(now)
      .map(data => ({ frame: ephemeral('typing', data, now) }))
    this.isDirty = false
    if (diff !== null) {
      const frame = ephemeral('presence', diff, now)
      deliveries.unshift(newcomer === undefined ? { frame } : { frame, except: newcomer.id })
    }
    return deliveries.length === 0 ? nothing : outcome({ ephemeral: deliveries })
  }

  /** The snapshot to store on the oldest socket; `isNew`: it differs from the one that was stored last. */
  snapshot(): { snapshot: EphemeralSnapshot; isNew: boolean } {
    if (this.#isStored) return { snapshot: this.#stored, isNew: false }
    this.#isStored = true
    const isStillLeftOut = this.#areTooMany && this.#stored.presence === null
    if (isStillLeftOut) return { snapshot: this.#stored, isNew: false }
    this.#stored = { version: this.#stored.version + 1, ...this.#take() }
    return { snapshot: this.#stored, isNew: true }
  }

  get #areTooMany(): boolean {
    return this.presence.snapshotSize > maxUsers
  }

  #take(): Omit<EphemeralSnapshot, 'version'> {
    if (this.#areTooMany) return { presence: null, typing: [] }
    const snapshot = { presence: this.presence.snapshot(), typing: this.typing.snapshot() }
    return sizeOf(JSON.stringify(snapshot)) > maxSnapshotBytes ? { presence: null, typing: [] } : snapshot
  }
}

// The runtime's serialization takes two bytes a character as soon as one needs them.
function sizeOf(text: string): number {
  return /[^\u0000-\u00ff]/.test(text) ? text.length * 2 : text.length
}

function newer(best: EphemeralSnapshot, other: EphemeralSnapshot): EphemeralSnapshot {
  return other.version > best.version ? other : best
}
