import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousProblems } from '../web/axe.ts'
import { type ExampleSite, serveExample } from './example-site.ts'

// examples/ui in two browsers: a page of a stranger, made of the components of our own.

const folder = join(import.meta.dirname, '../../examples/ui')
let site: ExampleSite

beforeAll(async () => {
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'warn' })
  site = await serveExample(folder)
})
afterAll(() => site[Symbol.asyncDispose]())

type Tab = { page: Page; problems: string[] }

async function open(name: string, circle: string): Promise<Tab> {
  const context = await site.browser.newContext({ viewport: { width: 1300, height: 800 } })
  context.setDefaultTimeout(110_000) // only what hangs
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  await page.goto(`${site.server.url}/?circle=${circle}&name=${name}`)
  await field(page).waitFor()
  await page.getByRole('complementary', { name: 'Who is here' }).getByText(name).waitFor()
  return { page, problems }
}

const field = (page: Page): Locator => page.getByLabel('Write a message')
const log = (page: Page): Locator => page.getByRole('log')
const now = (page: Page): Locator => page.getByRole('complementary', { name: 'What agents do' })

async function send(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

test('two people talk on a page of components, with a thread and a theme, and nothing is inaccessible', async () => {
  const [ada, bob] = await Promise.all([open('Ada', 'talk'), open('Bob', 'talk')])
  await send(ada.page, 'Hello, **Bob**')
  await log(bob.page).locator('strong', { hasText: 'Bob' }).waitFor()
  const hello = log(bob.page).locator('.message', { hasText: 'Hello' })
  await hello.hover()
  await hello.getByRole('button', { name: 'Reply' }).click()
  const thread = bob.page.getByRole('complementary', { name: 'Thread' })
  await thread.getByLabel('Write a reply').fill('And hello to you')
  await thread.getByLabel('Write a reply').press('Enter')
  await log(ada.page).getByRole('button', { name: '1 reply' }).click()
  await ada.page.getByRole('complementary', { name: 'Thread' }).getByText('And hello to you').waitFor()

  const accent = await ada.page.evaluate<string>(`
    getComputedStyle(document.querySelector('main .send')).getPropertyValue('--accent') +
      getComputedStyle(document.querySelector('main .send')).borderRadius
  `)
  expect(accent).toBe('#6d28a814px')
  for (const { page } of [ada, bob]) expect(await seriousProblems(page)).toEqual([])
  await ada.page.keyboard.press('Escape')
  await ada.page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'detached' })
  expect([...ada.problems, ...bob.problems]).toEqual([])
})

test('a turn card grows while an agent writes, in both browsers, and whoever asked stops it', async () => {
  const [ada, bob] = await Promise.all([open('Ada', 'turns'), open('Bob', 'turns')])
  await send(ada.page, '@bee count to 100000')
  for (const { page } of [ada, bob]) await now(page).locator('.message', { hasText: '1 2 3' }).waitFor()
  const text = () => now(bob.page).locator('.message .text').textContent()
  const before = (await text())?.length ?? 0
  await expect.poll(async () => (await text())?.length ?? 0).toBeGreaterThan(before)
  for (const { page } of [ada, bob]) expect(await seriousProblems(page)).toEqual([])
  expect(await now(bob.page).getByRole('button', { name: 'Stop Bee' }).isDisabled()).toBe(true)
  await now(ada.page).getByRole('button', { name: 'Stop Bee' }).click()
  for (const { page } of [ada, bob]) {
    await log(page).getByText('stopped').waitFor()
    await now(page).locator('.streaming-turn').waitFor({ state: 'detached' })
  }
  expect([...ada.problems, ...bob.problems]).toEqual([])
})

test('an approval card is approved by the other person, and the agent goes on', async () => {
  const [ada, bob] = await Promise.all([open('Ada', 'news'), open('Bob', 'news')])
  await send(ada.page, '@bee publish the news')
  const card = now(bob.page).getByRole('article', { name: '@bee asks for approval' })
  await card.getByText('Publish “the news”?').waitFor()
  for (const { page } of [ada, bob]) expect(await seriousProblems(page)).toEqual([])
  await card.getByRole('button', { name: 'Approve' }).click()
  for (const { page } of [ada, bob]) {
    await log(page).locator('.text', { hasText: 'the news is published' }).waitFor()
    await log(page).getByText('Approved by Bob.').waitFor()
    await now(page).getByRole('article', { name: '@bee asks for approval' }).waitFor({ state: 'detached' })
  }
  expect([...ada.problems, ...bob.problems]).toEqual([])
})

test('on a phone the list has the width of the screen, and a thread covers it', async () => {
  const { page } = await open('Ada', 'phone')
  await page.setViewportSize({ width: 390, height: 844 })
  await send(page, 'A line that is long enough for the width of a phone')
  const widthOf = async (target: Locator): Promise<number | undefined> => (await target.boundingBox())?.width
  await expect.poll(() => widthOf(log(page))).toBe(390)
  await log(page).locator('.message').hover()
  await log(page).getByRole('button', { name: 'Reply' }).click()
  await expect.poll(() => widthOf(page.getByRole('complementary', { name: 'Thread' }))).toBe(390)
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390)
})
