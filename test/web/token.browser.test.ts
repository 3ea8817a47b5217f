import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { aToken, secret } from '../support/tokens.ts'
import { composer, conversation, heard, openPage, say } from './fixtures.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer({ AUTH: 'token', AUTH_SECRET: secret }), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

const tokenOf = (sub: string, role: string, more: Record<string, unknown> = {}): Promise<string> =>
  aToken(Date.now(), { sub, name: sub, channels: { 'circle:*': role }, ...more })

test('[A2] a token is pasted, or comes behind the # of an address; no request and no address shows it', async () => {
  const token = await tokenOf('ada', 'member')
  const { page, context } = await openPage(browser, server.url)
  const urls: string[] = []
  page.on('request', request => urls.push(request.url()))
  page.on('websocket', socket => urls.push(socket.url()))
  await page.getByLabel('Token').fill('no token')
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByText('This is no token').waitFor()
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Join' }).click()
  await composer(page).waitFor()
  await say(page, 'signed in')
  await heard(page, 'signed in')
  const other = await openPage(browser, `${server.url}/c/lobby#token=${await tokenOf('bob', 'member')}`)
  await heard(other.page, 'signed in')
  expect(other.page.url()).toBe(`${server.url}/c/lobby`)
  expect(urls.filter(url => url.includes(token))).toEqual([])
  await Promise.all([context.close(), other.context.close()])
})

test('[A6] a token that ends says so, and what was written stays', async () => {
  const exp = Math.floor(Date.now() / 1000) + 5
  const { page, context } = await openPage(
    browser,
    `${server.url}/c/ends#token=${await tokenOf('ada', 'member', { exp })}`,
  )
  await composer(page).waitFor()
  await page.getByText('You are signed out').waitFor()
  await say(page, 'for later')
  await conversation(page).getByText('not sent yet').waitFor()
  await context.close()
})

test('[A5] a reader may read and is told that this is all; an owner changes the circle for everybody', async () => {
  const owner = await openPage(browser, `${server.url}/c/rights#token=${await tokenOf('olga', 'owner')}`)
  const reader = await openPage(browser, `${server.url}/c/rights#token=${await tokenOf('rita', 'reader')}`)
  await reader.page.getByPlaceholder('You may read here, and not write.').waitFor()
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  await owner.page.getByRole('region', { name: 'Cost' }).getByText('a month costs').waitFor()
  await owner.page.getByLabel('Title').fill('Rights and wrongs')
  await owner.page.getByLabel('State').selectOption('paused')
  await owner.page.getByRole('button', { name: 'Save' }).click()
  await owner.page.getByText('Saved.').waitFor()
  await reader.page.getByText('Rights and wrongs').first().waitFor()
  await reader.page.getByText('This circle is paused').waitFor()
  await Promise.all([owner.context.close(), reader.context.close()])
})

test('[A5] an invitation brings one into a private circle', async () => {
  const owner = await openPage(browser, `${server.url}/c/secret#token=${await tokenOf('olga', 'owner')}`)
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  await owner.page.getByLabel('Who may come').selectOption('private')
  await owner.page.getByRole('button', { name: 'Save' }).click()
  await owner.page.getByText('Saved.').waitFor()
  const token = await tokenOf('ida', 'member')
  const guest = await openPage(browser, `${server.url}/c/secret#token=${token}`)
  await guest.page.getByText('You may not be in this circle.').waitFor()
  await owner.page.getByRole('button', { name: 'Make an address for one person' }).click()
  const address = await owner.page.getByLabel('Address for one person').inputValue()
  await guest.context.close()
  const again = await openPage(browser, `${address}&token=${token}`)
  await again.page.getByRole('complementary', { name: 'Who is here' }).getByText('olga').waitFor()
  expect(again.page.url()).toBe(`${server.url}/c/secret`)
  await Promise.all([owner.context.close(), again.context.close()])
})
