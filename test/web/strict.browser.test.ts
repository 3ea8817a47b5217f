import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { startServer } from '../support/server.ts'

/** Serves a copy of the small page, which the test may edit, with hot module replacement. */
async function startDevServer(cleanup: AsyncDisposableStack) {
  const root = await mkdtemp(join(import.meta.dirname, 'strict-'))
  cleanup.defer(() => rm(root, { recursive: true, force: true }))
  await cp(join(import.meta.dirname, 'strict'), root, { recursive: true })
  const vite = await createServer({
    configFile: false,
    root,
    cacheDir: join(root, '.vite'),
    logLevel: 'error',
    plugins: [react()],
    server: { host: '127.0.0.1', port: 0, fs: { allow: [join(import.meta.dirname, '../..'), root] } },
  })
  await vite.listen()
  cleanup.defer(() => vite.close())
  return { root, url: vite.resolvedUrls?.local[0] ?? '' }
}

test('the hooks work under StrictMode and when their component is hot-replaced', async () => {
  await using cleanup = new AsyncDisposableStack()
  const server = cleanup.use(await startServer())
  const { root, url } = await startDevServer(cleanup)
  const browser = await startBrowser()
  cleanup.defer(() => browser.close())
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(`${url}#${server.url}`)

  // Effects run twice under StrictMode; there is one socket, and a message is sent and shown once.
  await page.getByText('ada ×1', { exact: true }).waitFor()
  await page.locator('input').fill('hello')
  await page.locator('input').press('Enter')
  await page.locator('li', { hasText: 'hello' }).waitFor()
  expect(await page.locator('li').allTextContents()).toEqual(['hello'])

  // The component is replaced: the unsent text, the messages and the socket are kept.
  await page.locator('input').fill('unsent')
  const source = join(root, 'chat.tsx')
  await writeFile(source, (await readFile(source, 'utf8')).replace('The first version', 'The second version'))
  await page.getByText('The second version').waitFor()
  expect(await page.locator('input').inputValue()).toBe('unsent')
  await page.getByText('ada ×1', { exact: true }).waitFor()
  await page.locator('input').press('Enter')
  await page.locator('li', { hasText: 'unsent' }).waitFor()
  expect(await page.locator('li').allTextContents()).toEqual(['hello', 'unsent'])
  expect(errors).toEqual([])
})
