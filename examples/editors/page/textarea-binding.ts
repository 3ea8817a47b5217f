import { simpleDiffStringWithCursor } from 'lib0/diff'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

/** A textarea, an element over it of the same size and style, and what they show. */
type Binding = { textarea: HTMLTextAreaElement; overlay: HTMLElement; text: Y.Text; awareness: Awareness }

/**
 * Keeps a textarea and a shared text equal, and shows the carets of others in `overlay`. What somebody else writes ends a
 * composition of an input method; editors that show text themselves need not.
 */
export function bindTextarea(binding: Binding): void {
  const { textarea, text, awareness } = binding
  textarea.value = text.toString()
  textarea.addEventListener('input', () => {
    const change = simpleDiffStringWithCursor(text.toString(), textarea.value, textarea.selectionEnd)
    text.doc?.transact(() => {
      text.delete(change.index, change.remove)
      text.insert(change.index, change.insert)
    }, binding)
    tellSelection(binding)
  })
  let selection = selectionOf(binding)
  text.doc?.on('beforeTransaction', () => {
    selection = selectionOf(binding)
  })
  text.observe((_event, { origin }) => {
    if (origin !== binding) showText(binding, selection)
    showCarets(binding)
  })
  for (const type of ['selectionchange', 'focus', 'blur']) {
    textarea.addEventListener(type, () => tellSelection(binding))
  }
  textarea.addEventListener('scroll', () => showCarets(binding))
  awareness.on('change', () => showCarets(binding))
}

type Selection = { anchor: Y.RelativePosition; head: Y.RelativePosition }

/** Where the selection is in the shared text. */
function selectionOf({ textarea, text }: Binding): Selection {
  const { selectionStart, selectionEnd, selectionDirection } = textarea
  const [start, end] = [selectionStart, selectionEnd].map(index => Y.createRelativePositionFromTypeIndex(text, index))
  if (start === undefined || end === undefined) throw new Error('expected two ends of a selection')
  return selectionDirection === 'backward' ? { anchor: end, head: start } : { anchor: start, head: end }
}

/** Shows what the text is now, with the selection where it was in the text. */
function showText({ textarea, text }: Binding, { anchor, head }: Selection): void {
  textarea.value = text.toString()
  const [from, to] = [indexOf(text, anchor) ?? 0, indexOf(text, head) ?? 0]
  textarea.setSelectionRange(Math.min(from, to), Math.max(from, to), from > to ? 'backward' : 'forward')
}

function tellSelection(binding: Binding): void {
  const { textarea, awareness } = binding
  const cursor = document.activeElement === textarea ? selectionOf(binding) : null
  if (JSON.stringify(cursor) !== JSON.stringify(awareness.getLocalState()?.cursor ?? null)) {
    awareness.setLocalStateField('cursor', cursor)
  }
}

function showCarets({ textarea, overlay, text, awareness }: Binding): void {
  overlay.textContent = `${text.toString()}\u200b` // a last empty line has a place, too
  const [content] = overlay.childNodes
  if (content === undefined) return
  const { left, top } = overlay.getBoundingClientRect()
  const carets = [...awareness.getStates()].flatMap(([client, { cursor, user }]) => {
    const index = indexOf(text, cursor?.head)
    if (client === awareness.clientID || index === null) return []
    const range = document.createRange()
    range.setStart(content, index)
    range.setEnd(content, index + 1) // a range of nothing has no place at the end of a wrapped line
    const place = range.getClientRects()[0] ?? range.getBoundingClientRect()
    const caret = document.createElement('span')
    caret.className = 'other-caret'
    caret.style.left = `${place.left - left - 1}px`
    caret.style.top = `${place.top - top - textarea.scrollTop}px`
    caret.style.background = String(user?.color)
    caret.appendChild(document.createElement('span')).textContent = String(user?.name)
    return [caret]
  })
  overlay.append(...carets)
}

function indexOf(text: Y.Text, position: unknown): number | null {
  if (!position || text.doc === null) return null
  const relative = Y.createRelativePositionFromJSON(position)
  const found = Y.createAbsolutePositionFromRelativePosition(relative, text.doc)
  return found?.type === text ? found.index : null
}
