import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../../support/browser.ts'
import { type Server, startServer } from '../../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { aToken, secret } from '../../support/tokens.ts'

// `useDocument` in a real browser, with the IndexedDB of that browser, at a real server behind a network that can be cut.

let server: Server
let browser: Browser
let network: TcpProxy
let script: string

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(import.meta.dirname, 'document-page.tsx'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk?.type !== 'chunk') throw new Error('expected the page as one script')
  script = chunk.code
  const started = await Promise.all([startServer({ AUTH_SECRET: secret }), startBrowser()])
  server = started[0]
  browser = started[1]
  network = await startTcpProxy(server.port)
})
afterAll(async () => {
  await network?.stop()
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

/** Opens the page, which needs no network itself. */
async function open(): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const address = `${network.url}/plan`
  await page.route('**/plan', route =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' }),
  )
  await page.addInitScript(`addEventListener('DOMContentLoaded', () => {${script}})`)
  await page.goto(address)
  return page
}

type State = { text: string; status: string; isSaved: boolean; unsynced: number; mayWrite: boolean; refusal?: string }

const shown = async (page: Page): Promise<State> => JSON.parse((await page.locator('output').textContent()) ?? '')
const add = (page: Page): Promise<void> => page.getByRole('button', { name: 'Add' }).click()
/** Begins to note what is shown; returns what was shown since, in its order: some of it is there for a few milliseconds. */
async function noteShown(page: Page): Promise<() => Promise<State[]>> {
  await page.locator('output').evaluate(output => {
    const noted: string[] = []
    const note = (): void => void noted.push(output.textContent)
    new MutationObserver(note).observe(output, { characterData: true, childList: true, subtree: true })
    Object.assign(globalThis, { noted })
  })
  return async () =>
    (await page.evaluate(() => (globalThis as unknown as { noted: string[] }).noted)).map(one => JSON.parse(one))
}

const saved = { status: 'connected', isSaved: true, unsynced: 0, mayWrite: true }

async function stored(): Promise<string> {
  const response = await fetch(`${server.url}/api/documents/dev/plan?name=Bob`)
  return ((await response.json()) as { text: string }).text
}

test('what useDocument says is saved outlives the server, and what was written offline outlives a reload', async () => {
  const page = await open()
  await expect.poll(() => shown(page)).toMatchObject(saved)
  const noted = await noteShown(page)
  await add(page)
  await expect.poll(noted).toContainEqual(expect.objectContaining({ text: '0,', isSaved: false, unsynced: 1 }))
  await expect.poll(() => shown(page)).toMatchObject({ text: '0,', ...saved })
  await server.kill9() // at once: saved means on disk
  await server.start()
  expect(await stored()).toBe('0,')
  await expect.poll(() => shown(page)).toMatchObject({ text: '0,', ...saved })

  await network.stop()
  await expect.poll(() => shown(page)).toMatchObject({ status: 'reconnecting', isSaved: true, unsynced: 0 })
  await add(page)
  await add(page)
  const unsaved = { text: '0,2,4,', status: 'reconnecting', isSaved: false, unsynced: 2 }
  await expect.poll(() => shown(page)).toMatchObject(unsaved)
  await page.reload()
  await expect.poll(() => shown(page)).toMatchObject({ text: '0,2,4,', isSaved: false })
  expect((await shown(page)).status).not.toBe('connected')
  expect(await stored()).toBe('0,')
  await network.start()
  await expect.poll(() => shown(page)).toMatchObject({ text: '0,2,4,', ...saved })
  expect(await stored()).toBe('0,2,4,')

  // A change that the server refuses stays counted, and why.
  const owner = await aToken(Date.now(), { sub: 'olga', channels: { 'circle:*': 'owner' } })
  const archived = await fetch(`${server.url}/api/circles/dev`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${owner}` },
    body: JSON.stringify({ status: 'archived' }),
  })
  expect(archived.ok).toBe(true)
  await expect.poll(() => shown(page)).toMatchObject({ mayWrite: false, isSaved: true })
  await add(page)
  await expect.poll(() => shown(page)).toMatchObject({ isSaved: false, unsynced: 1, refusal: 'read_only' })
  expect(await stored()).toBe('0,2,4,')
  await page.context().close()
})
