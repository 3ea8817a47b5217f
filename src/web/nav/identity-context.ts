import { createContext, useContext } from 'react'
import type { Identity } from './identity.ts'

export const IdentityContext = createContext<Identity | null>(null)

/** The reader, below the place where that is settled. */
export function useIdentity(): Identity {
  const who = useContext(IdentityContext)
  if (who === null) throw new Error('useWho is for what is shown to somebody')
  return who
}
