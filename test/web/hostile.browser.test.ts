import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { seriousProblems } from './axe.ts'
import { conversation, join, randomName, type SitePage, sendMessage, startPage, waitForMessage } from './fixtures.ts'

const site = startPage()

const elsewhere = 'https://elsewhere.test'
const run = 'globalThis.broken = 1'
const zalgo = (bytes: number) => `z${'\u0301'.repeat(Math.floor((bytes - 1) / 2))}`

// Texts of other people that the page shows: messages, names, titles, replies, paths, reactions.
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

/** Expects that no text has become part of the page or run, and that no other host was contacted. */
async function expectInert({ page, problems }: SitePage): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(globalThis, 'broken') ?? null)).toBeNull()
  const content = 'main, aside'
  expect(await page.locator(content).locator('img, script, iframe, object, link, style, svg:not(.icon)').count()).toBe(
    0,
  )
  const links = await page.locator('a[href]').evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
  expect(links.filter(href => /^\s*(javascript|data|vbscript):/i.test(href))).toEqual([])
  expect(problems).toEqual([])
}

async function post(path: string, body: object | string, method = 'POST'): Promise<void> {
  const isText = typeof body === 'string'
  const headers = { 'content-type': isText ? 'application/jsonl' : 'application/json' }
  const text = isText ? body : JSON.stringify(body)
  const response = await fetch(`${site.server.url}/api${path}?name=mallory`, { method, headers, body: text })
  expect([response.status, await response.text()]).toEqual([expect.toBeOneOf([200, 201, 204]), expect.any(String)])
}

test('text in messages, replies, names, titles and reactions is shown and never run; no other host is contacted', async () => {
  const circle = randomName()
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
  const mallory = createClient(site.server.url, { name: `<img src=x onerror=${run}>` }).circle(circle)
  for (const text of hostile) await mallory.send(text)
  await expect(mallory.react(1, '<svg onload=globalThis.broken=1>')).rejects.toThrow()
  await mallory.send('the very end')
  const opened = await site.open()
  const { page, context } = opened
  await join(page, 'Ada', circle)
  await waitForMessage(page, 'the very end')
  await conversation(page).locator('.markdown').first().waitFor()
  await expectInert(opened)
  await page.evaluate(() => document.querySelector('[role=log] .message')?.scrollIntoView())
  await expectInert(opened)

  // Stacked combining marks stay within their own message: the next one can be clicked and read.
  const marks = conversation(page)
    .locator('.text', { hasText: zalgo(3) })
    .first()
  await expect.poll(async () => (await marks.boundingBox())?.height ?? Infinity).toBeLessThan(60)
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByLabel('Search messages').fill('script')
  await page.keyboard.press('Enter')
  await page.locator('aside').getByText('script', { exact: false }).first().waitFor()
  await expectInert(opened)
  await context.close()
  mallory.disconnect()
})

test('no message takes the page away from its readers, whatever it consists of', async () => {
  const circle = randomName()
  const eve = createClient(site.server.url, { name: 'eve' }).circle(circle)
  await eve.send(`${'>'.repeat(2_000)}a`)
  await eve.send(`|${'a|'.repeat(2_599)}\n|${'-|'.repeat(2_599)}\n${'|\n'.repeat(10_000)}`)
  await eve.send(`\`\`\`arduino\n${'function '.repeat(3_600)}\n\`\`\``)
  await eve.send('*a_ '.repeat(8_000))
  await eve.send('> it *begins*, and the end')
  const { page, context, problems } = await site.open()
  await join(page, 'Ada', circle)
  await conversation(page).locator('blockquote em', { hasText: 'begins' }).waitFor()
  await sendMessage(page, 'still here')
  await waitForMessage(page, 'still here')
  expect(await conversation(page).locator('blockquote').count()).toBe(1)
  expect(await page.evaluate(() => document.getElementsByTagName('*').length)).toBeLessThan(5_000)
  expect(problems).toEqual([])
  await context.close()
  eve.disconnect()
})

test('messages are readable without the Markdown renderer', async () => {
  const { page, context } = await site.open()
  await page.route('**/markdown-*.js', route => route.abort())
  await join(page, 'Ada', randomName())
  await sendMessage(page, 'some *emphasis*')
  await waitForMessage(page, 'some *emphasis*')
  await sendMessage(page, 'and more')
  await waitForMessage(page, 'and more')
  await context.close()
})

test('paths and branches in workspace events are shown as text', async () => {
  const workspace = randomName()
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
  const opened = await site.open()
  const { page, context } = opened
  await join(page, 'Ada', randomName())
  await page.goto(`${site.server.url}/w/${workspace}`)
  await conversation(page).locator('summary').first().click() // files that changed together are one row
  await conversation(page).getByText('was changed').first().waitFor()
  await expectInert(opened)
  await context.close()
})

test('a name that looks like another is shown with its id, and nobody can pass for an agent', async () => {
  const circle = randomName()
  const people = ['Eve', '\u0415v\u0435', 'Pickle agent', 'Bob'].map(name =>
    createClient(site.server.url, { name }).circle(circle),
  )
  for (const person of people) await person.send('hello there')
  const opened = await site.open()
  const { page, context } = opened
  await join(page, 'Ada', circle)
  await sendMessage(page, 'the end')
  await waitForMessage(page, 'the end')
  const headers = () =>
    conversation(page)
      .locator('.message > header')
      .evaluateAll(all =>
        all.map(header => [...header.querySelectorAll('.name, .handle, .badge')].map(part => part.textContent)),
      )
  await expect
    .poll(headers)
    .toEqual([
      ['Eve', 'guest:Eve'],
      ['\u0415v\u0435', 'guest:[U+0415]v[U+0435]'],
      ['Pickle agent', 'guest:Pickle agent'],
      ['Bob'],
      ['Ada'],
    ])
  await expect.poll(() => page.locator('aside .handle').count()).toBe(3)
  await context.close()
  for (const person of people) person.disconnect()
})

test('[P1] what people say of themselves stands in quotation marks beside their role, and is cut', async () => {
  const circle = randomName()
  const eve = createClient(site.server.url, { name: 'eve' }).circle(circle)
  await eve.send('hello')
  eve.subscribe(() => {})
  eve.setPresence({ status: `owner\u202e${' x'.repeat(100)}` })
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  const status = page.locator('.people li', { hasText: 'eve' }).locator('q')
  await status.waitFor()
  expect(await status.textContent()).toMatch(/^owner.{0,80}…$/)
  await context.close()
  eve.disconnect()
})

test('axe finds nothing serious, in light and in dark, before and after joining', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, context } = await site.open('', { colorScheme })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }) // what fades in has other colours meanwhile
    expect(await seriousProblems(page)).toEqual([])
    await join(page, 'Ada', randomName())
    await sendMessage(page, '@pickle **hello**, `code` and https://example.com')
    await conversation(page).getByText('agent', { exact: true }).waitFor()
    await conversation(page).getByRole('button', { name: 'React' }).first().focus()
    expect(await seriousProblems(page)).toEqual([])
    for (const panel of ['Search', 'Settings']) {
      await page.getByRole('button', { name: panel, exact: true }).click()
      await page.getByRole('complementary', { name: panel }).getByRole('heading', { name: panel }).first().waitFor()
      expect(await seriousProblems(page)).toEqual([])
    }
    await context.close()
  }
})
