import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { heard, hurry, join, lines, openPage, say } from './fixtures.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

test('two people talk, see each other, and an agent answers when it is mentioned', async () => {
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada')
  const bob = await openPage(browser, server.url)
  await join(bob.page, 'Bob')
  await say(ada.page, 'Hello, Bob')
  await heard(bob.page, 'Hello, Bob')
  await say(bob.page, 'Hello, Ada. @pickle are you there?')
  await heard(ada.page, 'Hello, Ada')
  await ada.page.getByRole('complementary', { name: 'Who is here' }).getByText('Bob').waitFor()
  await bob.page
    .locator('.line', { has: bob.page.getByText('agent', { exact: true }) })
    .first()
    .waitFor()
  expect((await lines(ada.page)).slice(0, 1)).toEqual(['Hello, Bob'])
  expect([...ada.troubles, ...bob.troubles]).toEqual([])
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('the first load is at most 150 KB of script, gzipped', async () => {
  const { page, context } = await openPage(browser, 'about:blank')
  const scripts: Promise<Buffer>[] = []
  page.on('response', response => {
    if (response.request().resourceType() === 'script') scripts.push(response.body())
  })
  await page.goto(server.url)
  await join(page, 'Ada', 'size')
  await say(page, 'plain words')
  await heard(page, 'plain words')
  const sizes = (await Promise.all(scripts)).map(body => gzipSync(body).length)
  expect(sizes.length).toBeGreaterThan(1)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150 * 1024)
  await context.close()
})

test('a page comes back after the server was killed, with what it wrote meanwhile', async () => {
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada', 'restart')
  await say(ada.page, 'before')
  await heard(ada.page, 'before')
  await server.kill9()
  await ada.page.getByText('Offline since').waitFor()
  await say(ada.page, 'meanwhile')
  await server.start()
  await hurry(ada.page)
  await heard(ada.page, 'meanwhile')
  expect(await lines(ada.page)).toEqual(['before', 'meanwhile'])
  await ada.context.close()
})
