import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/client/client.ts'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { conversation, heard, join, openPage, say } from './a-page.ts'

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
