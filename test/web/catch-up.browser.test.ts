import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { composer, conversation, join, randomName, sendMessage, startPage, waitForMessage } from './fixtures.ts'

// Coming back, scrolling and finding: where layout, focus and scrolling decide.

const site = startPage()

const fromEnd = (page: Page): Promise<number> =>
  conversation(page).evaluate(log => log.scrollHeight - log.clientHeight - log.scrollTop)
const scrollTo = (page: Page, top: number): Promise<void> =>
  conversation(page).evaluate((log, top) => log.scrollTo({ top }), top)

/** Stores messages, in the name of a guest. */
async function post(circle: string, contents: readonly string[], more: object = {}, name = 'Ada'): Promise<number[]> {
  const seqs: number[] = []
  for (const content of contents) {
    const response = await fetch(`${site.server.url}/api/circles/${circle}/messages?name=${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content, ...more }),
    })
    expect(response.ok).toBe(true)
    seqs.push((await response.json()).seq)
  }
  return seqs
}

const numbered = (count: number, word = 'message'): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}`)

test('a reader who has scrolled up is told of each new message below, and writing leads to the end', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Bob', circle)
  await post(circle, numbered(40))
  await waitForMessage(page, 'message 40')
  await scrollTo(page, (await conversation(page).evaluate(log => log.scrollTop)) - 100)
  await expect.poll(() => fromEnd(page)).toBeGreaterThan(50)
  await post(circle, ['one more'])
  await page.getByRole('button', { name: '1 new message' }).waitFor()
  // ↑ in the empty field opens the editor where the message is.
  await sendMessage(page, 'mine')
  await waitForMessage(page, 'mine')
  await expect.poll(() => fromEnd(page)).toBeLessThan(2)
  await scrollTo(page, 0)
  await composer(page).press('ArrowUp')
  await page.getByLabel('Edit this message').waitFor()
  await expect.poll(() => page.getByLabel('Edit this message').evaluate(isInView)).toBe(true)
  // An empty message is not saved: the page asks.
  await page.getByLabel('Edit this message').fill('')
  await page.getByLabel('Edit this message').press('Enter')
  await page.getByText('Delete this message?').waitFor()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Write a message')
  await context.close()
})

const isInView = (element: Element): boolean => {
  const { top, bottom } = element.getBoundingClientRect()
  return top >= 0 && bottom <= innerHeight
}

test('whoever comes back is led to the first of what they missed, to mentions, and into threads', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Bob', circle)
  const [root = 0] = await post(circle, ['the root'])
  await waitForMessage(page, 'the root')
  await page.goto(`${site.server.url}/c/${randomName()}`)
  await composer(page).waitFor()
  await post(circle, numbered(30, 'missed'))
  await post(circle, ['look here, @Bob'], { reply_to: root })
  await post(circle, numbered(20, 'later'))
  await page.getByRole('link', { name: `${circle} 51 unread, 1 mentioning you` }).click()
  await page.getByText('51 new').waitFor()
  // To open it is not to have read it.
  await page.getByRole('link', { name: `${circle} 51 unread, 1 mentioning you` }).waitFor()
  // It outlives a reload.
  await page.reload()
  await page.getByText(/^(51|50 or more) new$|^\d+ or more new$/).waitFor()
  await page.getByRole('button', { name: 'Jump to the first' }).click()
  await expect.poll(() => conversation(page).getByText('missed 1', { exact: true }).evaluate(isInView)).toBe(true)
  await conversation(page).getByText('New', { exact: true }).waitFor()
  await page.getByRole('button', { name: '51 new messages' }).click()
  await page.getByRole('link', { name: circle, exact: true }).waitFor() // now it counts as read
  await scrollTo(page, 0)
  await conversation(page).getByRole('button', { name: '1 reply, 1 new' }).waitFor()
  await page.getByRole('button', { name: '1 mention' }).click()
  await page.getByRole('complementary', { name: 'Thread' }).locator('[data-target]', { hasText: 'look here' }).waitFor()
  await conversation(page)
    .getByRole('button', { name: /^1 reply(?!, 1 new)/ })
    .waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('or more new').waitFor({ state: 'detached' })
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Write a message')
  await context.close()
})

test('a result that is a reply opens its thread; on a phone the message is not behind the panel', async () => {
  const circle = randomName()
  const { page, context } = await site.open('', { viewport: { width: 390, height: 844 } })
  await join(page, 'Bob', circle)
  const [root = 0] = await post(circle, ['about tea'])
  await post(circle, ['a needle in the thread'], { reply_to: root })
  await post(circle, ['a needle in the open', ...numbered(30)])
  await waitForMessage(page, 'message 30')
  const search = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByLabel('Search messages').fill('needle')
    await page.getByLabel('Search messages').press('Enter')
  }
  await search()
  await page.getByRole('button', { name: 'a needle in the open' }).click()
  const found = conversation(page).locator('[data-target]', { hasText: 'in the open' })
  await found.waitFor()
  // Nothing lies over it.
  await expect
    .poll(() =>
      found.evaluate(message => {
        const { left, top, width, height } = message.getBoundingClientRect()
        return message.contains(document.elementFromPoint(left + width / 2, top + height / 2))
      }),
    )
    .toBe(true)
  await search()
  await page.getByRole('button', { name: 'a needle in the thread' }).click()
  const thread = page.getByRole('complementary', { name: 'Thread' })
  await thread.locator('[data-target]', { hasText: 'in the thread' }).waitFor()
  expect(await thread.isVisible()).toBe(true)
  await context.close()
})
