import type { Page, Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { conversation, join, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const site = startPage()
const circle = 'walk'

const controls = ':is(button, a[href], input, select, textarea, summary, [contenteditable="true"])'
const unfit = ':disabled, [type="file"], [type="date"]' // Enter on them is the browser's

declare global {
  /** What had the focus last when it fell to the body: looked at in every frame. */
  var lostFocus: string[]
}

/** Notes in each frame whether the focus has fallen to the body, from where the next Tab begins anew. */
async function watchFocus(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.lostFocus = []
    let last: Element | null = null
    const look = (): void => {
      const { activeElement, body } = document
      if (activeElement !== null && activeElement !== body) last = activeElement
      else if (last !== null) {
        globalThis.lostFocus.push(last.outerHTML.slice(0, 120))
        last = null
      }
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

/** The names of the controls within a part of the page, in their order. */
const namesIn = (page: Page, part: string): Promise<string[]> =>
  page.evaluate(
    ([selector, not]) =>
      [...document.querySelectorAll<HTMLElement>(selector)]
        .filter(element => element.checkVisibility() && !element.matches(not))
        .map(element => {
          const label = 'labels' in element ? (element.labels as NodeListOf<HTMLElement> | null)?.[0] : undefined
          return `${element.localName} ${element.ariaLabel ?? (label ?? element).textContent.trim().slice(0, 24)}`
        }),
    [`${part} ${controls}`, unfit] as const,
  )

/** Gives the focus to one of these controls. */
const focusOn = (page: Page, part: string, index: number): Promise<void> =>
  page.evaluate(
    ([selector, not, index]) =>
      [...document.querySelectorAll<HTMLElement>(selector)]
        .filter(element => element.checkVisibility() && !element.matches(not))
        [index]?.focus(),
    [`${part} ${controls}`, unfit, index] as const,
  )

/** Presses a key, waits for what it asks the server, and asserts that something has the focus and that something always had. */
async function press(page: Page, key: string, control: string): Promise<void> {
  const message = `after ${key} on ${control}`
  await page.keyboard.press(key)
  await settle(page, message)
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body), { message }).toBe(true)
  expect(await page.evaluate(() => globalThis.lostFocus), message).toEqual([])
}

const requests = new Set<Request>() // of scripts, which the server has not answered

function watchRequests(page: Page): void {
  const end = (request: Request): void => void requests.delete(request)
  page.on('request', request => void (request.resourceType() === 'fetch' && requests.add(request)))
  page.on('requestfinished', end)
  page.on('requestfailed', end)
}

/** Waits until the page waits for nothing: no request, and no part that is loaded on demand. */
async function settle(page: Page, message: string): Promise<void> {
  const reasons = async (): Promise<string[]> => {
    const before = [...requests]
    const parts = await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
      return [...document.querySelectorAll('[aria-busy="true"], .skeleton')].map(({ className }) => className)
    })
    return [...[...before, ...requests].map(request => request.url()), ...parts]
  }
  await expect.poll(reasons, { message }).toEqual([])
}

/** Presses Enter on each control within a part of the page, and Escape after it. `open`: shows the part again. */
async function walk(page: Page, part: string, open: () => Promise<void>): Promise<string[]> {
  await open()
  const names = await namesIn(page, part)
  for (const [index, name] of names.entries()) {
    await focusOn(page, part, index)
    await press(page, 'Enter', name)
    await press(page, 'Escape', name)
    await open()
    await expect.poll(() => namesIn(page, part), { message: `after ${name}` }).toHaveLength(names.length)
  }
  return names
}

test('the focus never falls to the body: Enter and Escape on every control of a circle and of its panels', async () => {
  const { page, context } = await site.open()
  await watchFocus(page)
  await page.reload() // the script that watches the focus begins with a document
  await join(page, 'Ada', circle)
  watchRequests(page)
  for (const text of ['one', 'two']) {
    await sendMessage(page, text)
    await waitForMessage(page, text)
  }
  const home = async (): Promise<void> => {
    const isElsewhere = new URL(page.url()).pathname !== `/c/${circle}`
    if (isElsewhere) await page.getByRole('navigation').getByRole('link', { name: circle, exact: true }).click()
    await page.keyboard.press('Escape') // what a control has opened
    await waitForMessage(page, 'one')
  }
  const panel = (name: string) => async (): Promise<void> => {
    await home()
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('complementary', { name }).getByRole('heading', { name }).first().waitFor()
    await settle(page, name)
  }
  const people = async (): Promise<void> => {
    await home()
    const list = page.getByRole('complementary', { name: 'Who is here' })
    if (!(await list.isVisible())) await page.getByRole('button', { name: /^Who is here/ }).click()
    await list.waitFor()
  }
  const thread = async (): Promise<void> => {
    await home()
    await conversation(page).getByRole('button', { name: 'Reply' }).first().focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Write a reply').waitFor()
  }
  const panels = ['Search', 'Notifications', 'Settings', 'Notes']

  // What is loaded when it is first shown is shown once: from then on it is there as soon as its button is pressed.
  for (const name of panels) await panel(name)()
  await page.locator('.notes [contenteditable="true"]').waitFor()
  await thread()
  await home()
  for (const [button, shown] of [
    ['Edit', page.getByLabel('Edit this message')],
    ['Ada', page.getByRole('dialog', { name: 'Ada' })],
    ['Keyboard shortcuts', page.getByRole('dialog', { name: 'Keyboard shortcuts' })],
  ] as const) {
    await page.getByRole('button', { name: button }).first().focus()
    await page.keyboard.press('Enter')
    await shown.waitFor()
    await page.keyboard.press('Escape')
    await shown.waitFor({ state: 'hidden' })
  }

  expect((await walk(page, '.sidebar', home)).length).toBeGreaterThan(3)
  expect((await walk(page, '.channel-page > header', home)).length).toBeGreaterThan(4)
  expect((await walk(page, '[role="log"]', home)).length).toBeGreaterThan(8)
  expect((await walk(page, '.people', people)).length).toBeGreaterThan(3)
  for (const name of panels) expect((await walk(page, '.panel', panel(name))).length, name).toBeGreaterThan(1)
  expect((await walk(page, '.thread', thread)).length).toBeGreaterThan(1)
  await context.close()
})
