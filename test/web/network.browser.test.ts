import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/client/client.ts'
import { startBrowser } from '../support/browser.ts'
import { check } from '../support/checker.ts'
import { readLog } from '../support/read-log.ts'
import { type Server, startServer } from '../support/server.ts'
import { conversation, heard, join, lines, openPage, openTab, say } from './fixtures.ts'
import { overhear } from './record-frames.ts'
import { startCable } from './tcp-proxy.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
})

const aName = (): string => `c-${randomUUID().slice(0, 8)}`

test('[L3] twenty lines written offline go out once each, in order, when the network is back', async () => {
  const circle = aName()
  const cable = await startCable(server.port)
  const ada = await openPage(browser, cable.url)
  const bob = await openPage(browser, server.url)
  const heardBy = [overhear(ada.page, 'ada'), overhear(bob.page, 'bob')]
  await join(ada.page, 'Ada', circle)
  await join(bob.page, 'Bob', circle)
  await say(ada.page, 'before')
  await heard(bob.page, 'before')
  await Promise.all([ada.context.setOffline(true), cable.cut()])
  await ada.page.getByText('Offline since').waitFor()
  const written = Array.from({ length: 20 }, (_, at) => `line ${at + 1} of 20`)
  for (const line of written) await say(ada.page, line)
  await conversation(ada.page).getByText('not sent yet').first().waitFor()
  await cable.mend()
  await ada.context.setOffline(false)
  await heard(bob.page, 'line 20 of 20')
  const kept = await connect(server.url, { name: 'reader' }).circle(circle).history({ after: 0, limit: 200 })
  expect(kept.events.map(({ data }) => 'content' in data && data.content)).toEqual(['before', ...written])
  const log = await readLog(`${server.url}/api/circles/${circle}`)
  const acked = heardBy.flatMap(page => page.acked)
  expect(acked).toHaveLength(log.length)
  expect(check({ log, acked, readers: heardBy.map(page => page.asReader()) })).toEqual([])
  await Promise.all([ada.context.close(), bob.context.close()])
  await cable.cut()
})

test('[L3] lines that were never sent survive a reload', async () => {
  const circle = aName()
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada', circle)
  await say(ada.page, 'before')
  await heard(ada.page, 'before')
  await server.kill9()
  await ada.page.getByText('Offline since').waitFor()
  await say(ada.page, 'kept')
  await conversation(ada.page).getByText('not sent yet').waitFor()
  await server.start()
  await ada.page.reload()
  await heard(ada.page, 'kept')
  expect(await lines(ada.page)).toEqual(['before', 'kept'])
  await ada.context.close()
})

test('two tabs share one socket, and the one that is left takes it over', async () => {
  const circle = aName()
  const first = await openPage(browser, server.url)
  await join(first.page, 'Ada', circle)
  await say(first.page, 'from the first')
  await heard(first.page, 'from the first')
  const second = await openTab(first.context, `${server.url}/c/${circle}`)
  const sockets: string[] = []
  second.page.on('websocket', socket => sockets.push(socket.url()))
  await heard(second.page, 'from the first')
  await say(second.page, 'from the second')
  await heard(first.page, 'from the second')
  expect(sockets).toEqual([])
  await first.page.close()
  await say(second.page, 'alone now')
  await heard(second.page, 'alone now')
  expect(await lines(second.page)).toEqual(['from the first', 'from the second', 'alone now'])
  expect(sockets.length).toBe(1)
  await first.context.close()
})
