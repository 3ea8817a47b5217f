import type { Browser, BrowserContext, Page } from 'playwright-core'
import { localConfigText, writeConfig } from '../../../scripts/local-config.mjs'
import { type Server, startServer } from '../../support/server.ts'
import { aToken, secret } from '../../support/tokens.ts'
import { drawn } from './drawn.ts'
import { seedCircles, sender } from './seed.ts'
import type { State } from './states.ts'

/** A size of the page. */
export type Size = { name: string; width: number; height: number; isTouch: boolean }

/** Large, usual and small screens, a phone, and 1,280 px at 400 %. */
export const sizes: readonly Size[] = [
  { name: '1920', width: 1_920, height: 1_080, isTouch: false },
  { name: '1440', width: 1_440, height: 900, isTouch: false },
  { name: '1024', width: 1_024, height: 768, isTouch: false },
  { name: 'phone', width: 390, height: 844, isTouch: true },
  { name: '320', width: 320, height: 568, isTouch: true },
]

/** Starts a server with the circles that the states are in: guests, accounts and files are allowed. */
export async function startSheetServer(): Promise<Server> {
  const configs = [writeConfig('wrangler.local.toml', localConfigText())]
  const server = await startServer({ AUTH: 'open', AUTH_SECRET: secret }, { configs })
  await seedCircles(sender(server.url))
  return server
}

const recent = ['release', 'design', 'busy', 'empty', 'quiet']

/** Opens a browser profile of the state's reader and shows the state. */
export async function showState(
  browser: Browser,
  url: string,
  { state, size }: { state: State; size: Size },
): Promise<{ page: Page; context: BrowserContext }> {
  const { width, height, isTouch } = size
  const context = await browser.newContext({
    viewport: { width, height },
    serviceWorkers: 'block',
    hasTouch: isTouch,
    isMobile: isTouch,
    ...(state.locale && { locale: state.locale }),
  })
  context.setDefaultTimeout(30_000)
  const token = await aToken(Date.now(), { sub: 'ada', name: 'Ada Lovelace', channels: { '*': 'owner' } })
  const who = {
    account: { by: 'token', token, account: 'ada', name: 'Ada Lovelace' },
    guest: { by: 'name', name: 'Ada' },
  }
  await context.addInitScript(
    ({ identity, recent }) => {
      if (identity === null || localStorage.getItem('circles who') !== null) return
      localStorage.setItem('circles who', JSON.stringify(identity))
      localStorage.setItem('circles recent', JSON.stringify(recent))
    },
    { identity: state.as === 'nobody' ? null : state.as === 'account' ? who.account : who.guest, recent },
  )
  const page = await context.newPage()
  const go = async (path: string): Promise<void> => void (await page.goto(url + path))
  await state.show({ page, go, isTouch, send: sender(url) })
  await settle(page, state)
  return { page, context }
}

/** Waits until what the page loads on demand is there, and the messages are. */
async function settle(page: Page, { isLoading }: State): Promise<void> {
  if (isLoading) return
  await page.waitForFunction(() => {
    const placeholders = [...document.querySelectorAll('button:disabled')].filter(button => button.textContent === '…')
    return placeholders.length === 0 && document.querySelector('.skeleton, [aria-busy="true"]') === null
  })
  await drawn(page)
}
