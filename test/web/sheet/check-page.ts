import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { allProblems } from '../axe.ts'

const media = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'light', forcedColors: 'active' },
] as const

/** Returns what axe finds on a page: light and, unless only that is asked, dark and with the colours of the system. */
export async function problemsInEachScheme(page: Page, { onlyLight = false } = {}): Promise<string[]> {
  const found: string[] = []
  for (const each of onlyLight ? media.slice(0, 1) : media) {
    await page.emulateMedia({ ...each, reducedMotion: 'reduce' })
    const name = each.forcedColors === 'active' ? 'forced colours' : each.colorScheme
    for (const { text } of await allProblems(page)) found.push(`${name}: ${text}`)
  }
  return found
}

/** Returns what is wider than the window: the page, and elements that reach beyond it and cannot be scrolled to. */
export const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const wide = scrollWidth > clientWidth ? [`the page: ${scrollWidth} of ${clientWidth} px`] : []
    for (const element of document.querySelectorAll('button, a, input, textarea, select, h1, h2, p')) {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      if (element.closest('.visually-hidden, .skip-link, .code, .table, .folded') !== null) continue
      const { left, right, width } = element.getBoundingClientRect()
      if (width > 0 && (left < -1 || right > innerWidth + 1))
        wide.push(`${element.outerHTML.slice(0, 120)}: ${Math.round(left)} to ${Math.round(right)}`)
    }
    return wide
  })

/** Returns the controls that a finger does not hit within 44 × 44 px, unless they are links within a text. */
export const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const floating = '[role="dialog"], .catch-up, .jump-to-end' // covers a part of what is below
    const controls = [...document.querySelectorAll<HTMLElement>('button, input, select, textarea, summary, a')]
    const isInText = (element: HTMLElement) => element.matches('p a, .text *, .event *, button.link')
    return controls.flatMap(control => {
      if (isInText(control) || control.closest('.visually-hidden, .skip-link, .code-block') !== null) return []
      if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return []
      const target = control.closest('label') ?? control
      const seen = control.matches('.author') ? (control.querySelector('.avatar') ?? control) : target
      const { left, top, width, height } = seen.getBoundingClientRect()
      if (width === 0 || height === 0) return []
      const [x, y] = [left + width / 2, top + height / 2]
      const isHit = (atX: number, atY: number): boolean => {
        const hit = document.elementFromPoint(atX, atY)
        const isCovered = hit?.closest(floating) !== control.closest(floating)
        return hit === null || isCovered || target.contains(hit) || hit.contains(target)
      }
      const isIn = x > 0 && y > 0 && x < innerWidth && y < innerHeight && isHit(x, y)
      if (!isIn) return []
      const isWide = width >= 44 || (isHit(x - 21, y) && isHit(x + 21, y))
      const isHigh = height >= 43.5 || (isHit(x, y - 21) && isHit(x, y + 21))
      return isWide && isHigh
        ? []
        : [`${control.outerHTML.slice(0, 140)}: ${Math.round(width)} × ${Math.round(height)}`]
    })
  })

/**
 * Closes what is open above or beside the conversation with its button, and then presses the field for messages. Playwright
 * presses only what can be scrolled into the window and is not covered.
 */
export async function expectToReach(page: Page): Promise<void> {
  for (const part of ['dialog[open] form', '.panel > header']) {
    const close = page.locator(`${part} button`)
    if (!(await close.isVisible())) continue
    await close.click({ timeout: 5_000 })
    await expect.poll(() => close.isVisible()).toBe(false)
  }
  await page.keyboard.press('Escape') // a popover or a list
  const field = page.locator('.channel-page > .composer textarea:enabled')
  if (await field.isVisible()) await field.click({ timeout: 5_000 })
}
