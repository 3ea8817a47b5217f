import type { CloseName } from '../protocol/close-codes.ts'
import type { DialectName } from '../protocol/dialects/index.ts'
import type { Member } from '../protocol/frames.ts'
import type { ConnectRefusal } from '../rooms/sessions/access.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { IdentifiedCaller } from '../rpc/channel.ts'

// What a relay and its circle's object send each other, as JSON texts on one WebSocket. Both ends are ours, and a relay of
// another version is refused when it connects (`relayVersion`): its members then connect to the circle itself.

/** The version of this wire. */
export const relayVersion = 2

/** A frame of a member, as text. Binary frames and texts that are too long are refused anyway: only their size is sent. */
export type MemberFrame = string | { bytes: number }

/** What a relay sends: one in a text, or several as an array. */
export type UpFrame =
  | Hello
  | { t: 'join'; ref: number; caller: IdentifiedCaller; ring?: true } // ring: it has the events after `since` itself
  | { t: 'from'; n: number; session: SessionId; frame: MemberFrame } // n counts the frames of all its members
  | { t: 'left'; session: SessionId; code: number }
  | { t: 'drained'; session: SessionId } // the member has taken what was sent to it alone
  | { t: 'taken'; characters: number } // of the circle's frames, since the last of these
  | { t: 'park' } // nothing is said: may it hang up, and be called when there is something?

/** The first frame on every connection: whom it has, up to where it has the log, and who its members think is here. */
export type Hello = {
  t: 'hello'
  epoch: string | null
  seq: number | null
  sessions: readonly SessionId[]
  roster?: readonly Member[]
}

/** The frames of one dialect. `d`: without the ephemeral ones, for a member that is slow; absent: the same. */
export type Frames = { f: readonly string[]; d?: readonly string[] }

/** What a run of the room leads to, for the members of one relay. */
export type Out = {
  t: 'out'
  done?: number // every frame of the relay's members up to this n was handled
  events?: readonly [first: number, last: number] // seqs of the events in it
  ring?: readonly string[] // the events as native messages, for its memory alone: `all` has none
  erases?: true // one of them erases older ones: they must not be sent from memory any more
  all?: { readonly [Dialect in DialectName]?: Frames } // for every member of this dialect that is not in `to`
  to?: readonly (readonly [sessions: readonly SessionId[], frames: Frames])[]
}

/** The answer to a hello. */
export type Ready = {
  t: 'ready'
  epoch: string | null // null: the circle does not exist
  seq: number // the next events begin after this one
  closed: readonly (readonly [SessionId, CloseName, string])[] // members that are not the circle's any more
  plan: string
}

/** What the circle's object sends. */
export type DownFrame =
  | Ready
  | Out
  | { t: 'joined'; ref: number; session: SessionId; plan: string }
  | { t: 'refused'; ref: number; refusal: ConnectRefusal }
  | { t: 'filled' } // everything that the relay missed was sent
  | { t: 'member'; session: SessionId; expires: number | null } // it has every event that it was to be sent from the log
  | { t: 'close'; session: SessionId; code: CloseName; reason: string }
  | { t: 'confirm'; session: SessionId } // it confirmed what it received (`recv`)
  | { t: 'log'; epoch: string; seq: number } // another log from now on
  | { t: 'parked' } // the last frame: it may hang up, and is called when there is something

/** The header with which a relay connects to its circle: the version of the wire, and the relay's name. */
export function writeRelayHeader(name: string): string {
  return `${relayVersion} ${name}`
}

/** The name of the relay that connects, or null: it is of another version. */
export function readRelayHeader(header: string): string | null {
  const [version, name, ...rest] = header.split(' ')
  return version === `${relayVersion}` && name !== undefined && rest.length === 0 ? name : null
}
