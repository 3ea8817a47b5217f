import { createContext, useContext } from 'react'
import { storageKeys } from '../lib/storage.ts'

/** The reader's identity: a guest with a name of their choice, or the account that a token belongs to. */
export type Identity = { by: 'name'; name: string } | { by: 'token'; token: string; account: string }

const key = storageKeys.identity

/** Returns the identity last used in this browser, or null. */
export function loadIdentity(): Identity | null {
  try {
    const identity: Identity | null = JSON.parse(localStorage.getItem(key) ?? 'null')
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

/** Stores the identity for the next visit to the page, and returns it. */
export function saveIdentity(identity: Identity): Identity {
  localStorage.setItem(key, JSON.stringify(identity))
  return identity
}

/** Calls the listener when the reader leaves in another tab; returns a function that stops this. */
export function onLeaveElsewhere(listener: () => void): () => void {
  const onStorage = (event: StorageEvent): void => {
    if (event.key === key && localStorage.getItem(key) === null) listener() // unless somebody else has joined since
  }
  addEventListener('storage', onStorage)
  return () => removeEventListener('storage', onStorage)
}

/** Reads the account from a token, or returns null if it is not a token. Only the server verifies it. */
export function identityByToken(token: string): Identity | null {
  try {
    const payload = token.trim().split('.')[1] ?? ''
    const { sub } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof sub === 'string' ? { by: 'token', token: token.trim(), account: sub } : null
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
