import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousProblems } from './axe.ts'
import { composer, conversation, join, randomName, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const site = startPage()

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true }
const chats = (page: Page) => page.getByRole('list', { name: 'Private chats' })
const messageButton = (page: Page, name: string) => page.getByRole('button', { name: `Message ${name}` })
const heading = (page: Page) => page.getByRole('heading', { level: 1 })

/** A page on which somebody has joined a circle. */
async function openAs(name: string, circle: string, options: Parameters<typeof site.open>[1] = {}) {
  const opened = await site.open('', options)
  await join(opened.page, name, circle)
  return opened
}

test('[C5] a private chat begins beside a name, reaches the other one at once, and is in the list of both', async () => {
  const circle = randomName()
  const [ada, bob] = [await openAs('Ada', circle), await openAs('Bob', circle)]
  await messageButton(ada.page, 'Bob').click()
  await ada.page.waitForURL(/\/d\/[0-9a-f]{32}$/)
  await expect.poll(() => heading(ada.page).textContent()).toBe('Bob')
  await expect.poll(() => ada.page.title()).toBe('Bob · Circles')
  await conversation(ada.page).getByText('private chat with Bob').waitFor()
  await sendMessage(ada.page, 'only for you')
  // He has never been there: it is in his list, with what is unread.
  const link = chats(bob.page).getByRole('link', { name: /Ada/ })
  await expect.poll(() => link.textContent()).toContain('1 unread')
  expect(await seriousProblems(bob.page)).toEqual([])
  await link.click()
  await waitForMessage(bob.page, 'only for you')
  await expect.poll(() => heading(bob.page).textContent()).toBe('Ada')
  await sendMessage(bob.page, 'got it')
  await waitForMessage(ada.page, 'got it')
  for (const { page } of [ada, bob]) {
    expect(await page.getByRole('button', { name: /^(Settings|Notes)$/ }).count()).toBe(0)
    expect(await seriousProblems(page)).toEqual([])
  }
  // It is there after a reload, at its address, and the circle is as it was.
  await bob.page.reload()
  await waitForMessage(bob.page, 'only for you')
  await expect.poll(() => heading(bob.page).textContent()).toBe('Ada')
  await bob.page.getByRole('link', { name: circle }).click()
  await expect.poll(() => heading(bob.page).textContent()).toBe(circle)
  expect([...ada.problems, ...bob.problems]).toEqual([])
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('[C5] somebody else at the address of a private chat is told that there is nothing for them', async () => {
  const circle = randomName()
  const [ada, bob] = [await openAs('Amy', circle), await openAs('Ben', circle)]
  await messageButton(ada.page, 'Ben').click()
  await composer(ada.page).waitFor()
  await ada.page.waitForURL(/\/d\//)
  const eve = await site.open(new URL(ada.page.url()).pathname)
  await eve.page.getByLabel('Your name').fill('Eve')
  expect(await eve.page.getByLabel('Circle').count()).toBe(0) // the address says where to go
  await eve.page.keyboard.press('Enter')
  await eve.page.getByRole('alert').getByText('does not exist, or it is private').waitFor()
  expect(await eve.page.getByText('ask one for an invitation').count()).toBe(0)
  expect(await seriousProblems(eve.page)).toEqual([])
  await Promise.all([ada, bob, eve].map(({ context }) => context.close()))
})

test('[C5] who blocks a chat cannot write there, and the other one is told so, until it is taken back', async () => {
  const circle = randomName()
  const [ada, bob] = [await openAs('Una', circle), await openAs('Vic', circle)]
  await messageButton(ada.page, 'Vic').click()
  await ada.page.waitForURL(/\/d\//)
  await sendMessage(ada.page, 'hello')
  await chats(bob.page).getByRole('link', { name: /Una/ }).click()
  await waitForMessage(bob.page, 'hello')
  await bob.page.getByRole('button', { name: 'Block Una' }).click()
  await bob.page.getByPlaceholder('You have blocked this chat.').waitFor()
  expect(await composer(bob.page).isDisabled()).toBe(true)
  await sendMessage(ada.page, 'are you there?')
  await conversation(ada.page).getByText('You cannot write to this person.').waitFor()
  await bob.page.getByRole('button', { name: 'Unblock Una' }).click()
  await expect.poll(() => composer(bob.page).isDisabled()).toBe(false)
  await ada.page.getByRole('button', { name: 'Try again' }).click()
  await waitForMessage(bob.page, 'are you there?')
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('[C5] the private chat with an agent is at /d/pickle, and everything there is for the agent', async () => {
  const { page, context, problems } = await openAs('Ada', randomName(), phone)
  await page.goto(`${site.server.url}/a/pickle`)
  await page.getByRole('link', { name: 'Message pickle' }).click()
  await page.waitForURL(/\/d\/pickle~[0-9a-f]{32}$/)
  await expect.poll(() => heading(page).textContent()).toBe('Pickle')
  await composer(page).fill('coin')
  await page.getByRole('button', { name: 'Send' }).click()
  await conversation(page)
    .locator('.message:not([data-pending])', { hasText: /heads|tails/i })
    .first()
    .waitFor()
  expect(await seriousProblems(page)).toEqual([])
  await page.getByRole('button', { name: 'Circles' }).click()
  await chats(page)
    .getByRole('link', { name: /Pickle/ })
    .waitFor()
  expect(await seriousProblems(page)).toEqual([])
  await page.goto(`${site.server.url}/d/nobody`)
  await page.getByText('There is no such agent here.').waitFor()
  expect(problems).toEqual([])
  await context.close()
})
