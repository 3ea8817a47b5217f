import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { aToken, secret } from '../support/tokens.ts'
import { composer, conversation, randomName, startPage, waitForMessage } from './fixtures.ts'

const site = startPage({ AUTH: 'token', AUTH_SECRET: secret })

const tokenOf = (sub: string): Promise<string> =>
  aToken(Date.now(), { sub, name: sub, channels: { 'circle:*': 'member' } })

/** Stores a message and returns its seq. */
async function post(user: string, circle: string, body: object): Promise<number> {
  const response = await fetch(`${site.server.url}/api/circles/${circle}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(user)}` },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(201)
  return (await response.json()).seq
}

const isNamed = (page: Page, title: string | RegExp) => expect.poll(() => page.title()).toMatch(title)
const inbox = (page: Page) => page.getByRole('list', { name: 'Inbox' })

test('[I1] what is for the reader in a circle that is not on their list is in the inbox, the title and the icon', async () => {
  const [here, there] = [randomName(), randomName()]
  const { page, context, problems } = await site.open(`/c/${there}#token=${await tokenOf('ada')}`)
  await composer(page).waitFor()
  await page.goto(`${site.server.url}/c/${here}`)
  await composer(page).waitFor()
  await page.getByRole('link', { name: there }).hover()
  await page.getByRole('button', { name: `Remove ${there} from the list` }).click()
  const laptop = await site.open(`/c/${here}#token=${await tokenOf('ada')}`)
  await composer(laptop.page).waitFor()
  await isNamed(page, new RegExp(`^${here}`))
  await post('bob', there, { content: 'the first' })
  await post('bob', there, { content: 'look, @ada' })
  for (const each of [page, laptop.page]) {
    await inbox(each).getByText('mentioned you').waitFor()
    await isNamed(each, /^\(1\) /)
    expect(await each.locator('link[rel="icon"]').getAttribute('href')).toBe('/icon-unread.svg')
  }
  await inbox(page).getByRole('link').click()
  await waitForMessage(page, 'look, @ada')
  await conversation(page).locator('[data-target]', { hasText: 'look, @ada' }).waitFor()
  // It was read here, so it is on the other device, too.
  await inbox(page).waitFor({ state: 'detached' })
  await inbox(laptop.page).waitFor({ state: 'detached' })
  await isNamed(laptop.page, new RegExp(`^${here}`))
  expect([...problems, ...laptop.problems]).toEqual([])
  await Promise.all([context.close(), laptop.context.close()])
})

test('[I1] a reply in a thread leads there, and is read once the thread was', async () => {
  const circle = randomName()
  const { page, context } = await site.open(`/c/${circle}#token=${await tokenOf('eve')}`)
  await composer(page).waitFor()
  await composer(page).fill('a question')
  await composer(page).press('Enter')
  await waitForMessage(page, 'a question')
  await page.goto(`${site.server.url}/c/${randomName()}`)
  await composer(page).waitFor()
  await post('bob', circle, { content: 'an answer', reply_to: 1 })
  await inbox(page).getByText('replied in a thread').waitFor()
  await inbox(page).getByRole('link').click()
  const thread = page.getByRole('complementary', { name: 'Thread' })
  await thread.locator('[data-target]', { hasText: 'an answer' }).waitFor()
  await inbox(page).waitFor({ state: 'detached' })
  await context.close()
})

/** Makes the page ask now what is unread, as when the reader comes back to it. */
const comeBack = (page: Page) =>
  page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))

test('[I5] how much is unread is shown for circles that are not open, and not any more once they were read', async () => {
  const [here, there] = [randomName(), randomName()]
  const { page, context } = await site.open(`/c/${there}#token=${await tokenOf('olga')}`)
  await page.getByRole('button', { name: 'Who is here: 1' }).waitFor() // she has been there, before anything is said
  await page.goto(`${site.server.url}/c/${here}`)
  await composer(page).waitFor()
  await page.getByRole('link', { name: there }).hover()
  await page.getByRole('button', { name: `Remove ${there} from the list` }).click()
  await post('bob', there, { content: 'the first' })
  await post('bob', there, { content: 'the second' })
  const link = page.getByRole('list', { name: 'Other circles' }).getByRole('link', { name: there })
  await expect
    .poll(async () => {
      await comeBack(page)
      return link.textContent()
    })
    .toContain('2 unread')
  await link.click()
  await waitForMessage(page, 'the second')
  const authorization = `Bearer ${await tokenOf('olga')}`
  const unread = async () =>
    (await fetch(`${site.server.url}/api/me/unread`, { headers: { authorization } })).json().then(body => body.channels)
  await expect.poll(unread).toEqual([])
  await page.getByRole('link', { name: here }).click()
  await page.getByRole('link', { name: there }).hover()
  await page.getByRole('button', { name: `Remove ${there} from the list` }).click()
  await expect
    .poll(async () => {
      await comeBack(page)
      return page.getByRole('list', { name: 'Other circles' }).getByText('unread').count()
    })
    .toBe(0)
  await context.close()
})
