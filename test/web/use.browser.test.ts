import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { composer, conversation, heard, join, openPage, say } from './fixtures.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

const aName = (): string => `c-${randomUUID().slice(0, 8)}`

test('by keys alone: join, talk, correct the last line, reply in a thread, go elsewhere', async () => {
  const circle = aName()
  const { page, context } = await openPage(browser, server.url)
  await page.getByLabel('Your name').waitFor()
  await page.keyboard.type('Ada')
  await page.keyboard.press('Tab')
  await page.keyboard.type(circle)
  await page.keyboard.press('Enter')
  await composer(page).waitFor()
  await page.keyboard.type('one mistkae')
  await page.keyboard.press('Enter')
  await heard(page, 'one mistkae')
  await page.keyboard.press('ArrowUp')
  await page.getByLabel('Change this line').waitFor()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('none')
  await page.keyboard.press('Enter')
  await heard(page, 'none')
  await conversation(page).getByText('edited').waitFor()
  await conversation(page).getByRole('button', { name: 'Reply' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Write a reply').waitFor()
  await page.keyboard.type('in a thread')
  await page.keyboard.press('Enter')
  await conversation(page).getByText('1 reply').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary', { name: 'Who is here' }).waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('lobby')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'lobby' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/c/lobby')
  await context.close()
})

test('a mention is completed, and who is mentioned sees that somewhere else', async () => {
  const circle = aName()
  const ada = await openPage(browser, server.url)
  const bob = await openPage(browser, server.url)
  await join(bob.page, 'Bob', circle)
  await bob.page.goto(`${server.url}/c/lobby`)
  await join(ada.page, 'Ada', circle)
  await composer(ada.page).fill('Look, @Bo')
  await ada.page.getByRole('option', { name: '@Bob' }).waitFor()
  await ada.page.keyboard.press('Tab')
  expect(await composer(ada.page).inputValue()).toBe('Look, @Bob ')
  await ada.page.keyboard.press('Enter')
  await heard(ada.page, 'Look')
  await bob.page.getByRole('link', { name: `${circle} 1 unread, 1 for you` }).waitFor()
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('who comes back finds the first new line marked, and marks it as read by looking', async () => {
  const circle = aName()
  const ada = await openPage(browser, server.url)
  const bob = await openPage(browser, server.url)
  await join(bob.page, 'Bob', circle)
  await join(ada.page, 'Ada', circle)
  await say(ada.page, 'seen')
  await heard(bob.page, 'seen')
  await bob.page.goto(`${server.url}/c/lobby`)
  await composer(bob.page).waitFor()
  await say(ada.page, 'missed')
  const link = bob.page.getByRole('link', { name: `${circle} 1 unread` })
  await link.click()
  await conversation(bob.page).getByText('New', { exact: true }).waitFor()
  await ada.page.getByText('Seen by Bob').waitFor()
  await bob.page.keyboard.press('Escape')
  await conversation(bob.page).getByText('New', { exact: true }).waitFor({ state: 'detached' })
  await link.waitFor({ state: 'detached' })
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('a workspace and an agent’s activity are shown as they are told of', async () => {
  const name = aName()
  const { page, context } = await openPage(browser, server.url)
  await join(page, 'Ada', name)
  const tell = (events: unknown[]) =>
    fetch(`${server.url}/api/events?name=ada`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    })
  const clean = {
    branch: 'main',
    head: 'abcdef1234567',
    ahead: 1,
    behind: 0,
    staged: [],
    untracked: [],
    conflicted: [],
  }
  const status = { ...clean, upstream: 'origin/main', changed: ['README.md'] }
  await tell([{ id: `${name}-1`, type: 'workspace.git_status', channel: `workspace:${name}`, data: status }])
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type(`workspace:${name}`)
  await page.keyboard.press('Enter')
  await page.getByText('1 ahead and 0 behind origin/main').waitFor()
  const changed = { path: 'src/app.ts', size: 12 }
  await tell([{ id: `${name}-2`, type: 'workspace.file_changed', channel: `workspace:${name}`, data: changed }])
  await conversation(page).getByText('src/app.ts was changed').waitFor()
  await page.goto(`${server.url}/c/${name}`)
  await composer(page).waitFor()
  await say(page, '@pickle hello')
  await page.getByRole('complementary', { name: 'Who is here' }).getByRole('link', { name: 'Pickle' }).click()
  await conversation(page).getByText(`A turn in circle:${name} finished`).waitFor()
  await context.close()
})

test('on a phone: one column, drawers for the rest, and nothing wider than the screen', async () => {
  const { page, context, troubles } = await openPage(browser, server.url, { viewport: { width: 390, height: 844 } })
  await join(page, 'Ada', aName())
  await say(page, `${'long'.repeat(1_250)}`)
  await say(page, ['```js', `const wide = "${'x'.repeat(400)}"`, '```'].join('\n'))
  await heard(page, 'const wide')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await page.getByRole('button', { name: /Who is here/ }).click()
  await page.getByRole('complementary', { name: 'Who is here' }).getByText('Ada').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Circles', exact: true }).click()
  await page.getByLabel('Go to a circle, or make one').waitFor()
  expect(troubles).toEqual([])
  await context.close()
})

test('10,000 lines scroll, and only what is seen is drawn', async () => {
  const circle = aName()
  const { page, context } = await openPage(browser, server.url)
  await page.route('**/ws/**', route => route.continue())
  await page.routeWebSocket(/\/ws\/circles\//, socket => {
    const far = socket.connectToServer()
    far.onMessage(message => socket.send(grow(String(message))))
    socket.onMessage(message => far.send(message))
  })
  await join(page, 'Ada', circle)
  await heard(page, 'line 9999')
  expect(await conversation(page).locator('.line').count()).toBeLessThan(100)
  // The list first measures what it shows; who scrolls meanwhile scrolls again.
  await page.waitForFunction(() => {
    const log = document.querySelector('[role=log]')
    log?.scrollTo({ top: log.scrollHeight / 2 })
    return /line 5\d\d\d/.test(log?.textContent ?? '')
  })
  expect(await conversation(page).locator('.line').count()).toBeLessThan(100)
  await context.close()
})

/** Puts 9,999 lines into the log of an empty circle, as a server of an old one would tell them. */
function grow(text: string): string {
  const frame = JSON.parse(text)
  if (frame.type !== 'welcome') return text
  const count = 9_999
  const author = { user_id: 'guest:bob', user_name: 'Bob', client_id: null, hop: 0 }
  const events = Array.from({ length: count }, (_, at) => ({
    type: 'message',
    data: { ...author, content: `line ${at + 1}` },
    seq: at + 1,
    id: `seq:${at + 1}`,
    timestamp: frame.timestamp,
    channel: frame.channel,
  }))
  return JSON.stringify([frame, { type: 'history', data: { events, more: false } }])
}
