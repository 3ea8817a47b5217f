/**
 * Gives the focus to the composer, or to the conversation where that would open a keyboard on the screen, when the element
 * that had it is removed: it would fall to the body, and the next Tab would begin at the top of the page. As long as a channel
 * is loaded there are neither, and its page has it.
 */
export function keepFocus(root: Node): () => void {
  let last: Element | null = null
  const onFocus = (event: FocusEvent): void => {
    last = event.target instanceof Element ? event.target : null
  }
  const observer = new MutationObserver(() => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return
    const next = fallback() // there is none before the next channel is loaded
    if (next === null) return
    last = null
    next.focus()
  })
  addEventListener('focusin', onFocus)
  observer.observe(root, { childList: true, subtree: true })
  return () => {
    removeEventListener('focusin', onFocus)
    observer.disconnect()
  }
}

function fallback(): HTMLElement | null {
  const field = document.querySelector<HTMLElement>('.channel-page .composer textarea:enabled')
  const log = document.querySelector<HTMLElement>('.channel-page [role="log"]')
  const isForFingers = !matchMedia('(pointer: fine)').matches
  return (isForFingers ? null : field) ?? log ?? document.querySelector<HTMLElement>('.channel-page')
}
