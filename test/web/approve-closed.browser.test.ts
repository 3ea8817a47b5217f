import type { BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import { exampleConfigs } from '../../scripts/example-agent.mjs'
import { aToken, secret } from '../support/tokens.ts'
import { composer, conversation, openPage, openTab, startPage, waitForMessage } from './fixtures.ts'

const site = startPage({ AUTH: 'token', AUTH_SECRET: secret }, { configs: exampleConfigs() })

const tokenOf = (sub: string): Promise<string> =>
  aToken(Date.now(), { sub, name: sub, channels: { 'circle:*': 'member' } })

/** Presses a button of a notification, as the browser tells it to the service worker. No page of the profile is open. */
async function press(context: BrowserContext, action: string, approval: string): Promise<void> {
  const [worker] = context.serviceWorkers()
  if (worker === undefined) throw new Error('expected a service worker')
  await worker.evaluate(
    async ({ action, approval }) => {
      let work: Promise<unknown> = Promise.resolve()
      const data = { person: 'bob', path: '/c/deploys/1', approval: { channel: 'circle:deploys', approval } }
      const event = Object.assign(new Event('notificationclick'), {
        action,
        notification: { close() {}, data },
        waitUntil(promise: Promise<unknown>) {
          work = promise
        },
      })
      dispatchEvent(event)
      await work.catch(() => {}) // a headless browser opens no window
    },
    { action, approval },
  )
}

test('[I6] [T8] a request is approved in a notification while no page is open, and not any more once the reader has left', async () => {
  const ada = await site.open(`/c/deploys#token=${await tokenOf('ada')}`)
  await composer(ada.page).waitFor()
  const bob = await openPage(site.browser, 'about:blank', { serviceWorkers: 'allow' })
  // A headless browser allows no notifications, and no push service subscribes it: what the page sees when both is done.
  await bob.context.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { value: 'granted' })
    if (sessionStorage.getItem('left') === null) localStorage.setItem('circles device bob', 'a-device')
  })
  await bob.page.goto(`${site.server.url}/c/deploys#token=${await tokenOf('bob')}`)
  await composer(bob.page).waitFor()
  const kept = () => bob.page.evaluate(async () => (await caches.match('/kept-token')) !== undefined)
  await expect.poll(kept).toBe(true)
  await bob.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))

  const ask = async (version: string): Promise<string> => {
    await composer(ada.page).fill(`@owl deploy ${version}`)
    await composer(ada.page).press('Enter')
    await conversation(ada.page).getByText(`Deploy ${version} to production?`).waitFor()
    const response = await fetch(`${site.server.url}/api/circles/deploys/events?limit=200`, {
      headers: { authorization: `Bearer ${await tokenOf('ada')}` },
    })
    const { events } = await response.json()
    return events.findLast(({ type }: { type: string }) => type === 'approval_requested').data.approval
  }
  const first = await ask('1.0')
  await bob.page.close()
  await press(bob.context, 'approve', first)
  await waitForMessage(ada.page, '1.0 is deployed. Approved by bob.')

  const { page: back } = await openTab(bob.context, `${site.server.url}/c/deploys`)
  await composer(back).waitFor()
  await back.evaluate(() => sessionStorage.setItem('left', 'yes'))
  await back.getByRole('button', { name: 'Sign out', exact: true }).click()
  await back.getByRole('button', { name: 'Sign out?' }).click()
  await back.getByLabel('Token').waitFor()
  await expect.poll(() => back.evaluate(async () => (await caches.match('/kept-token')) !== undefined)).toBe(false)
  const second = await ask('2.0')
  await back.close()
  await press(bob.context, 'approve', second)
  await conversation(ada.page).getByRole('button', { name: 'Reject' }).waitFor()
  expect(await conversation(ada.page).getByText('2.0 is deployed').count()).toBe(0)
  await Promise.all([ada.context.close(), bob.context.close()])
})
