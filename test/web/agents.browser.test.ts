import type { ServerResponse } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { delta, done, finish, modelServer, stream } from '../support/model-server.ts'
import { conversation, framesIn, join, messageTexts, sendMessage, startPage, waitForMessage } from './fixtures.ts'

// Two people and an agent whose model is controlled by the test: each response is written piece by piece.

let model: Awaited<ReturnType<typeof modelServer>> | undefined
const responses: ServerResponse[] = []

afterAll(() => model?.close()) // hooks run last to first: after the server is stopped
const site = startPage(async () => {
  model = await modelServer(response => void responses.push(response))
  return { AGENT_BASE_URL: model.baseUrl, AGENT_API_KEY: 'none', AGENT_MODEL: 'by-hand' }
})

/** Waits for the next request to the model and returns its response, which the test writes. */
async function nextResponse(): Promise<ServerResponse> {
  for (;;) {
    const response = responses.shift()
    if (response !== undefined) return response
    await new Promise(resolve => setImmediate(resolve))
  }
}

test('[T4] two people see a reply grow; one reloads in the middle of it and misses nothing', async () => {
  const ada = await site.open()
  const bob = await site.open()
  await join(ada.page, 'Ada', 'streams')
  await join(bob.page, 'Bob', 'streams')
  await sendMessage(ada.page, '@pickle tell us')
  const response = await nextResponse()
  stream(response, delta('Once upon '))
  for (const { page } of [ada, bob]) await conversation(page).getByText('Once upon').waitFor()
  await bob.page.reload()
  await conversation(bob.page).getByText('Once upon').waitFor()
  response.write(delta('a time.'))
  for (const { page } of [ada, bob]) await conversation(page).getByText('Once upon a time.').waitFor()
  await conversation(ada.page).getByRole('button', { name: 'Stop Pickle' }).waitFor()
  response.end(finish() + done)
  for (const { page } of [ada, bob]) {
    await conversation(page).getByRole('button', { name: 'Stop Pickle' }).waitFor({ state: 'detached' })
    expect(await messageTexts(page)).toEqual(['@pickle tell us', 'Once upon a time.'])
  }
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('the stored reply replaces its stream in the same element, which is never removed', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'flicker')
  await sendMessage(ada.page, '@pickle steady now')
  const response = await nextResponse()
  stream(response, delta('Steady '), delta('as a rock.'))
  const message = conversation(ada.page).locator('.message', { hasText: 'Steady as a rock.' })
  await message.waitFor()
  const element = await message.elementHandle()
  response.end(finish() + done)
  await conversation(ada.page).getByRole('button', { name: 'Stop Pickle' }).waitFor({ state: 'detached' })
  expect(await element?.evaluate(node => [node.isConnected, node.textContent?.includes('Steady as a rock.')])).toEqual([
    true,
    true,
  ])
  await ada.context.close()
})

test('[T5] a reply is stopped from the page; its text so far stays and is marked as stopped', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'stops')
  await sendMessage(ada.page, '@pickle go on for ever')
  const response = await nextResponse()
  stream(response, delta('On and on '))
  await conversation(ada.page).getByText('On and on').waitFor()
  await conversation(ada.page).getByRole('button', { name: 'Stop Pickle' }).click()
  await conversation(ada.page).getByText('stopped').waitFor()
  expect((await messageTexts(ada.page)).map(text => text.trim())).toEqual(['@pickle go on for ever', 'On and on'])
  response.destroy()
  await ada.context.close()
})

test('[T4] the composer and the messages being read stay where they are while a reply grows', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'steady')
  for (let index = 1; index <= 12; index++) await sendMessage(ada.page, `message ${index}\n\n- one\n- two\n- three`)
  await waitForMessage(ada.page, 'message 12')
  await sendMessage(ada.page, '@pickle write a lot')
  const response = await nextResponse()
  stream(response, delta('It begins.'))
  await conversation(ada.page).getByText('It begins.').waitFor()
  await conversation(ada.page).evaluate(log => log.scrollTo({ top: 100 }))
  const positions = async () => ({
    read: await conversation(ada.page).getByText('message 1', { exact: true }).boundingBox(),
    composer: await ada.page.getByLabel('Write a message').boundingBox(),
  })
  await ada.page.getByRole('button', { name: 'Jump to the latest message' }).waitFor()
  const before = await positions()
  response.write(delta('\n\nmore '.repeat(60)))
  response.end(finish() + done)
  await ada.page.getByRole('button', { name: 'Jump to the latest message' }).click()
  await waitForMessage(ada.page, 'It begins.')
  await conversation(ada.page).evaluate(log => log.scrollTo({ top: 100 }))
  expect(await positions()).toEqual(before)
  await ada.context.close()
})

/** Sends eight messages and a ninth to an agent, and returns the response of its model once the reply has begun. */
async function beginReply(page: Page): Promise<ServerResponse> {
  for (let index = 1; index <= 8; index++) await sendMessage(page, `message ${index}\n\n- one\n- two\n- three`)
  await sendMessage(page, '@pickle write a lot')
  const response = await nextResponse()
  stream(response, delta('It begins.'))
  await conversation(page).getByText('It begins.').waitFor()
  return response
}

/** Ends the reply and waits until the page shows that it is stored. */
async function endReply(page: Page, response: ServerResponse): Promise<void> {
  response.end(finish() + done)
  await conversation(page).getByRole('button', { name: 'Stop Pickle' }).waitFor({ state: 'detached' })
}

/**
 * Scrolls `up` by so many px and returns, before anything else can happen, where the beginning of the reply is on the
 * screen, and how far the end of the conversation is.
 */
const readingPlace = (page: Page, { up } = { up: 0 }): Promise<{ line: number; fromEnd: number }> =>
  conversation(page).evaluate((log, up) => {
    if (up > 0) log.scrollTo({ top: log.scrollTop - up })
    const lines = [...log.querySelectorAll('p')]
    const line = lines.find(({ textContent }) => textContent === 'It begins.')?.getBoundingClientRect().top
    if (line === undefined) throw new Error('the reply is not there')
    return { line, fromEnd: log.scrollHeight - log.clientHeight - log.scrollTop }
  }, up)

test('[T4] a reader who scrolls up a little while a reply grows all the time stays there', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'scrolls')
  const response = await beginReply(ada.page)
  let read = 0
  for (let piece = 1; piece <= 60; piece++) {
    response.write(delta(`\n\npiece ${piece}`))
    if (piece === 40) read = (await readingPlace(ada.page, { up: 60 })).line
    await ada.page.evaluate(() => new Promise(requestAnimationFrame))
  }
  await endReply(ada.page, response)
  await conversation(ada.page).getByText('piece 60').waitFor()
  const { line, fromEnd } = await readingPlace(ada.page)
  expect(Math.abs(line - read)).toBeLessThan(2)
  expect(fromEnd).toBeGreaterThan(50)
  await ada.context.close()
})

test('[T4] a reader who scrolls back by exactly as much as the page has just followed stays there', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'scrolls-back')
  const response = await beginReply(ada.page)
  response.write(delta('\n\nmore'.repeat(60)))
  await conversation(ada.page).getByText('more').nth(59).waitFor()
  const scrolledBack = await conversation(ada.page).evaluateHandle(log => ({
    place: new Promise<number>(resolve => {
      const line = [...log.querySelectorAll('p')].find(({ textContent }) => textContent === 'It begins.')
      const reply = line?.closest('.message')?.parentElement
      if (!line || !reply) throw new Error('the reply is not there')
      const before = log.scrollTop
      const scrollBack = (): void => {
        log.scrollTo({ top: before })
        resolve(line.getBoundingClientRect().top)
      }
      // It is called after the page's own observer has followed the end. The event of that scroll comes with the next
      // frame, and usually after this timer.
      const observer = new ResizeObserver(() => {
        if (log.scrollTop === before) return
        observer.disconnect()
        setTimeout(scrollBack)
      })
      observer.observe(reply)
    }),
  }))
  response.write(delta('\n\nnew'.repeat(4)))
  const read = await scrolledBack.evaluate(({ place }) => place)
  response.write(delta('\n\nlast'.repeat(4)))
  await conversation(ada.page).getByText('last').nth(3).waitFor()
  await endReply(ada.page, response)
  const { line, fromEnd } = await readingPlace(ada.page)
  expect(Math.abs(line - read)).toBeLessThan(2)
  expect(fromEnd).toBeGreaterThan(50)
  await ada.context.close()
})

test('[T4] what is read of a reply stays where it is when others write, whose messages are inserted above it', async () => {
  const ada = await site.open()
  await join(ada.page, 'Ada', 'inserts')
  const response = await beginReply(ada.page)
  response.write(delta(Array.from({ length: 60 }, (_, index) => `\n\npiece ${index + 1}`).join('')))
  const log = conversation(ada.page)
  await log.getByText('piece 60', { exact: true }).waitFor()
  const placeOf = (up: number): Promise<number> =>
    log.evaluate((log, up) => {
      if (up > 0) log.scrollTo({ top: log.scrollTop - up })
      const line = [...log.querySelectorAll('p')].find(({ textContent }) => textContent === 'piece 40')
      if (line === undefined) throw new Error('the line is not there')
      return line.getBoundingClientRect().top
    }, up)
  const read = await placeOf(300)
  for (let index = 1; index <= 3; index++) {
    const sent = await fetch(`${site.server.url}/api/circles/inserts/messages?name=Bob`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: `from Bob ${index}\n\n- one\n- two` }),
    })
    expect(sent.status).toBe(201)
    response.write(delta(`\n\nlater ${index}`))
    await log.getByText(`later ${index}`, { exact: true }).waitFor({ state: 'attached' })
    await ada.page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve))))
    await expect
      .poll(async () => Math.abs((await placeOf(0)) - read), { message: `after message ${index}` })
      .toBeLessThan(2)
  }
  await endReply(ada.page, response)
  expect(Math.abs((await placeOf(0)) - read)).toBeLessThan(2)
  await ada.context.close()
})

test('an agent asks for approval: those who may decide have buttons, and everyone sees the decision', async () => {
  const { page, context } = await site.open()
  const decisions: unknown[] = []
  let head = 0
  await page.routeWebSocket(/\/ws\/circles\//, socket => {
    const server = socket.connectToServer()
    const sendEvent = (seq: number, type: string, data: object) => {
      const timestamp = new Date().toISOString()
      socket.send(JSON.stringify({ type, data, seq, id: `seq:${seq}`, timestamp, channel: 'circle:asks' }))
    }
    server.onMessage(message => {
      socket.send(message)
      const welcome = framesIn(message).find(({ type }) => type === 'welcome')
      if (welcome === undefined) return
      head = welcome.data.head
      const expires_at = new Date(Date.now() + 600_000).toISOString()
      const request = {
        approval: 'a1',
        turn: 't1',
        agent_id: 'owl',
        description: 'Deploy 0.4.2?',
        data: { version: '0.4.2', path: '/srv\u202eexe' },
        role: 'member',
        expires_at,
      }
      sendEvent(head + 1, 'approval_requested', request)
    })
    socket.onMessage(message => {
      const { type, id, data } = JSON.parse(String(message))
      if (type !== 'approve') return server.send(message)
      decisions.push(data)
      socket.send(JSON.stringify({ type: 'ack', data: { id } }))
      sendEvent(head + 2, 'approval_decided', {
        approval: 'a1',
        turn: 't1',
        decision: 'approved',
        user_id: 'guest:Ada',
      })
    })
  })
  await join(page, 'Ada', 'asks')
  await conversation(page).getByText('Deploy 0.4.2?').waitFor()
  const shown = await conversation(page).locator('.approval-data').textContent()
  expect(shown).toBe('{\n  "version": "0.4.2",\n  "path": "/srv\\u202eexe"\n}')
  await conversation(page).getByRole('button', { name: 'Approve' }).click()
  await conversation(page).getByText('Approved by Ada.').waitFor()
  expect(await conversation(page).getByRole('button', { name: 'Reject' }).count()).toBe(0)
  expect(decisions).toEqual([{ approval: 'a1' }])
  await context.close()
})
