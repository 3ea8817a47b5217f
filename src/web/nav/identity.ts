import { createContext, useContext } from 'react'

/** The reader's identity: a guest with a name of their choice, or the account that a token belongs to. */
export type Identity = { by: 'name'; name: string } | { by: 'token'; token: string; account: string }

const key = 'circles who'

/** Returns the identity of a token, or the one last used in this browser if there is no valid token; null if none. */
export function loadIdentity(token: string | null): Identity | null {
  const fromToken = token === null ? null : identityByToken(token)
  if (fromToken !== null) return saveIdentity(fromToken)
  try {
    const identity: Identity | null = JSON.parse(localStorage.getItem(key) ?? 'null')
    return identity?.by === 'name' || identity?.by === 'token' ? identity : null
  } catch {
    return null // written by another program, or storage is forbidden
  }
}

/** Stores the identity for the next visit to the page, and returns it. */
export function saveIdentity(identity: Identity): Identity {
  localStorage.setItem(key, JSON.stringify(identity))
  return identity
}

/** Removes the stored identity. */
export function clearIdentity(): void {
  localStorage.removeItem(key)
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
