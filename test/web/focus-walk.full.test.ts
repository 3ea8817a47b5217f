import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { composer, conversation, join, randomName, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const site = startPage()

const controls = ':is(button, a[href], input, select, textarea, summary, [contenteditable="true"])'

/** Returns the element that has the focus, as a person would find it; null: nothing has, and the next Tab begins anew. */
const focused = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const { activeElement, body } = document
    return activeElement === null || activeElement === body ? null : activeElement.outerHTML.slice(0, 80)
  })

/** Presses Enter on each control within a part of the page, and Escape after it. `open`: shows the part again. */
async function walk(page: Page, part: string, open: () => Promise<void>): Promise<number> {
  let walked = 0
  await open()
  for (let index = 0; index < (await page.locator(`${part} ${controls}`).count()); index++) {
    const control = page.locator(`${part} ${controls}`).nth(index)
    const name = await control.evaluate(element => element.outerHTML.slice(0, 120))
    const isFree = await control.evaluate(
      element => element.checkVisibility() && !element.matches(':disabled, [type="file"], [type="date"]'),
    )
    if (!isFree) continue
    walked++
    await control.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page), { message: `after Enter on ${name}` }).not.toBe(null)
    await page.keyboard.press('Escape')
    await expect.poll(() => focused(page), { message: `after Escape on ${name}` }).not.toBe(null)
    await open()
  }
  return walked
}

test('the focus never falls to the body: Enter and Escape on every control of a circle and of its panels', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  for (const text of ['one', 'two']) {
    await sendMessage(page, text)
    await waitForMessage(page, text)
  }
  const home = async (): Promise<void> => {
    if (new URL(page.url()).pathname !== `/c/${circle}`) await page.goto(`${site.server.url}/c/${circle}`)
    await page.keyboard.press('Escape') // what a control has opened
    await waitForMessage(page, 'one')
  }
  const panel = (name: string) => async (): Promise<void> => {
    await home()
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('complementary', { name }).getByRole('heading', { name }).first().waitFor()
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
  }
  expect(await walk(page, '.sidebar', home)).toBeGreaterThan(3)
  expect(await walk(page, '.channel-page > header', home)).toBeGreaterThan(4)
  expect(await walk(page, '[role="log"]', home)).toBeGreaterThan(8)
  const people = async (): Promise<void> => {
    await home()
    const list = page.getByRole('complementary', { name: 'Who is here' })
    if (!(await list.isVisible())) await page.getByRole('button', { name: /^Who is here/ }).click()
    await list.waitFor()
  }
  expect(await walk(page, '.people', people)).toBeGreaterThan(3)
  for (const name of ['Search', 'Notifications', 'Settings', 'Notes'])
    expect(await walk(page, '.panel', panel(name)), name).toBeGreaterThan(1)
  const thread = async (): Promise<void> => {
    await home()
    await conversation(page).getByRole('button', { name: 'Reply' }).first().focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Write a reply').waitFor()
  }
  expect(await walk(page, '.thread', thread)).toBeGreaterThan(1)
  await composer(page).focus()
  expect(await focused(page)).not.toBe(null)
  await context.close()
})
