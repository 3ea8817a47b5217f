import type { Locator, Page } from 'playwright-core'

/** How a page with an editor of text is used: what holds a line of its text, and the caret of somebody else. */
export type TextEditor = { lines: string; caret: string; type: 'text' | 'prose' | 'lexical' }

/** The editors of text in examples/editors, by the name of their page. */
export const textEditors = {
  codemirror: { lines: '.cm-line', caret: '.cm-ySelectionCaret', type: 'text' },
  tiptap: { lines: '.ProseMirror > p', caret: '.collaboration-carets__caret', type: 'prose' },
  textarea: { lines: '.textarea > div', caret: '.other-caret', type: 'text' },
  monaco: { lines: '.view-line', caret: '.yRemoteSelectionHead', type: 'text' },
  lexical: { lines: '.lexical p', caret: '.lexical-caret', type: 'lexical' },
  blocknote: { lines: '.bn-inline-content', caret: '.bn-collaboration-cursor__caret', type: 'prose' },
} as const satisfies Record<string, TextEditor>

/** Where somebody writes. */
export const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Text' })

/** Goes to one end of the line in which the cursor is. */
export async function goTo(page: Page, where: 'Home' | 'End'): Promise<void> {
  await field(page).focus()
  await page.keyboard.press(where)
}

/** What is shown, without carets; what some editors put into lines to give them a height is left out. */
export async function shownText(page: Page, { lines, caret }: TextEditor): Promise<string> {
  const textarea = page.locator('.textarea > textarea')
  if ((await textarea.count()) > 0) return textarea.inputValue()
  const texts = await page.locator(lines).evaluateAll(
    (found, caret) =>
      found.map(line => {
        const copy = line.cloneNode(true) as Element
        for (const other of copy.querySelectorAll(caret)) other.remove()
        return copy.textContent
      }),
    caret,
  )
  return texts
    .map(text => text.replaceAll('\u00a0', ' ').replaceAll(/[\u200b\u2060\ufeff]/g, ''))
    .join('\n')
    .trimEnd()
}

/** How far the caret of somebody else stands from a place in the first line, in pixels; infinitely if it is in another. */
export async function distanceOfCaret(page: Page, { lines, caret }: TextEditor, index: number): Promise<number> {
  const box = await page.locator(caret).first().boundingBox()
  const place = await page.locator(lines).first().evaluate(placeIn, { caret, index })
  if (box === null || place.middle < box.y || place.middle > box.y + box.height) return Number.POSITIVE_INFINITY
  return Math.abs(box.x - place.x)
}

/** The right end of the character before `index`, or the left end of the first, and the middle of its height. Runs in the page. */
function placeIn(line: Element, { caret, index }: { caret: string; index: number }): { x: number; middle: number } {
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT, node =>
    node.parentElement?.closest(caret) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  )
  let left = index
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const places = [...(text.textContent ?? '')].flatMap((letter, at) => (letter === '\u2060' ? [] : [at]))
    const at = places[Math.max(0, left - 1)]
    if (at === undefined) {
      left -= places.length
      continue
    }
    const range = document.createRange()
    range.setStart(text, at)
    range.setEnd(text, at + 1)
    const { left: start, right, top, bottom } = range.getBoundingClientRect()
    return { x: index === 0 ? start : right, middle: (top + bottom) / 2 }
  }
  return { x: Number.NaN, middle: Number.NaN }
}
