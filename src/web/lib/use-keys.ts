import { useEffect } from 'react'

type Bindings = { jump(): void; help(): void; leave(): void }

/** Keys that work wherever the focus is, but for those that one may be writing with. */
export function useKeys({ jump, help, leave }: Bindings): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const writes = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
      const isEmpty = event.target instanceof HTMLTextAreaElement && event.target.value === ''
      const ctrlK = event.key === 'k' && (event.ctrlKey || event.metaKey)
      if (event.key === 'Escape') leave()
      else if (ctrlK || (event.key === '/' && !writes)) jump()
      else if (event.key === '?' && (!writes || isEmpty)) help()
      else return
      if (event.key !== 'Escape') event.preventDefault()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [jump, help, leave])
}
