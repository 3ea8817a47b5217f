import { expect, test } from 'vitest'
import { sha256 } from '../../src/lib/ids.ts'
import { ownerLinkMs, writeOwnerLink } from '../../src/protocol/owner-link.ts'
import { aToken, secret } from '../support/tokens.ts'
import { composer, conversation, openPage, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const ownerCode = 'Vd8yq0nN2mXr5Jw1bT7cGA'
const site = startPage({
  AUTH: 'token',
  AUTH_SECRET: secret,
  OWNER_LINK: writeOwnerLink({ hash: sha256(ownerCode), expires: Date.now() + ownerLinkMs }),
})

const tokenOf = (sub: string, role: string, more: Record<string, unknown> = {}): Promise<string> =>
  aToken(Date.now(), { sub, name: sub, channels: { 'circle:*': role }, ...more })

test('[A2] a token is pasted or is in the fragment of an address; no request and no address shows it', async () => {
  const token = await tokenOf('ada', 'member')
  const { page, context } = await site.open()
  const urls: string[] = []
  page.on('request', request => urls.push(request.url()))
  page.on('websocket', socket => urls.push(socket.url()))
  await page.getByLabel('Token').fill('not a token')
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByText('This is not a token').waitFor()
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Join' }).click()
  await composer(page).waitFor()
  await sendMessage(page, 'signed in')
  await waitForMessage(page, 'signed in')
  const other = await site.open(`/c/lobby#token=${await tokenOf('bob', 'member')}`)
  await waitForMessage(other.page, 'signed in')
  expect(other.page.url()).toBe(`${site.server.url}/c/lobby`)
  expect(urls.filter(url => url.includes(token))).toEqual([])
  await Promise.all([context.close(), other.context.close()])
})

test('[A6] when a token expires the page says so and keeps what is written', async () => {
  const begin = Date.now()
  const first = await site.open(`/c/ends#token=${await tokenOf('ada', 'member')}`)
  await composer(first.page).waitFor()
  await first.context.close()
  // The page must be there before the token expires: three times as long as it has just taken, on any machine.
  const exp = Math.ceil(Date.now() / 1000) + Math.ceil(((Date.now() - begin) * 3) / 1000)
  const { page, context } = await site.open(`/c/ends#token=${await tokenOf('ada', 'member', { exp })}`)
  await composer(page).waitFor()
  await page.getByText('You are signed out').waitFor()
  await sendMessage(page, 'for later')
  await conversation(page).getByText('for later').waitFor()
  await conversation(page).getByText('Not sent.').waitFor()
  await context.close()
})

test('[A5] readers and members see why they cannot write; an owner changes the circle for everyone', async () => {
  const owner = await site.open(`/c/rights#token=${await tokenOf('olga', 'owner')}`)
  const reader = await site.open(`/c/rights#token=${await tokenOf('rita', 'reader')}`)
  const member = await site.open(`/c/rights#token=${await tokenOf('mia', 'member')}`)
  await reader.page.getByPlaceholder('You can read this circle but not write in it.').waitFor()
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  await owner.page.getByRole('region', { name: 'Cost' }).getByText('the cost of a month').waitFor()
  await owner.page.getByLabel('Title').fill('Rights and wrongs')
  await owner.page.getByLabel('Status').selectOption('paused')
  await owner.page.getByLabel('Who can write').selectOption('moderators')
  await owner.page.getByRole('button', { name: 'Save' }).click()
  await owner.page.getByText('Saved.').waitFor()
  await reader.page.getByText('Rights and wrongs').first().waitFor()
  await reader.page.getByText('This circle is paused: agents reply once it is active again.').waitFor()
  await member.page.getByPlaceholder('Only moderators can write in this circle.').waitFor()
  await owner.page.getByLabel('Who can write').selectOption('members')
  await owner.page.getByRole('button', { name: 'Save' }).click()
  await sendMessage(member.page, 'while it is paused')
  await conversation(reader.page).getByText('while it is paused').waitFor()
  await Promise.all([owner, reader, member].map(({ context }) => context.close()))
})

test('[A5] an invitation lets one person into a private circle', async () => {
  const owner = await site.open(`/c/secret#token=${await tokenOf('olga', 'owner')}`)
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  await owner.page.getByLabel('Who can join').selectOption('private')
  await owner.page.getByRole('button', { name: 'Save' }).click()
  await owner.page.getByText('Saved.').waitFor()
  const token = await tokenOf('ida', 'member')
  const guest = await site.open(`/c/secret#token=${token}`)
  await guest.page.getByText('This circle does not exist, or it is private.').waitFor()
  await owner.page.getByRole('button', { name: 'Create a link for one person' }).click()
  const address = await owner.page.getByLabel('Invitation link').inputValue()
  await guest.page.goto(address) // in the tab that was refused: only the fragment of its address changes
  await guest.page.getByText('is an invitation to the circle secret').waitFor()
  await guest.page.getByRole('button', { name: 'Accept the invitation' }).click()
  await guest.page.getByRole('complementary', { name: 'Who is here' }).getByText('olga').waitFor()
  expect(guest.page.url()).toBe(`${site.server.url}/c/secret`)
  const late = await openPage(site.browser, `${address}&token=${await tokenOf('eve', 'member')}`)
  await late.page.getByRole('button', { name: 'Accept the invitation' }).click()
  await late.page.getByText('It was used already, has expired, or the circle is gone.').waitFor()
  await Promise.all([owner, guest, late].map(({ context }) => context.close()))
})

test('a link asks before it replaces who the reader is, and before it uses an invitation', async () => {
  const { page, context } = await site.open(`/c/links#token=${await tokenOf('rita', 'member')}`)
  const account = page.locator('.account .name')
  await composer(page).waitFor()
  const link = `${site.server.url}/c/links#token=${await tokenOf('eve', 'member')}&invitation=nothing`
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByRole('button', { name: 'Stay rita' }).click()
  await page.getByRole('button', { name: 'Not now' }).click()
  await composer(page).waitFor()
  expect(await account.textContent()).toBe('rita')
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByRole('button', { name: 'Continue as eve' }).click()
  await page.getByRole('button', { name: 'Not now' }).click()
  await composer(page).waitFor()
  expect(await account.textContent()).toBe('eve')
  await context.close()
})

test('[A9] the owner’s link signs its reader in as the owner, once, and does not stay in the address', async () => {
  const { page, context } = await site.open(`/#owner=${ownerCode}`)
  expect(page.url()).toBe(`${site.server.url}/`)
  await page.getByLabel('Your name').fill('Olga')
  await page.getByRole('button', { name: 'Sign in as the owner' }).click()
  await composer(page).waitFor()
  await sendMessage(page, 'mine')
  await waitForMessage(page, 'mine')
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByLabel('Title').waitFor()
  const late = await site.open(`/#owner=${ownerCode}`)
  await late.page.getByLabel('Your name').fill('Eve')
  await late.page.getByRole('button', { name: 'Sign in as the owner' }).click()
  await late.page.getByText('This link was used or has expired.').waitFor()
  await late.page.getByRole('button', { name: 'Not now' }).click()
  await late.page.getByLabel('Token').waitFor()
  await Promise.all([context.close(), late.context.close()])
})
