import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fireOnline, join, messageTexts, openPage, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const site = startPage()

test('two people chat and see each other, and an agent answers when it is mentioned', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada')
  const bob = await site.open()
  await join(bob.page, 'Bob')
  await sendMessage(ada.page, 'Hello, Bob')
  await waitForMessage(bob.page, 'Hello, Bob')
  await sendMessage(bob.page, 'Hello, Ada. @pickle are you there?')
  await waitForMessage(ada.page, 'Hello, Ada')
  await ada.page.getByRole('complementary', { name: 'Who is here' }).getByText('Bob').waitFor()
  await bob.page
    .locator('.message', { has: bob.page.getByText('agent', { exact: true }) })
    .first()
    .waitFor()
  expect((await messageTexts(ada.page)).slice(0, 1)).toEqual(['Hello, Bob'])
  expect([...ada.problems, ...bob.problems]).toEqual([])
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('the first load is less than 150 KB of script, gzipped, with what draws Markdown', async () => {
  const { page, context } = await openPage(site.browser, 'about:blank')
  const scripts: Promise<Buffer>[] = []
  page.on('response', response => {
    if (response.request().resourceType() === 'script') scripts.push(response.body())
  })
  await page.goto(site.server.url)
  await join(page, 'Ada', 'size')
  await sendMessage(page, 'plain words')
  await waitForMessage(page, 'plain words')
  const sizes = (await Promise.all(scripts)).map(body => gzipSync(body).length)
  expect(sizes.length).toBeGreaterThan(1)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000)
  await context.close()
})

test('a page reconnects after the server was killed and sends what was written meanwhile', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'restart')
  await sendMessage(ada.page, 'before')
  await waitForMessage(ada.page, 'before')
  await site.server.kill9()
  await ada.page.getByText('Offline since').waitFor()
  await sendMessage(ada.page, 'meanwhile')
  await site.server.start()
  await fireOnline(ada.page)
  await waitForMessage(ada.page, 'meanwhile')
  expect(await messageTexts(ada.page)).toEqual(['before', 'meanwhile'])
  await ada.context.close()
})
