import { useEffect } from 'react'

type Bindings = { onJump(): void; onHelp(): void; onEscape(): void }

/** Handles the keys that work wherever the focus is, except in a field where the key would write something. */
export function useKeys({ onJump, onHelp, onEscape }: Bindings): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isInField = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
      const isEmpty = event.target instanceof HTMLTextAreaElement && event.target.value === ''
      const isCtrlK = event.key === 'k' && (event.ctrlKey || event.metaKey)
      if (event.key === 'Escape') onEscape()
      else if (isCtrlK || (event.key === '/' && !isInField)) onJump()
      else if (event.key === '?' && (!isInField || isEmpty)) onHelp()
      else return
      if (event.key !== 'Escape') event.preventDefault()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [onJump, onHelp, onEscape])
}
