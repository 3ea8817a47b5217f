import { useEffect, useState } from 'react'
import { OnDemand } from '../../client/on-demand.ts'

/** Loads what knows where mentions are. */
export const mentionTools = new OnDemand(() => import('./mention-tools.ts'))

/** Returns what knows where mentions are, once it is loaded, if a text may have one; renders again when it is. */
export function useMentionTools(text: string): typeof mentionTools.module {
  const isNeeded = text.includes('@')
  const [, setLoaded] = useState(false)
  useEffect(() => {
    if (isNeeded && mentionTools.module === null)
      mentionTools.load().then(
        () => setLoaded(true),
        () => {},
      ) // the next tries again
  }, [isNeeded])
  return isNeeded ? mentionTools.module : null
}
