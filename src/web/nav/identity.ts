import { createContext, useContext } from 'react'
import { forgetPerson, storageKeys } from '../lib/storage.ts'

/** The reader's identity: a guest with a name of their choice, or the account that a token belongs to. */
export type Identity = { by: 'name'; name: string } | { by: 'token'; token: string; account: string; name?: string }

const key = storageKeys.identity

/** Returns the identity of this tab, or else the one last used in this browser, or null. */
export function loadIdentity(): Identity | null {
  try {
    const identity: Identity | null = JSON.parse(sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? 'null')
    return identity?.by === 'name' || identity?.by === 'token' ? identity : null
  } catch {
    return null // written by another program, or storage is forbidden
  }
}

/**
 * Returns who the reader is when the address holds a token, and the identity to ask about: a link never replaces an
 * identity by itself, not even by another token of the same account, which may be no good.
 */
export function identityFor(
  stored: Identity | null,
  token: string | null,
): { identity: Identity | null; offered: Identity | null } {
  const offered = token === null ? null : identityByToken(token)
  if (offered === null || stored === null) return { identity: offered ?? stored, offered: null }
  const isSame = stored.by === 'token' && offered.by === 'token' && stored.token === offered.token
  return { identity: stored, offered: isSame ? null : offered }
}

/** Returns the name or the account of an identity. */
export const personOf = (identity: Identity): string => (identity.by === 'name' ? identity.name : identity.account)

/** Stores the identity for this tab, which keeps it, and for new tabs; returns it. */
export function saveIdentity(identity: Identity): Identity {
  sessionStorage.setItem(key, JSON.stringify(identity))
  localStorage.setItem(key, JSON.stringify(identity))
  return identity
}

/** Forgets a person who leaves: here, and in every tab in which they are the reader. Others in this browser stay. */
export function leaveAs(identity: Identity | null): void {
  const last = localStorage.getItem(key)
  const isLast = identity === null || last === null || last === JSON.stringify(identity)
  forgetPerson(isLast || identity === null ? null : personOf(identity))
  localStorage.setItem(storageKeys.left, JSON.stringify(identity)) // other tabs are told of the change
  localStorage.removeItem(storageKeys.left)
}

/** Calls the listener when this reader leaves in another tab; returns a function that stops this. */
export function onLeaveElsewhere(identity: Identity, listener: () => void): () => void {
  const onStorage = (event: StorageEvent): void => {
    if (event.key === storageKeys.left && event.newValue === JSON.stringify(identity)) listener()
  }
  addEventListener('storage', onStorage)
  return () => removeEventListener('storage', onStorage)
}

/** Shows the form to sign in again, with all that the reader has written kept. */
export const SignInAgain = createContext<() => void>(() => {})

/** Reads the account from a token, or returns null if it is not a token. Only the server verifies it. */
export function identityByToken(token: string): Identity | null {
  try {
    const payload = token.trim().split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), char => char.charCodeAt(0))
    const { sub, name } = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof sub !== 'string') return null
    return { by: 'token', token: token.trim(), account: sub, ...(typeof name === 'string' && name !== '' && { name }) }
  } catch {
    return null
  }
}

/** The reader's identity, for the components below the join form; null above it. */
export const IdentityContext = createContext<Identity | null>(null)

/** Returns the reader's identity; only for components that are rendered once it is known. */
export function useIdentity(): Identity {
  const identity = useContext(IdentityContext)
  if (identity === null) throw new Error('useIdentity needs an <IdentityContext> with an identity above it')
  return identity
}
