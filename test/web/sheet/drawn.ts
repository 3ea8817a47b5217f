import type { Page } from 'playwright-core'

/** Waits until the texts of the messages are drawn: until then the messages move. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.text')].every(
      text => text.matches('.markdown') || !/[*`]{2}/.test(text.textContent),
    ),
  )
  await page.evaluate(() => new Promise(done => requestIdleCallback(done))) // and code has its colours
}
