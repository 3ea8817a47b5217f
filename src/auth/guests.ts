import { cleanName } from '../protocol/text.ts'
import { type AuthError, authError } from './auth-error.ts'
import type { Principal } from './principal.ts'

const adjectives = ['Brave', 'Bright', 'Calm', 'Clever', 'Gentle', 'Happy', 'Kind', 'Lively'] as const
const animals = ['Badger', 'Crane', 'Dolphin', 'Fox', 'Heron', 'Lynx', 'Otter', 'Wren'] as const

/** Returns the guest of this name: the same user on every socket that sends it. */
export function namedGuest(text: string): Principal | AuthError {
  const name = cleanName(text)
  return name === null ? authError('invalid_name', 'This is not a valid name.') : guest(name, name)
}

/** Returns a new guest with a random name, chosen by a UUID. */
export function newGuest(uuid: string): Principal {
  const bits = Number.parseInt(uuid.slice(0, 2), 16)
  const name = `${adjectives[bits & 7]} ${animals[(bits >> 3) & 7]}`
  return guest(`${name.toLowerCase().replace(' ', '-')}-${uuid.slice(0, 8)}`, name)
}

/** The sender of every HTTP request without a name: one guest, so that a repeated request is recognized. */
export const anonymousGuest: Principal = guest('visitor', 'Visitor')

/** Returns whether this is a guest that anyone could be by sending the name. */
export function isGuest({ id, name, kind, role }: Principal): boolean {
  return kind === 'guest' && role === 'member' && id.startsWith('guest:') && cleanName(name) === name
}

function guest(id: string, name: string): Principal {
  return { id: `guest:${id}`, name, kind: 'guest', role: 'member', expires: null }
}
