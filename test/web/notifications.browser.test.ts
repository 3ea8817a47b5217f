import type { BrowserContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { aToken, secret } from '../support/tokens.ts'
import { seriousProblems } from './axe.ts'
import { composer, join, openTab, randomName, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const site = startPage({ AUTH: 'open', AUTH_SECRET: secret })

type Displayed = { title: string; body: string; tag: string; data: { path: string } }

/** Keeps what pages of a profile would show: a headless browser shows no notification, and lists none. */
async function watchNotifications(context: BrowserContext): Promise<void> {
  await context.grantPermissions(['notifications'])
  await context.addInitScript(() => {
    const shown: object[] = []
    class FakeNotification extends EventTarget {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      onclick: (() => void) | null = null
      constructor(title: string, options: object) {
        super()
        shown.push(Object.assign(this, { title, ...options }))
      }
      close() {}
    }
    Reflect.set(globalThis, 'Notification', FakeNotification)
    Reflect.set(globalThis, 'shown', shown)
  })
}

const shownOn = (page: Page): Promise<Displayed[]> =>
  page.evaluate(() =>
    Reflect.get(globalThis, 'shown').map(({ title, body, tag, data }: Displayed) => ({ title, body, tag, data })),
  )

const titles = async (page: Page): Promise<string[]> => (await shownOn(page)).map(({ title }) => title)

/** A page in the first tab of a profile, with another tab in front of it: nobody looks at the first. */
async function openAs(name: string, circle: string) {
  const opened = await site.open('')
  await watchNotifications(opened.context)
  await opened.page.reload()
  await join(opened.page, name, circle)
  return opened
}

/** Leaves the page alone: it has lost the focus, as when another program is in front. */
const lookAway = (page: Page) =>
  page.evaluate(() => {
    document.hasFocus = () => false
  })
const lookBack = (page: Page) =>
  page.evaluate(() => {
    document.hasFocus = () => true
  })

async function choose(page: Page, level: string): Promise<void> {
  await page.getByRole('button', { name: 'Notifications' }).click()
  await page.getByRole('radio', { name: level }).check()
  await page.getByRole('button', { name: 'Close the notifications' }).click()
}

test('[I6] what is for the reader is shown while they look elsewhere, by the level of each circle', async () => {
  const circle = randomName()
  const [ada, bob] = [await openAs('Ada', circle), await openAs('Bob', circle)]
  await lookBack(bob.page)
  await sendMessage(ada.page, '@Bob, he sees this')
  await waitForMessage(bob.page, 'he sees this')
  await lookAway(bob.page)
  await sendMessage(ada.page, 'nothing for anybody')
  await sendMessage(ada.page, 'and this, @Bob')
  await expect.poll(() => titles(bob.page)).toEqual([`Ada mentioned you · ${circle}`])
  expect(await shownOn(bob.page)).toMatchObject([
    { body: 'and this, @Bob', data: { path: expect.stringMatching(`^/c/${circle}/\\d+$`) } },
  ])
  await choose(bob.page, 'All messages')
  await sendMessage(ada.page, 'for everybody')
  await expect.poll(() => titles(bob.page)).toEqual([`Ada mentioned you · ${circle}`, `Ada · ${circle}`])
  await choose(bob.page, 'Nothing')
  await sendMessage(ada.page, 'not even @Bob')
  await waitForMessage(bob.page, 'not even')
  expect(await titles(bob.page)).toHaveLength(2)
  await bob.page.reload()
  await composer(bob.page).waitFor()
  await bob.page.getByRole('button', { name: 'Notifications' }).click()
  expect(await bob.page.getByRole('radio', { name: 'Nothing' }).isChecked()).toBe(true) // it is kept
  expect([...ada.problems, ...bob.problems]).toEqual([])
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('[I6] a private message is shown without its text, until the reader says otherwise, and a click leads there', async () => {
  const circle = randomName()
  const [ada, bob] = [await openAs('Ada', circle), await openAs('Bob', circle)]
  await ada.page.getByRole('button', { name: 'Message Bob' }).click()
  await ada.page.waitForURL(/\/d\//)
  await bob.page.getByRole('list', { name: 'Private chats' }).getByRole('link', { name: /Ada/ }).waitFor()
  await sendMessage(ada.page, 'between us')
  await expect.poll(() => shownOn(bob.page)).toMatchObject([{ title: 'Ada wrote to you', body: '' }])
  await bob.page.getByRole('button', { name: 'Notifications' }).click()
  await bob.page.getByRole('checkbox', { name: 'With the texts of private circles' }).check()
  await bob.page.getByText('Guests are notified only while the page is open').waitFor()
  expect(await seriousProblems(bob.page)).toEqual([])
  await sendMessage(ada.page, 'now with words')
  await expect.poll(async () => (await shownOn(bob.page)).at(-1)?.body).toBe('now with words')
  await bob.page.evaluate(() => Reflect.get(globalThis, 'shown').at(-1).onclick())
  await bob.page.waitForURL(/\/d\/[0-9a-f]{32}\/2$/)
  await waitForMessage(bob.page, 'now with words')
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('[I6] of those who have an inbox, what is for them is shown once, also in circles that are not open', async () => {
  const [here, there] = [randomName(), randomName()]
  const token = await aToken(Date.now(), { sub: 'olga', name: 'Olga', channels: { 'circle:*': 'member' } })
  const opened = await site.open('')
  await watchNotifications(opened.context)
  const { page } = await openTab(opened.context, `${site.server.url}/c/${there}#token=${token}`)
  await page.getByRole('button', { name: 'Who is here: 1' }).waitFor()
  await page.goto(`${site.server.url}/c/${here}`)
  await composer(page).waitFor()
  await page.getByRole('link', { name: there }).hover()
  await page.getByRole('button', { name: `Remove ${there} from the list` }).click()
  await page.getByRole('link', { name: here }).waitFor()
  const post = (circle: string, content: string) =>
    fetch(`${site.server.url}/api/circles/${circle}/messages?name=Ada`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content }),
    })
  // The inbox is loaded some time after the page.
  await expect
    .poll(async () => {
      await post(there, 'look, @Olga')
      return titles(page)
    })
    .toContain(`Ada mentioned you · ${there}`)
  const tags = (await shownOn(page)).map(({ tag }) => tag)
  expect(new Set(tags).size).toBe(tags.length)
  await lookAway(page)
  await post(here, 'and here, @Olga')
  await expect.poll(async () => (await titles(page)).filter(title => title.endsWith(here))).toHaveLength(1)
  await opened.context.close()
})

test('[I6] the reader is asked once, by a button, and can say that they want nothing', async () => {
  const { page, context } = await site.open('', { viewport: { width: 390, height: 844 }, hasTouch: true })
  await page.addInitScript(() => {
    const unasked = {
      permission: 'default',
      async requestPermission() {
        unasked.permission = 'denied'
        return 'denied'
      },
    }
    Reflect.set(globalThis, 'Notification', unasked)
  })
  await page.reload()
  await join(page, 'Eve', randomName())
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: 'Notifications' }).click()
  await page.getByRole('button', { name: 'Allow notifications here' }).click()
  await page.getByText('Notifications are blocked for this site.').waitFor()
  expect(await seriousProblems(page)).toEqual([])
  await context.close()
})
