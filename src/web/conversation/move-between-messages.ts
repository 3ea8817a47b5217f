import type { KeyboardEvent } from 'react'
import { isForInputMethod } from '../lib/use-keys.ts'

/** Handles the arrow keys in the list: up and down go from message to message, left and right to the buttons of one. */
export function moveBetweenMessages(event: KeyboardEvent<HTMLElement>): void {
  const { target, currentTarget, key } = event
  if (isForInputMethod(event.nativeEvent) || event.ctrlKey || event.metaKey || event.altKey) return
  if (!(target instanceof HTMLElement) || target.matches('input, textarea, select, .code')) return
  const message = target.closest<HTMLElement>('.message')
  const next =
    key === 'ArrowUp' || key === 'ArrowDown'
      ? neighbour(currentTarget, message, key === 'ArrowUp' ? -1 : 1)
      : key === 'ArrowLeft' || key === 'ArrowRight'
        ? button(message, target, (key === 'ArrowLeft') === isRightToLeft(currentTarget) ? 1 : -1)
        : null
  if (next === null) return
  event.preventDefault()
  next.focus()
  next.closest('.message')?.scrollIntoView({ block: 'nearest' })
}

const isRightToLeft = (element: HTMLElement): boolean => getComputedStyle(element).direction === 'rtl'

/** The message before or after this one; the last one that can be seen if none has the focus. */
function neighbour(log: HTMLElement, message: HTMLElement | null, step: 1 | -1): HTMLElement | null {
  const all = [...log.querySelectorAll<HTMLElement>('.message')]
  if (message !== null) return all[all.indexOf(message) + step] ?? null
  const { bottom } = log.getBoundingClientRect()
  return all.findLast(other => other.getBoundingClientRect().top < bottom) ?? null
}

/** The button of the message before or after the focused one. */
function button(message: HTMLElement | null, focused: HTMLElement, step: 1 | -1): HTMLElement | null {
  const buttonsOf = (part: string) => [...(message?.querySelectorAll<HTMLElement>(`${part} button`) ?? [])]
  const all = ['.message-actions', '.reactions', 'header'].flatMap(buttonsOf)
  const at = all.indexOf(focused)
  return at < 0 ? (all[step > 0 ? 0 : all.length - 1] ?? null) : (all[at + step] ?? null)
}
