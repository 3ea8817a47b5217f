import { expect, test } from 'vitest'
import { startBrowser } from './browser.ts'

test('there is a browser here', async () => {
  const browser = await startBrowser()
  const page = await browser.newPage()
  await page.setContent('<b>hello</b>')
  expect(await page.textContent('b')).toBe('hello')
  await browser.close()
})
