import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

/** A page of the site, and what broke on it: refusals of its content policy, errors, requests to anybody else. */
export type SitePage = { page: Page; context: BrowserContext; troubles: string[] }

type Options = { viewport?: { width: number; height: number }; colorScheme?: 'light' | 'dark' }

/** Opens an address in a browser profile of its own. */
export async function openPage(browser: Browser, url: string, options: Options = {}): Promise<SitePage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const { page, troubles } = await openTab(context, url)
  return { page, context, troubles }
}

/** Another tab of the same profile. */
export async function openTab(context: BrowserContext, url: string): Promise<{ page: Page; troubles: string[] }> {
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', error => troubles.push(`error: ${error.message}`))
  page.on('console', message => {
    if (message.text().includes('Content Security Policy')) troubles.push(message.text())
  })
  page.on('request', request => {
    if (!/^(127\.0\.0\.1|localhost)$/.test(new URL(request.url()).hostname))
      troubles.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  return { page, troubles }
}

/** Says who we are and joins. */
export async function join(page: Page, name: string, circle = 'lobby'): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Circle').fill(circle)
  await page.keyboard.press('Enter')
  await composer(page).waitFor()
}

export const composer = (page: Page): Locator => page.getByLabel('Write a line')
export const conversation = (page: Page): Locator => page.getByRole('log')

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Does what a browser does when the network is back: the page tries at once. */
export const hurry = (page: Page): Promise<boolean> => page.evaluate(() => dispatchEvent(new Event('online')))

/** The lines that are shown, as text. */
export const lines = (page: Page): Promise<string[]> => conversation(page).locator('.text').allTextContents()

/** Waits until a line with this text is in the log (not only on its way). */
export async function heard(page: Page, text: string): Promise<void> {
  await conversation(page).locator('.line:not([data-draft])', { hasText: text }).first().waitFor()
}
