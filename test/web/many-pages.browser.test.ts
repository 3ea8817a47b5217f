import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/client/client.ts'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { composer, conversation, heard, join, lines, openPage, openTab, say } from './a-page.ts'
import { startCable } from './cable.ts'

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

test('[L3] twenty lines written offline go out once each, in order, when the network is back', async () => {
  const circle = aName()
  const cable = await startCable(server.port)
  const ada = await openPage(browser, cable.url)
  const bob = await openPage(browser, server.url)
  await join(ada.page, 'Ada', circle)
  await join(bob.page, 'Bob', circle)
  await say(ada.page, 'before')
  await heard(bob.page, 'before')
  await Promise.all([ada.context.setOffline(true), cable.cut()])
  await ada.page.getByText('Offline since').waitFor()
  const written = Array.from({ length: 20 }, (_, at) => `line ${at + 1} of 20`)
  for (const line of written) await say(ada.page, line)
  await conversation(ada.page).getByText('not sent yet').first().waitFor()
  await cable.mend()
  await ada.context.setOffline(false)
  await heard(bob.page, 'line 20 of 20')
  const kept = await connect(server.url, { name: 'reader' }).circle(circle).history({ after: 0, limit: 200 })
  expect(kept.events.map(({ data }) => 'content' in data && data.content)).toEqual(['before', ...written])
  await Promise.all([ada.context.close(), bob.context.close()])
  await cable.cut()
})

test('[L3] lines that were never sent survive a reload', async () => {
  const circle = aName()
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada', circle)
  await say(ada.page, 'before')
  await heard(ada.page, 'before')
  await server.kill9()
  await ada.page.getByText('Offline since').waitFor()
  await say(ada.page, 'kept')
  await conversation(ada.page).getByText('not sent yet').waitFor()
  await server.start()
  await ada.page.reload()
  await heard(ada.page, 'kept')
  expect(await lines(ada.page)).toEqual(['before', 'kept'])
  await ada.context.close()
})

test('two tabs share one socket, and the one that is left takes it over', async () => {
  const circle = aName()
  const first = await openPage(browser, server.url)
  await join(first.page, 'Ada', circle)
  await say(first.page, 'from the first')
  await heard(first.page, 'from the first')
  const second = await openTab(first.context, `${server.url}/c/${circle}`)
  const sockets: string[] = []
  second.page.on('websocket', socket => sockets.push(socket.url()))
  await heard(second.page, 'from the first')
  await say(second.page, 'from the second')
  await heard(first.page, 'from the second')
  expect(sockets).toEqual([])
  await first.page.close()
  await say(second.page, 'alone now')
  await heard(second.page, 'alone now')
  expect(await lines(second.page)).toEqual(['from the first', 'from the second', 'alone now'])
  expect(sockets.length).toBe(1)
  await first.context.close()
})

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
  await page.evaluate(() => {
    const log = document.querySelector('[role=log]')
    log?.scrollTo({ top: log.scrollHeight / 2 })
  })
  await conversation(page)
    .getByText(/line 5\d\d\d/)
    .first()
    .waitFor()
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

test('text is shown and never run: no script, no request to anybody, no dressing up as an agent', async () => {
  const circle = aName()
  const mallory = connect(server.url, { name: 'Pickle agent' }).circle(circle)
  for (const line of hostile) await mallory.say(line)
  const { page, context, troubles } = await openPage(browser, server.url)
  await join(page, 'Ada', circle)
  await heard(page, 'the end')
  await conversation(page).locator('.marked').first().waitFor()
  expect(await page.evaluate(() => Reflect.get(globalThis, 'broken') ?? null)).toBeNull()
  expect(await conversation(page).locator('img, script, iframe, svg:not(.icon)').count()).toBe(0)
  expect(await conversation(page).locator('a[href^="javascript"], a[href^="data"]').count()).toBe(0)
  expect(await conversation(page).locator('.kind').count()).toBe(0)
  expect(troubles).toEqual([])
  await context.close()
  mallory.close()
})

const hostile = [
  '<script>globalThis.broken = 1</script>',
  '<img src=x onerror="globalThis.broken = 1">',
  '![beacon](https://elsewhere.test/pixel.png)',
  '[press me](javascript:globalThis.broken=1) [or me](data:text/html,<script>1</script>)',
  '<svg onload="globalThis.broken = 1"><a href="https://elsewhere.test">x</a></svg>',
  '\u202egnisrever\u202c \u2066isolated\u2069',
  `z${'\u0301\u0323\u0489'.repeat(2_000)}`,
  '```html\n<script>globalThis.broken = 1</script>\n```',
  '<https://elsewhere.test/auto> https://elsewhere.test/bare',
  'the end',
]

test('axe finds nothing serious, in light and in dark, before and after joining', async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, context } = await openPage(browser, server.url, { colorScheme })
    expect(await seriousProblems(page, axe)).toEqual([])
    await join(page, 'Ada', aName())
    await say(page, '@pickle **hello**, `code` and https://example.com')
    await conversation(page).getByText('agent', { exact: true }).waitFor()
    await conversation(page).getByRole('button', { name: 'React' }).first().focus()
    expect(await seriousProblems(page, axe)).toEqual([])
    for (const panel of ['Search', 'Settings']) {
      await page.getByRole('button', { name: panel, exact: true }).click()
      expect(await seriousProblems(page, axe)).toEqual([])
    }
    await context.close()
  }
})

async function seriousProblems(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe)
  const problems = await page.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run()
    return violations.map(
      (found: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }) => ({
        impact: found.impact,
        text: `${found.id}: ${found.nodes.map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`,
      }),
    )
  })
  return problems
    .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
    .map(({ text }: { text: string }) => text)
}
