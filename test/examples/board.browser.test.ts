import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ExampleSite, serveExample } from './example-site.ts'

// examples/board in two browsers: what is drawn at the same time is on both, and on the server.

const folder = join(import.meta.dirname, '../../examples/board')
let site: ExampleSite

beforeAll(async () => {
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'warn' })
  site = await serveExample(folder)
})
afterAll(() => site[Symbol.asyncDispose]())

async function open(name: string): Promise<Page> {
  const context = await site.browser.newContext({ viewport: { width: 1000, height: 800 } })
  const page = await context.newPage()
  await page.goto(`${site.server.url}/?board=plans&name=${name}`)
  await page.getByText('Saved').waitFor()
  return page
}

/** Draws a line between two places of the board, given as fractions of it. */
async function draw(page: Page, places: readonly [x: number, y: number][]): Promise<void> {
  const box = await page.locator('svg[viewBox="0 0 1600 900"]').boundingBox()
  if (box === null) throw new Error('the board is not shown')
  for (const [index, [x, y]] of places.entries()) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 5 })
    if (index === 0) await page.mouse.down()
  }
  await page.mouse.up()
}

const paths = (page: Page): Promise<(string | null)[]> =>
  page.locator('svg > path[stroke]').evaluateAll(found => found.map(path => path.getAttribute('d')))

async function strokesOnServer(): Promise<{ points: number[] }[]> {
  const response = await fetch(`${site.server.url}/api/documents/plans/board?name=Ada`)
  return ((await response.json()) as { json: { points: number[] }[] }).json
}

test('two people draw at the same time, see each other’s pointers, and each undoes what is theirs', async () => {
  const [ada, bob] = await Promise.all([open('Ada'), open('Bob')])
  await ada.getByText('With Bob').waitFor()
  await Promise.all([
    draw(ada, [
      [0.1, 0.1],
      [0.4, 0.4],
    ]),
    draw(bob, [
      [0.9, 0.1],
      [0.6, 0.75],
    ]),
  ])
  const drawn = async (): Promise<string[]> => {
    const strokes = await strokesOnServer()
    return strokes.map(({ points }) => `M${points.join(' ').replaceAll(/(\d+ \d+) (?=\d)/g, '$1L')}`)
  }
  for (const page of [ada, bob]) await expect.poll(() => paths(page)).toHaveLength(2)
  for (const page of [ada, bob]) await page.getByText('Saved').waitFor()
  const onServer = await drawn()
  for (const page of [ada, bob]) await expect.poll(() => paths(page)).toEqual(onServer)
  expect(onServer.map(path => path.split('L').length > 3)).toEqual([true, true])

  // Bob's pointer is where he left it.
  const board = await ada.locator('.board').boundingBox()
  const distance = async () => {
    const box = await ada.locator('.board [aria-hidden] svg').boundingBox()
    if (box === null || board === null) return Number.POSITIVE_INFINITY
    return Math.hypot(box.x - board.x - 0.6 * board.width, box.y - board.y - 0.75 * board.height)
  }
  await expect.poll(distance).toBeLessThan(10)

  await ada.getByRole('button', { name: 'Undo' }).click()
  for (const page of [ada, bob]) await expect.poll(() => paths(page)).toHaveLength(1)
  expect((await paths(bob))[0]).toMatch(/^M14\d\d /)
})
