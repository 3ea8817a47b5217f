import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import type { Server } from '../../support/server.ts'
import { expectToReach, problemsInEachScheme, tooSmall, tooWide } from './check-page.ts'
import { showState, sizes, startSheetServer } from './show-states.ts'
import { states } from './states.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSheetServer(), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

const [, desktop, , phone, narrow] = sizes
if (desktop === undefined || phone === undefined || narrow === undefined) throw new Error('expected five sizes')

/** Every eighth state; each of them takes eight times as long: SHEET=all. */
const chosen = process.env.SHEET === 'all' ? states : states.filter((_, index) => index % 8 === 0)

const at200Percent = { width: 640, height: 450 } // of 1,280 × 900 px

test.each(chosen)('axe finds nothing in the state “$name”, and at 200 % all of it can be reached', async state => {
  for (const size of [desktop, phone]) {
    const { page, context } = await showState(browser, server.url, { state, size })
    expect(await problemsInEachScheme(page, { onlyLight: size === phone }), size.name).toEqual([])
    if (size === desktop) {
      await page.setViewportSize(at200Percent)
      expect(await tooWide(page)).toEqual([])
      await expectToReach(page)
    }
    await context.close()
  }
})

test('each panel fits into a window at 200 %, and its button closes it', async () => {
  const [, conversation] = states
  if (conversation === undefined) throw new Error('expected a conversation')
  const { page, context } = await showState(browser, server.url, { state: conversation, size: desktop })
  await page.setViewportSize(at200Percent)
  await page.emulateMedia({ reducedMotion: 'reduce' }) // panels slide in from beyond the edge
  for (const name of ['Notes', 'Search', 'Notifications', 'Settings', /2 replies/]) {
    await page.getByRole('button', { name }).first().click()
    await page.locator('.panel > header button').waitFor()
    expect(await tooWide(page), String(name)).toEqual([])
    await expectToReach(page)
    await expect.poll(() => page.locator('.panel').isVisible()).toBe(false)
  }
  await context.close()
})

test.each(chosen)('the state “$name” fits into 320 px, which are 1,280 px at 400 %', async state => {
  const { page, context } = await showState(browser, server.url, { state, size: narrow })
  expect(await tooWide(page)).toEqual([])
  expect(await tooSmall(page)).toEqual([])
  await context.close()
})
