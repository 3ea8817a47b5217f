import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { seriousProblems } from './axe.ts'
import { conversation, heard, join, openPage, type SitePage, say } from './fixtures.ts'

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

const elsewhere = 'https://elsewhere.test'
const run = 'globalThis.broken = 1'
const zalgo = (bytes: number) => `z${'\u0301'.repeat(Math.floor((bytes - 1) / 2))}`

// What is shown of somebody else's words: lines, names, titles, answers, paths, reactions.
const hostile = [
  `<script>${run}</script>`,
  `<img src=x onerror="${run}">`,
  `![beacon](${elsewhere}/pixel.png) ![](${elsewhere}/pixel.png)`,
  `[press me](javascript:${run}) [or me](data:text/html,<script>1</script>) [or](vbscript:x) <javascript:${run}>`,
  `[ref] and ![ref]\n\n[ref]: javascript:${run}`,
  `<svg onload="${run}"><a href="${elsewhere}">x</a></svg>`,
  `<iframe src="${elsewhere}"></iframe><object data="${elsewhere}"></object><link rel=stylesheet href=${elsewhere}>`,
  `<style>@import "${elsewhere}/a.css"; body { background: url(${elsewhere}/b.png) }</style>`,
  '\u202egnisrever\u202c \u2066isolated\u2069',
  zalgo(32_768),
  '```html\n<script>globalThis.broken = 1</script>\n```',
  `<${elsewhere}/auto> ${elsewhere}/bare //elsewhere.test/x`,
  `| <img src=x onerror=${run}> | ![](${elsewhere}/cell.png) |\n|-|-|\n| [x](javascript:${run}) | y |`,
]

/** Nothing that was said has become a part of the page, and nobody else was asked for anything. */
async function expectInert({ page, troubles }: SitePage): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(globalThis, 'broken') ?? null)).toBeNull()
  const made = 'main, aside'
  expect(await page.locator(made).locator('img, script, iframe, object, link, style, svg:not(.icon)').count()).toBe(0)
  const links = await page.locator('a[href]').evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
  expect(links.filter(href => /^\s*(javascript|data|vbscript):/i.test(href))).toEqual([])
  expect(troubles).toEqual([])
}

async function post(path: string, body: object | string, method = 'POST'): Promise<void> {
  const isText = typeof body === 'string'
  const headers = { 'content-type': isText ? 'application/jsonl' : 'application/json' }
  const sent = isText ? body : JSON.stringify(body)
  const response = await fetch(`${server.url}/api${path}?name=mallory`, { method, headers, body: sent })
  expect([response.status, await response.text()]).toEqual([expect.toBeOneOf([200, 201, 204]), expect.any(String)])
}

test('text is shown and never run: in lines, answers, names, titles and reactions; nobody else is asked', async () => {
  const circle = aName()
  await post('/circles', { name: circle, title: hostile[0] })
  const archive = [...hostile, 'the end'].map((content, index) => ({
    type: index % 2 === 1 ? 'agent_message' : 'message',
    data:
      index % 2 === 1
        ? {
            content,
            agent_id: 'pickle',
            agent_name: hostile[1],
            turn: `t${index}`,
            in_reply_to: 1,
            session_id: 's',
            hop: 1,
          }
        : { content, user_id: 'mallory', user_name: `<b onclick=${run}>x</b>`, client_id: null, hop: 0 },
    timestamp: '2026-11-21T09:00:00.000Z',
    seq: index + 1,
    id: `seq:${index + 1}`,
    user: index % 2 === 1 ? 'agent:pickle' : 'mallory',
  }))
  await post(`/circles/${circle}/import`, archive.map(event => JSON.stringify(event)).join('\n'))
  const mallory = createClient(server.url, { name: `<img src=x onerror=${run}>` }).circle(circle)
  for (const line of hostile) await mallory.send(line)
  await mallory.react(1, '<svg onload=globalThis.broken=1>')
  await mallory.send('the very end')
  const site = await openPage(browser, server.url)
  const { page, context } = site
  await join(page, 'Ada', circle)
  await heard(page, 'the very end')
  await conversation(page).locator('.marked').first().waitFor()
  await expectInert(site)
  await page.getByRole('log').locator('.line').first().scrollIntoViewIfNeeded()
  await expectInert(site)

  // What is piled up stays with its own line: the next one can be pressed and read.
  const tall = await conversation(page)
    .locator('.text', { hasText: zalgo(3) })
    .first()
    .boundingBox()
  expect(tall?.height).toBeLessThan(60)
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.keyboard.type('script')
  await page.keyboard.press('Enter')
  await page.locator('aside').getByText('script', { exact: false }).first().waitFor()
  await expectInert(site)
  await context.close()
  mallory.disconnect()
})

test('what programs tell of files and of git is text, too', async () => {
  const workspace = aName()
  const event = (type: string, data: object) => ({ id: randomUUID(), type, workspace_id: workspace, data })
  await post('/events', [
    ...hostile
      .filter(text => text.length < 500)
      .map(path => event('workspace.file_changed', { path: path.replaceAll(/\s/g, ' ') })),
    event('workspace.git_status', {
      branch: `<img src=x onerror=${run}>`,
      ...{ ahead: 0, behind: 0, staged: [hostile[0]], changed: [hostile[1]], untracked: [hostile[2]], conflicted: [] },
    }),
  ])
  const site = await openPage(browser, server.url)
  const { page, context } = site
  await join(page, 'Ada', aName())
  await page.goto(`${server.url}/w/${workspace}`)
  await conversation(page).getByText('was changed').first().waitFor()
  await expectInert(site)
  await context.close()
})

test('a name that looks like another is shown with its id, and nobody can dress up as an agent', async () => {
  const circle = aName()
  const people = ['Eve', '\u0415v\u0435', 'Pickle agent', 'Bob'].map(name =>
    createClient(server.url, { name }).circle(circle),
  )
  for (const one of people) await one.send('hello there')
  const site = await openPage(browser, server.url)
  const { page, context } = site
  await join(page, 'Ada', circle)
  await say(page, 'the end')
  await heard(page, 'the end')
  const heads = await conversation(page)
    .locator('.line > header')
    .evaluateAll(all =>
      all.map(head => [...head.querySelectorAll('.name, .handle, .kind')].map(part => part.textContent)),
    )
  expect(heads).toEqual([
    ['Eve', 'guest:Eve'],
    ['\u0415v\u0435', 'guest:[U+0415]v[U+0435]'],
    ['Pickle agent', 'guest:Pickle agent'],
    ['Bob'],
    ['Ada'],
  ])
  expect(await page.locator('aside .handle').allTextContents()).toHaveLength(3)
  await context.close()
  for (const one of people) one.disconnect()
})

test('axe finds nothing serious, in light and in dark, before and after joining', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, context } = await openPage(browser, server.url, { colorScheme })
    expect(await seriousProblems(page)).toEqual([])
    await join(page, 'Ada', aName())
    await say(page, '@pickle **hello**, `code` and https://example.com')
    await conversation(page).getByText('agent', { exact: true }).waitFor()
    await conversation(page).getByRole('button', { name: 'React' }).first().focus()
    expect(await seriousProblems(page)).toEqual([])
    for (const panel of ['Search', 'Settings']) {
      await page.getByRole('button', { name: panel, exact: true }).click()
      expect(await seriousProblems(page)).toEqual([])
    }
    await context.close()
  }
})
