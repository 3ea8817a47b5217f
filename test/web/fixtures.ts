import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'

/** A page of the site, and its problems: errors, violations of its content policy, requests to other hosts. */
export type SitePage = { page: Page; context: BrowserContext; problems: string[] }

/** A running server, a browser, and a function that opens a path of the server in a new browser profile. */
export type Site = {
  readonly server: Server
  readonly browser: Browser
  open(path?: string, options?: Options): Promise<SitePage>
}

type Settings = Record<string, string>
type Options = {
  viewport?: { width: number; height: number }
  colorScheme?: 'light' | 'dark'
  hasTouch?: boolean
  locale?: string
  serviceWorkers?: 'allow' | 'block'
}

/** Starts a server and a browser before the first test of a file and stops them after the last one. */
export function startPage(
  settings: Settings | (() => Promise<Settings>) = {},
  workers: Parameters<typeof startServer>[1] = {},
): Site {
  let started: [Server, Browser] | null = null
  const running = (): [Server, Browser] => {
    if (started === null) throw new Error('the server and the browser are there for tests and hooks only')
    return started
  }
  beforeAll(async () => {
    const vars = typeof settings === 'function' ? await settings() : settings
    started = await Promise.all([startServer(vars, workers), startBrowser()])
  })
  afterAll(async () => {
    if (started === null) return // it failed to start
    const [server, browser] = started
    await browser.close()
    await server[Symbol.asyncDispose]()
  })
  return {
    get server() {
      return running()[0]
    },
    get browser() {
      return running()[1]
    },
    open(path = '', options = {}) {
      const [server, browser] = running()
      return openPage(browser, server.url + path, options)
    },
  }
}

/** Opens an address in a new browser profile. */
export async function openPage(browser: Browser, url: string, options: Options = {}): Promise<SitePage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    serviceWorkers: 'block', // it would answer what a test wants to fail
    ...options,
  })
  context.setDefaultTimeout(110_000) // only what hangs: a machine that is busy with other tests is slow
  const { page, problems } = await openTab(context, url)
  return { page, context, problems }
}

/** Opens an address in another tab of a profile. */
export async function openTab(context: BrowserContext, url: string): Promise<{ page: Page; problems: string[] }> {
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(`error: ${error.message}`))
  page.on('console', message => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text())
  })
  page.on('request', request => {
    if (!/^(127\.0\.0\.1|localhost)$/.test(new URL(request.url()).hostname))
      problems.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  return { page, problems }
}

/** Returns a name that no other test uses. */
export const randomName = (): string => `c-${randomUUID().slice(0, 8)}`

/** Fills in the join form and waits for the composer. */
export async function join(page: Page, name: string, circle = 'lobby'): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Circle').fill(circle)
  await page.keyboard.press('Enter')
  await composer(page).waitFor()
}

/** The text field of the composer below the conversation. */
export const composer = (page: Page): Locator => page.getByLabel('Write a message')

/** The list of messages and events. */
export const conversation = (page: Page): Locator => page.getByRole('log')

/** Sends a message with the composer. */
export async function sendMessage(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** The frames of a native socket's message: one, or a batch of those that came at the same time. */
// biome-ignore lint/suspicious/noExplicitAny: what the server sends, for tests to read
export const framesIn = (message: string | Buffer): any[] => [JSON.parse(String(message))].flat()

/** Fires the event of a network that is back, at which the page reconnects at once. */
export const fireOnline = (page: Page): Promise<boolean> => page.evaluate(() => dispatchEvent(new Event('online')))

/** Returns the texts of the messages that are shown. */
export const messageTexts = (page: Page): Promise<string[]> => conversation(page).locator('.text').allTextContents()

/** Waits until the conversation shows a message with this text that is stored in the log. */
export async function waitForMessage(page: Page, text: string): Promise<void> {
  await conversation(page).locator('.message:not([data-pending])', { hasText: text }).first().waitFor()
}
