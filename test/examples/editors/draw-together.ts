import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { ExampleSite } from '../example-site.ts'
import { cut, openEditor } from './editors-site.ts'
import { contentInPage, sameOnServer } from './shared-content.ts'

type Place = { x: number; y: number }
type Drawn = Record<string, { type: string; x: number; y: number; width: number }>

/** The same as `writeTogether`, with a drawing: the pointer of the other takes the part of the caret. */
export async function drawTogether(site: ExampleSite): Promise<void> {
  const [ada, bob] = await Promise.all([openEditor(site, 'excalidraw', 'Ada'), openEditor(site, 'excalidraw', 'Bob')])
  const drawnIn = async (page: Page) => (await contentInPage(page, 'drawing')) as Drawn
  const agreed = async (count: number): Promise<void> => {
    for (const { page } of [ada, bob])
      await expect.poll(async () => Object.keys(await drawnIn(page))).toHaveLength(count)
    for (const { page } of [ada, bob]) await sameOnServer(site, page, 'excalidraw', 'drawing')
  }
  await Promise.all([
    draw(ada.page, { x: 250, y: 250 }, { x: 350, y: 350 }),
    draw(bob.page, { x: 600, y: 300 }, { x: 750, y: 450 }),
  ])
  // The last size of what is drawn comes a moment after the pointer was released.
  const widths = async (page: Page) => Object.values(await drawnIn(page)).map(({ width }) => width)
  for (const { page } of [ada, bob]) await expect.poll(async () => (await widths(page)).toSorted()).toEqual([100, 150])
  await agreed(2)
  await bob.page.mouse.move(500, 520, { steps: 5 })
  await expect.poll(() => distanceOfPointer(ada.page, { x: 500, y: 520 })).toBeLessThan(8) // it has a wide edge

  const restore = await cut(bob)
  await Promise.all([
    draw(bob.page, { x: 500, y: 550 }, { x: 570, y: 600 }),
    draw(ada.page, { x: 250, y: 450 }, { x: 300, y: 500 }),
  ])
  for (const { page } of [ada, bob]) await expect.poll(async () => Object.keys(await drawnIn(page))).toHaveLength(3)
  await restore()
  await agreed(4)
  expect([ada.problems, bob.problems]).toEqual([[], []])
  await Promise.all([ada.close(), bob.close()])
}

/** Draws a rectangle between two places of the window, and selects nothing afterwards. */
async function draw(page: Page, from: Place, to: Place): Promise<void> {
  await clickAside(page) // so that keys go to the drawing
  await page.keyboard.press('r')
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 5 })
  await page.mouse.up()
  await clickAside(page)
}

/** Selects nothing. */
const clickAside = (page: Page): Promise<void> =>
  page.locator('canvas.interactive').click({ position: { x: 900, y: 200 } })

/** How far what is drawn over the drawing begins from a place of the window: only the pointer of the other is drawn there. */
function distanceOfPointer(page: Page, place: Place): Promise<number> {
  return page.locator('canvas.interactive').evaluate((canvas, place) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error('expected a canvas')
    const { left, top, width } = canvas.getBoundingClientRect()
    const scale = canvas.width / width
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    const drawn = Array.from(data, (value, index) => (index % 4 === 3 && value > 0 ? (index - 3) / 4 : -1)).filter(
      index => index >= 0,
    )
    const x = Math.min(...drawn.map(index => index % canvas.width))
    const y = Math.min(...drawn.map(index => Math.floor(index / canvas.width)))
    return Math.hypot(left + x / scale - place.x, top + y / scale - place.y)
  }, place)
}
