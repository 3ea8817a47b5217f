import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { localConfigText, writeConfig } from '../../scripts/local-config.mjs'
import { composer, conversation, join, randomName, type SitePage, sendMessage, startPage } from './fixtures.ts'
import { png } from './sheet/png.ts'

// What people meet who have never used the page: a private circle, its invitations, and its end.

const site = startPage({}, { configs: [writeConfig('wrangler.local.toml', localConfigText())] })

const firstSteps = (page: Page) => conversation(page).locator('.beginning')
const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

/** A private circle that its first reader owns. */
async function privateCircle(): Promise<SitePage & { circle: string }> {
  const circle = randomName()
  const owner = await site.open()
  await join(owner.page, 'Ada', circle)
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  await owner.page.getByLabel('Who can join').selectOption('private')
  await owner.page.getByRole('button', { name: 'Save' }).click()
  await owner.page.getByText('Saved.').waitFor()
  return { ...owner, circle }
}

/** Opens an invitation as somebody new: entering a name accepts it. */
async function accept(invitation: string, name: string): Promise<SitePage> {
  const opened = await site.open(new URL(invitation).pathname + new URL(invitation).hash)
  await opened.page.getByLabel('Your name').fill(name)
  await opened.page.getByRole('button', { name: 'Join' }).click()
  await composer(opened.page).waitFor()
  return opened
}

test('an owner invites with one click, a member is not told to, and both see an image of the private circle', async () => {
  const { page: ada, context } = await privateCircle()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await ada.getByRole('button', { name: 'Create a link for one person' }).click()
  await ada.getByText('The invitation was copied. It lets one person in.').waitFor()
  const first = await ada.getByLabel('Invitation link').inputValue()
  expect(await copied(ada)).toBe(first)
  await ada.getByRole('button', { name: 'Close settings' }).click()
  await ada.getByRole('button', { name: 'Invite people' }).click()
  await firstSteps(ada).getByText('The invitation was copied. It lets one person in.').waitFor()
  const second = await copied(ada)
  expect([second.split('=')[0], second === first]).toEqual([first.split('=')[0], false])
  await context.clearPermissions()
  await ada.getByRole('button', { name: 'Invite people' }).click()
  await firstSteps(ada)
    .getByText(/^Send this link to one person.*#invitation=/)
    .waitFor()

  const { page: bob, context: other } = await accept(second, 'Bob')
  await firstSteps(bob).getByText('Only members can join.').waitFor()
  expect(await firstSteps(bob).textContent()).not.toMatch(/invite/i)
  await ada.getByLabel('Add files').setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer: png(72, 40) })
  await ada.getByRole('button', { name: 'Remove cat.png' }).waitFor()
  await ada.getByRole('button', { name: 'Send', exact: true }).click()
  for (const page of [ada, bob]) {
    const image = conversation(page).getByRole('img', { name: 'cat.png' })
    await image.waitFor()
    await expect.poll(() => image.evaluate(element => (element as HTMLImageElement).naturalWidth)).toBe(72)
  }
  await Promise.all([context.close(), other.close()])
})

test('a circle that was deleted is left, not made anew: it goes from the list, and nothing connects to it again', async () => {
  const { page: ada, context, circle } = await privateCircle()
  await ada.getByRole('button', { name: 'Create a link for one person' }).click()
  const { page: bob, context: other } = await accept(await ada.getByLabel('Invitation link').inputValue(), 'Bob')
  const list = bob.getByRole('list', { name: 'Your circles' })
  await list.getByText(circle).waitFor()
  await firstSteps(bob).getByText('Only members can join.').waitFor() // connected: joining later would make it anew
  await ada.getByLabel(`To delete this circle for everyone, type ${circle}`).fill(circle)
  await ada.getByRole('button', { name: 'Delete', exact: true }).click()
  const banner = bob.getByRole('status').filter({ hasText: 'This circle was deleted.' })
  await banner.getByRole('link', { name: 'Go to the lobby' }).waitFor()
  expect(await banner.getByRole('button').count()).toBe(0)
  await expect.poll(() => list.getByText(circle).count()).toBe(0)
  await banner.getByRole('link', { name: 'Go to the lobby' }).click()
  await bob.getByRole('heading', { name: 'lobby', level: 1 }).waitFor()
  expect((await fetch(`${site.server.url}/api/circles/${circle}?name=Bob`)).status).toBe(404)
  await Promise.all([context.close(), other.close()])
})

test('whoever is refused at the door is not told that they are offline', async () => {
  const { context, circle } = await privateCircle()
  const { page: eve, context: other } = await site.open()
  await join(eve, 'Eve', randomName())
  await eve.addInitScript(() => {
    Math.random = () => 0.99 // the longest wait before the client asks why
    const seen = new Set<string>()
    Object.assign(globalThis, { seen })
    new MutationObserver(() => {
      for (const banner of document.querySelectorAll('.connection-banner')) seen.add(banner.textContent ?? '')
    }).observe(document, { childList: true, subtree: true, characterData: true })
  })
  await eve.goto(`${site.server.url}/c/${circle}`)
  await eve.getByText('This circle does not exist, or it is private.').waitFor()
  const seen = await eve.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen])
  expect(seen.filter(text => !text.startsWith('Connecting …'))).toEqual([])
  await Promise.all([context.close(), other.close()])
})

test('on a phone the list of who is here has a button that closes it', async () => {
  const { page, context } = await site.open('', { viewport: { width: 390, height: 844 }, hasTouch: true })
  await join(page, 'Ada', randomName())
  const people = page.getByRole('complementary', { name: 'Who is here' })
  await page.getByRole('button', { name: /Who is here/ }).tap()
  await people.getByText('Ada').waitFor()
  await people.getByRole('button', { name: 'Close' }).tap()
  await people.waitFor({ state: 'hidden' })
  await context.close()
})

test('on a phone the name of a circle has room: what few press is in a menu, which closes behind a panel', async () => {
  const { page, context } = await site.open('', { viewport: { width: 390, height: 844 }, hasTouch: true })
  await join(page, 'Ada', `launch-party-${randomName()}`.slice(0, 17))
  const title = page.getByRole('heading', { level: 1 })
  expect(await title.evaluate(element => element.scrollWidth <= element.clientWidth)).toBe(true)
  for (const name of ['Notes', 'Notifications', 'Settings']) {
    const button = page.getByRole('button', { name, exact: true })
    expect(await button.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'More', exact: true }).tap()
    await button.tap()
    await page.getByRole('complementary', { name }).waitFor()
    expect(await button.isVisible()).toBe(false)
    await page
      .getByRole('complementary', { name })
      .getByRole('button', { name: /^Close/ })
      .tap()
  }
  await context.close()
})

test('on a phone a circle is created with what can be tapped, whatever name was thought of', async () => {
  const { page, context } = await site.open('', { viewport: { width: 390, height: 844 }, hasTouch: true })
  await join(page, 'Ada', randomName())
  const name = `party-${randomName()}`
  await page.getByRole('button', { name: 'Circles', exact: true }).tap()
  const field = page.getByLabel('Go to a circle or create one')
  await field.fill(name.replace('-', ' '))
  await page.getByRole('button', { name: `Use “${name}”` }).tap()
  expect(await field.inputValue()).toBe(name)
  expect(await field.evaluate(element => element === document.activeElement)).toBe(true)
  await page.getByRole('button', { name, exact: true }).tap()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await firstSteps(page).waitFor()
  await context.close()
})

test('a profile has the local time of whoever is in a private circle, and of nobody where all can join', async () => {
  const { page: ada, context } = await privateCircle()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await ada.getByRole('button', { name: 'Create a link for one person' }).click()
  await ada.getByText('The invitation was copied. It lets one person in.').waitFor()
  const { page: bob, context: other } = await accept(await copied(ada), 'Bob')
  await sendMessage(bob, 'Where are you?')
  const profile = async (): Promise<string | null> => {
    await conversation(ada).getByRole('button', { name: 'Bob' }).first().click()
    const dialog = ada.getByRole('dialog', { name: 'Bob' })
    const text = await dialog.textContent()
    await ada.keyboard.press('Escape')
    return text
  }
  await expect.poll(profile).toMatch(/Local time: \d+:\d\d/)
  await ada.getByLabel('Who can join').selectOption('public')
  await ada.getByRole('button', { name: 'Save' }).click()
  await conversation(ada).getByText('The circle is public now').waitFor()
  await expect.poll(profile).not.toContain('Local time')
  await Promise.all([context.close(), other.close()])
})

test('an agent’s page says that it answered in a private circle, and leads to none', async () => {
  const { page, context } = await privateCircle()
  await sendMessage(page, '@pickle dice')
  await conversation(page).getByText('(1d6)').waitFor()
  await page.goto(`${site.server.url}/a/pickle`)
  const turn = conversation(page).getByText('A turn in a private circle finished')
  await turn.waitFor()
  expect(await turn.getByRole('link').count()).toBe(0)
  await context.close()
})
