import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { check } from '../support/checker.ts'
import { readLog } from '../support/read-log.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import {
  conversation,
  join,
  messageTexts,
  openPage,
  openTab,
  randomName,
  sendMessage,
  startPage,
  waitForMessage,
} from './fixtures.ts'
import { recordFrames } from './record-frames.ts'

const site = startPage()

test('[L3] twenty messages written offline are sent once each, in order, when the network is back', async () => {
  const circle = randomName()
  const proxy = await startTcpProxy(site.server.port)
  const ada = await openPage(site.browser, proxy.url)
  const bob = await site.open()
  const records = [recordFrames(ada.page, 'ada'), recordFrames(bob.page, 'bob')]
  await join(ada.page, 'Ada', circle)
  await join(bob.page, 'Bob', circle)
  await sendMessage(ada.page, 'before')
  await waitForMessage(bob.page, 'before')
  await Promise.all([ada.context.setOffline(true), proxy.stop()])
  await ada.page.getByText('Offline since').waitFor()
  const written = Array.from({ length: 20 }, (_, index) => `message ${index + 1} of 20`)
  for (const text of written) await sendMessage(ada.page, text)
  await conversation(ada.page).getByText('not sent yet').first().waitFor()
  await proxy.start()
  await ada.context.setOffline(false)
  await waitForMessage(bob.page, 'message 20 of 20')
  const stored = await createClient(site.server.url, { name: 'reader' })
    .circle(circle)
    .history({ after: 0, limit: 200 })
  expect(stored.events.flatMap(({ data }) => ('content' in data ? [data.content] : []))).toEqual(['before', ...written])
  const log = await readLog(`${site.server.url}/api/circles/${circle}`)
  const acks = () => records.flatMap(record => record.acked)
  await expect.poll(acks).toHaveLength(log.filter(({ type }) => type === 'message').length)
  const acked = acks()
  expect(check({ log, acked, readers: records.map(record => record.asReader()) })).toEqual([])
  await Promise.all([ada.context.close(), bob.context.close()])
  await proxy.stop()
})

test('[L3] messages that were never sent survive a reload', async () => {
  const circle = randomName()
  const ada = await site.open()
  await join(ada.page, 'Ada', circle)
  await sendMessage(ada.page, 'before')
  await waitForMessage(ada.page, 'before')
  await site.server.kill9()
  await ada.page.getByText('Offline since').waitFor()
  await sendMessage(ada.page, 'kept')
  await conversation(ada.page).getByText('not sent yet').waitFor()
  await site.server.start()
  await ada.page.reload()
  await waitForMessage(ada.page, 'kept')
  expect(await messageTexts(ada.page)).toEqual(['before', 'kept'])
  await ada.context.close()
})

test('two tabs share one socket; when its tab is closed, the other tab opens a new one', async () => {
  const circle = randomName()
  const first = await site.open()
  await join(first.page, 'Ada', circle)
  await sendMessage(first.page, 'from the first')
  await waitForMessage(first.page, 'from the first')
  const second = await openTab(first.context, `${site.server.url}/c/${circle}`)
  const sockets: string[] = []
  second.page.on('websocket', socket => sockets.push(socket.url()))
  await waitForMessage(second.page, 'from the first')
  await sendMessage(second.page, 'from the second')
  await waitForMessage(first.page, 'from the second')
  expect(sockets).toEqual([])
  await first.page.close()
  await sendMessage(second.page, 'alone now')
  await waitForMessage(second.page, 'alone now')
  expect(await messageTexts(second.page)).toEqual(['from the first', 'from the second', 'alone now'])
  expect(sockets.length).toBe(1)
  await first.context.close()
})
