import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import type { FakeRoom } from './fake-room.ts'

declare const room: FakeRoom
declare const renders: { names: number }

let browser: Browser
let page: Page

beforeAll(async () => {
  const { build } = await import('vite')
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(import.meta.dirname, 'hooks/page.tsx'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  })
  const [script] = 'output' in built ? built.output : []
  if (script?.type !== 'chunk') throw new Error('expected the page as one script')
  browser = await startBrowser()
  page = await browser.newPage()
  await page.setContent('<body style="margin: 0"></body>')
  await page.addScriptTag({ content: script.code })
})
afterAll(() => browser?.close())

const text = (id: string) => page.textContent(`#${id}`)
const lastSent = (type: string) =>
  page.evaluate(wanted => room.peers[0]?.received.filter(command => command.type === wanted).at(-1)?.data, type)

/** Bob's state changes, as the room tells it. */
const bobMoves = (state: object) =>
  page.evaluate(state => {
    const bob = { id: 'guest:bob', name: 'bob', kind: 'guest', role: 'member', sessions: 2, state }
    room.broadcast('presence', { joined: [], left: [], changed: [bob], count: 2 })
  }, state)

test('useMyPresence sets the initial state once, changes some keys of it, and useSelf shows it', async () => {
  await expect.poll(() => text('self')).toBe('["ada","red"]')
  expect(await text('me')).toBe('{"cursor":null,"color":"red"}')
  await expect.poll(() => lastSent('presence')).toEqual({ state: { cursor: null, color: 'red' } })
  await page.dispatchEvent('#blue', 'click')
  await expect.poll(() => text('me')).toBe('{"cursor":null,"color":"blue"}')
})

test('useOthers renders again only when what it takes of the others changes', async () => {
  await bobMoves({ cursor: null, color: 'green' })
  await expect.poll(() => text('names')).toBe('bob green')
  const before = await page.evaluate(() => renders.names)
  await bobMoves({ cursor: { x: 0.5, y: 0.25 }, color: 'green' })
  await expect.poll(() => page.locator('#area [aria-hidden] > div').count()).toBe(1)
  expect(await page.evaluate(() => renders.names)).toBe(before)
})

test('Cursors shows the pointers of others, and shares this one as fractions of the area', async () => {
  await bobMoves({ cursor: { x: 0.5, y: 0.25 }, color: 'green' })
  const cursor = page.locator('#area [aria-hidden] > div')
  await expect.poll(() => cursor.getAttribute('style')).toMatch(/left: 50%; top: 25%/)
  expect(await cursor.textContent()).toBe('bob')
  const area = await page.locator('#area').boundingBox()
  await page.mouse.move((area?.x ?? 0) + 50, (area?.y ?? 0) + 80)
  await expect.poll(() => lastSent('presence')).toEqual({ state: { cursor: { x: 0.25, y: 0.8 }, color: 'blue' } })
  await page.mouse.move(700, 500)
  await expect.poll(() => lastSent('presence')).toEqual({ state: { cursor: null, color: 'blue' } })
  await bobMoves({ cursor: 'nonsense', color: 'green' })
  await expect.poll(() => cursor.count()).toBe(0)
})

test('useSignal sends values and receives those of its name', async () => {
  await page.dispatchEvent('#wave', 'click')
  await expect.poll(() => lastSent('signal')).toEqual({ name: 'wave', value: 'hello' })
  await page.evaluate(() => {
    room.broadcast('signal', { name: 'other', value: 'x', user_id: 'guest:bob' })
    room.broadcast('signal', { name: 'wave', value: 'hi', user_id: 'guest:bob' })
  })
  await expect.poll(() => text('waves')).toBe('guest:bob: hi')
})

test('an area that goes away takes the pointer with it', async () => {
  const area = await page.locator('#area').boundingBox()
  await page.mouse.move((area?.x ?? 0) + 100, (area?.y ?? 0) + 50)
  await expect.poll(() => lastSent('presence')).toMatchObject({ state: { cursor: { x: 0.5 } } })
  await page.dispatchEvent('#leave', 'click')
  await expect.poll(() => lastSent('presence')).toEqual({ state: { cursor: null, color: 'blue' } })
})
