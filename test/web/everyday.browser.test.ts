import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import {
  composer,
  conversation,
  fireOnline,
  join,
  messageTexts,
  openTab,
  randomName,
  sendMessage,
  startPage,
  waitForMessage,
} from './fixtures.ts'

// What a team does all day: circles and their owners, finding, the columns, a network that goes.

const site = startPage()

const goTo = async (page: Page, circle: string): Promise<void> => {
  await page.goto(`${site.server.url}/c/${circle}`)
  await composer(page).waitFor()
}

test('a circle that was opened by its address goes to whoever asks first, and tells who can join as it changes', async () => {
  const circle = randomName()
  const ada = await site.open()
  await join(ada.page, 'Ada')
  await goTo(ada.page, circle)
  await conversation(ada.page).getByText('Nobody owns this circle yet.').waitFor()
  const bob = await site.open()
  await join(bob.page, 'Bob')
  await sendMessage(ada.page, 'mine?')
  await goTo(bob.page, circle)
  await waitForMessage(bob.page, 'mine?')
  expect(await bob.page.getByRole('button', { name: 'Become its owner' }).count()).toBe(0)
  await conversation(ada.page).getByRole('button', { name: 'Become its owner' }).click()
  await conversation(bob.page).getByText('Ada owns this circle').waitFor()
  await conversation(bob.page).getByText('send them the address of this page').waitFor()
  // Everybody who is here learns that it is private now: nobody has to connect again.
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await ada.page.getByLabel('Who can join').selectOption('private')
  await ada.page.getByRole('button', { name: 'Save' }).click()
  await conversation(ada.page).getByText('The circle is private now').waitFor()
  await conversation(ada.page).getByText('send them a link for one person').waitFor()
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('search shows words without Markdown, pages of them, and those of one author', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Bob', circle)
  const send = async (name: string, content: string): Promise<void> => {
    const response = await fetch(`${site.server.url}/api/circles/${circle}/messages?name=${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content }),
    })
    expect(response.ok).toBe(true)
  }
  for (let n = 1; n <= 60; n++) await send(n % 2 ? 'Ada' : 'Eve', `the **needle** of day ${n}.`)
  await page.getByRole('button', { name: 'Search' }).click()
  const find = async (text: string): Promise<void> => {
    await page.getByLabel('Search messages').fill(text)
    await page.getByLabel('Search messages').press('Enter')
  }
  const results = page.locator('.search-result')
  await find('needle')
  await results.filter({ hasText: 'the needle of day 60.' }).waitFor()
  expect(await results.count()).toBe(50)
  await page.getByRole('button', { name: 'Show older results' }).click()
  await results.filter({ hasText: 'the needle of day 1.' }).waitFor()
  expect(await results.count()).toBe(60)
  await find('needle from:eve')
  await expect.poll(() => results.count()).toBe(30)
  await context.close()
})

test('the author of what is at the top is named there, once their name has scrolled away', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  for (let n = 1; n <= 15; n++) await sendMessage(page, `line ${n}\n\nand more`)
  await waitForMessage(page, 'line 15')
  await page.locator('.sticky-author', { hasText: 'Ada' }).waitFor()
  await conversation(page).evaluate(log => log.scrollTo({ top: 0 }))
  await page.locator('.sticky-author').waitFor({ state: 'detached' })
  await context.close()
})

test('the list of people can be closed and stays closed; a thread opens beside the conversation all the same', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  await sendMessage(page, 'hello')
  await waitForMessage(page, 'hello')
  const people = page.getByRole('complementary', { name: 'Who is here' })
  await people.waitFor()
  await page.getByRole('button', { name: /Who is here/ }).click()
  await people.waitFor({ state: 'detached' })
  await page.reload()
  await waitForMessage(page, 'hello')
  expect(await people.count()).toBe(0)
  await conversation(page).locator('.message').hover()
  await conversation(page).getByRole('button', { name: 'Reply' }).click()
  await page.getByRole('complementary', { name: 'Thread' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'detached' })
  expect(await people.count()).toBe(0)
  await page.getByRole('button', { name: /Who is here/ }).click()
  await people.waitFor()
  await context.close()
})

test('a reload without the server shows the page and the last lines, and what is written then is sent later', async () => {
  const circle = randomName()
  const { page, context } = await site.open('', { serviceWorkers: 'allow' })
  await join(page, 'Ada', circle)
  await sendMessage(page, 'before')
  await waitForMessage(page, 'before')
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.open('circles page')).match('/')) !== undefined))
    .toBe(true)
  await expect.poll(() => keptLines(page)).toEqual([`/kept/Ada/circle%3A${circle}`])
  await site.server.kill9()
  await page.reload()
  await composer(page).waitFor()
  await page.getByText('Offline since').waitFor()
  await waitForMessage(page, 'before')
  await sendMessage(page, 'meanwhile')
  const { page: other } = await openTab(context, `${site.server.url}/c/${circle}`)
  await composer(other).waitFor()
  await site.server.start()
  await fireOnline(page)
  await waitForMessage(page, 'meanwhile')
  expect(await messageTexts(page)).toEqual(['before', 'meanwhile'])
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out?' }).click()
  await page.getByLabel('Your name').waitFor()
  await expect.poll(() => keptLines(page)).toEqual([])
  await context.close()
})

test('the page can be installed: its manifest has no faults, and each icon the size that it names', async () => {
  const { page, context } = await site.open()
  const session = await context.newCDPSession(page)
  const { url, errors, data } = await session.send('Page.getAppManifest')
  expect([url, errors]).toEqual([`${site.server.url}/manifest.webmanifest`, []])
  const icons: { src: string; sizes: string }[] = JSON.parse(data ?? '').icons
  const sizes = await page.evaluate(
    list =>
      Promise.all(
        list.map(async src => {
          const image = new Image()
          image.src = src
          await image.decode()
          return `${image.naturalWidth}x${image.naturalHeight}`
        }),
      ),
    icons.filter(({ sizes }) => sizes !== 'any').map(({ src }) => src),
  )
  expect(sizes).toEqual(['192x192', '512x512', '512x512'])
  await join(page, 'Ada')
  await page.getByRole('button', { name: 'Dark theme' }).click()
  expect(await page.locator('meta[name="theme-color"]').first().getAttribute('content')).toBe('#1a1b1e')
  await context.close()
})

/** The addresses under which lines are kept in this browser. */
const keptLines = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const requests = await (await caches.open('circles lines')).keys()
    return requests.map(({ url }) => new URL(url).pathname)
  })
