import { expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { startServer } from '../support/server.ts'
import { openSocket } from '../support/socket.ts'
import { aToken, secret } from '../support/tokens.ts'
import { seriousProblems } from './axe.ts'
import { openPage } from './fixtures.ts'

const tokenOf = (channels: Record<string, string>): Promise<string> => aToken(Date.now(), { channels })

test('[W] the statistics are shown live, to owners only, in light and dark, on a phone, and after a restart', async () => {
  await using server = await startServer({ AUTH: 'token', AUTH_SECRET: secret })
  const browser = await startBrowser()
  try {
    const sender = await openSocket(`${server.ws('/ws/circles/busy')}?token=${await tokenOf({ '*': 'member' })}`)
    const other = await openPage(browser, `${server.url}/stats#token=${await tokenOf({ '*': 'member' })}`)
    await other.page.getByRole('alert').getByText('owners of the deployment').waitFor()

    const owner = `${server.url}/stats#token=${await tokenOf({ '*': 'owner' })}`
    const { page, problems } = await openPage(browser, owner)
    expect(page.url()).toBe(`${server.url}/stats`)
    await page.getByText('Live', { exact: true }).waitFor()
    await expect.poll(() => page.locator('dd').first().textContent()).toBe('1 in 1 channel')
    sender.send('hello')
    const row = page.getByRole('row', { name: /^busy/ })
    const cells = async () => (await row.getByRole('cell').allTextContents()).slice(0, 5)
    await expect.poll(cells).toEqual(['1', '1', '1', '0', '0'])
    await page
      .getByRole('img', { name: /^Messages per second over the last ten minutes: now [\d.]+, at most/ })
      .waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await seriousProblems(page)).toEqual([])
    }
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    expect(await seriousProblems(page)).toEqual([])

    await server.kill9()
    await page.getByText('Offline since').waitFor()
    await server.start()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(problems).toEqual([])
  } finally {
    await browser.close()
  }
})
