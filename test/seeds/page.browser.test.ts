import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { openSocket } from '../support/socket.ts'

// A browser snippet, a client class and a React hook that were written for other room servers, on a page from another
// port of this machine: the policy `open` allows any loopback origin (A7).

const cleanup = new AsyncDisposableStack()
afterAll(() => cleanup.disposeAsync())
let server: Server
let page: Page

beforeAll(async () => {
  server = cleanup.use(await startServer())
  const browser: Browser = await startBrowser()
  cleanup.defer(() => browser.close())
  page = await browser.newPage()
  await page.goto(`${await servePage()}#${server.ws('')}`)
})

/** Builds the page, serves it on its own port and returns its address. */
async function servePage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'circles-page-'))
  cleanup.defer(() => rm(outDir, { recursive: true, force: true }))
  const root = join(import.meta.dirname, 'page')
  await build({ configFile: false, root, logLevel: 'error', build: { outDir, assetsInlineLimit: 0 } })
  const files = createServer(async (request, response) => {
    const path = request.url === '/' ? '/index.html' : String(request.url)
    try {
      const body = await readFile(join(outDir, path))
      response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html').end(body)
    } catch {
      response.writeHead(404).end() // the browser requests an icon
    }
  }).listen(0, '127.0.0.1')
  await once(files, 'listening')
  cleanup.defer(() => void files.close())
  const address = files.address()
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}/` : ''
}

test('[D2] the snippet sends bare text and receives it as a frame', async () => {
  const frame = JSON.parse(String(await page.locator('#snippet li').first().textContent()))
  expect(frame).toMatchObject({ content: 'Hello from a snippet', data: { content: 'Hello from a snippet' } })
})

test('[D1] the hook reads data.content of every frame it receives', async () => {
  await page.getByText('Connected', { exact: true }).waitFor()
  await page.locator('input').fill('Hello from a hook')
  await page.locator('input').press('Enter')
  await page.locator('section div', { hasText: 'Hello from a hook' }).waitFor()
  await using other = await openSocket(server.ws('/ws/circles/hook'))
  other.send({ type: 'ping' }) // its pong goes to this socket only
  other.send({ type: 'message', content: '@pickle hello' })
  await page.locator('section div', { hasText: '@pickle hello' }).waitFor()
  const reply = await other.next(({ type }) => type === 'agent_message')
  const { content } = reply.data as { content: string }
  await expect
    .poll(() => page.locator('section div').allTextContents())
    .toEqual(['Hello from a hook', '@pickle hello', content])
})

test('[D1] the client class receives the reply, also after the server was killed and restarted', async () => {
  await page
    .locator('#listener li', { hasText: /^pickle: ./ })
    .first()
    .waitFor()
  await server.kill9()
  await page.getByText('Disconnected', { exact: true }).waitFor()
  await server.start()
  await page
    .locator('#listener li', { hasText: /^pickle: ./ })
    .nth(1)
    .waitFor()
})
