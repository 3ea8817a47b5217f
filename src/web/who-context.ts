import { createContext, useContext } from 'react'
import type { Who } from './who.ts'

export const WhoContext = createContext<Who | null>(null)

/** The reader, below the place where that is settled. */
export function useWho(): Who {
  const who = useContext(WhoContext)
  if (who === null) throw new Error('useWho is for what is shown to somebody')
  return who
}
