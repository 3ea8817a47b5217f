import { useCallback, useEffect } from 'react'

type Bindings = { onJump(): void; onHelp(): void; onEscape(): void; onRegion(step: 1 | -1): void }

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
export function useKeys({ onJump, onHelp, onEscape, onRegion }: Bindings): void {
  const onKeyDown = useCallback(
    (event: KeyboardEvent): void => {
      const [target] = event.composedPath() // also inside the notes, which the page sees as one element
      const isInField =
        target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
      const action = actionOf(event, isInField)
      if (action === null) return
      if (action !== 'escape') event.preventDefault()
      if (action === 'escape') onEscape()
      else if (action === 'jump') onJump()
      else if (action === 'help') onHelp()
      else onRegion(event.shiftKey ? -1 : 1)
    },
    [onJump, onHelp, onEscape, onRegion],
  )
  useKeyDown(onKeyDown)
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>

/** Returns what a key does on the page, or null. In a field, keys that write something write it. */
export function actionOf({ key, ctrlKey, metaKey }: Pressed, isInField: boolean) {
  const isCommand = ctrlKey || metaKey
  if (key === 'Escape') return 'escape'
  if (key === 'F6') return 'region'
  if (isCommand) return key === 'k' ? 'jump' : key === '/' ? 'help' : null
  if (isInField) return null
  return key === '/' ? 'jump' : key === '?' ? 'help' : null
}
