import { useCallback, useEffect } from 'react'

type Bindings = { onJump(): void; onHelp(): void; onEscape(): void }

type Key = Pick<KeyboardEvent, 'isComposing' | 'keyCode'>

/**
 * Does this key belong to an input method, which composes Japanese or Chinese for example? Its Enter and its Escape end a
 * composition. In Safari the composition is over before that Enter arrives, and only the code 229 gives it away.
 */
export const isForInputMethod = ({ isComposing, keyCode }: Key): boolean => isComposing || keyCode === 229

/** Calls the listener for each key that is pressed anywhere on the page and is not for an input method. */
export function useKeyDown(listener: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isForInputMethod(event)) listener(event)
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [listener])
}

/** Keeps the Enter of an input method in a one-line field from submitting its form. */
export function keepEnterForInputMethod(): void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const isInField = event.target instanceof HTMLInputElement
    if (isInField && event.key === 'Enter' && isForInputMethod(event)) event.preventDefault()
  }
  addEventListener('keydown', onKeyDown, true)
}

/** Handles the keys that work wherever the focus is, except in a field where the key would write something. */
export function useKeys({ onJump, onHelp, onEscape }: Bindings): void {
  const onKeyDown = useCallback(
    (event: KeyboardEvent): void => {
      const isInField = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
      const isEmpty = event.target instanceof HTMLTextAreaElement && event.target.value === ''
      const isCtrlK = event.key === 'k' && (event.ctrlKey || event.metaKey)
      if (event.key === 'Escape') onEscape()
      else if (isCtrlK || (event.key === '/' && !isInField)) onJump()
      else if (event.key === '?' && (!isInField || isEmpty)) onHelp()
      else return
      if (event.key !== 'Escape') event.preventDefault()
    },
    [onJump, onHelp, onEscape],
  )
  useKeyDown(onKeyDown)
}
