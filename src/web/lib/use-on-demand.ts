import { useEffect, useState } from 'react'
import type { OnDemand } from '../../client/on-demand.ts'

/** Returns a module once it is loaded, if it is needed; renders again when it is. */
export function useOnDemand<Module>(module: OnDemand<Module>, isNeeded: boolean): Module | null {
  const [, setLoaded] = useState(false)
  useEffect(() => {
    if (isNeeded && module.module === null)
      module.load().then(
        () => setLoaded(true),
        () => {},
      ) // the next tries again
  }, [module, isNeeded])
  return isNeeded ? module.module : null
}
