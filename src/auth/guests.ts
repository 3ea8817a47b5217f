import { cleanName } from '../protocol/text.ts'
import { type AuthError, authError } from './auth-error.ts'
import type { Principal } from './principal.ts'

const manners = ['Brave', 'Bright', 'Calm', 'Clever', 'Gentle', 'Happy', 'Kind', 'Lively'] as const
const animals = ['Badger', 'Crane', 'Dolphin', 'Fox', 'Heron', 'Lynx', 'Otter', 'Wren'] as const

/** The guest of this name: the same user on every socket that gives it. */
export function namedGuest(text: string): Principal | AuthError {
  const name = cleanName(text)
  return name === null ? authError('invalid_name', 'Nobody can be called that.') : guest(name, name)
}

/** A guest who gave no name and gets one; `chance` (a UUID will do) makes it a new guest. */
export function newGuest(chance: string): Principal {
  const dice = Number.parseInt(chance.slice(0, 2), 16)
  const name = `${manners[dice & 7]} ${animals[(dice >> 3) & 7]}`
  return guest(`${name.toLowerCase().replace(' ', '-')}-${chance.slice(0, 8)}`, name)
}

/** Everybody who asks over HTTP without a name: one guest, so that a request sent twice is known again. */
export const anonymousGuest: Principal = guest('visitor', 'Visitor')

/** Is this no more than what anybody could be by asking for it? */
export function isGuest({ id, name, kind, role }: Principal): boolean {
  return kind === 'guest' && role === 'member' && id.startsWith('guest:') && cleanName(name) === name
}

function guest(id: string, name: string): Principal {
  return { id: `guest:${id}`, name, kind: 'guest', role: 'member', expires: null }
}
