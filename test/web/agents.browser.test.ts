import type { ServerResponse } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { delta, done, finish, modelServer, stream } from '../support/model-server.ts'
import { type Server, startServer } from '../support/server.ts'
import { conversation, heard, join, lines, openPage, say } from './fixtures.ts'

// Two people and an agent that speaks as slowly as a test wants: the model behind it is held by hand.

let server: Server
let browser: Browser
let model: Awaited<ReturnType<typeof modelServer>>
const answers: ServerResponse[] = []

beforeAll(async () => {
  model = await modelServer(response => void answers.push(response))
  const settings = { AGENT_BASE_URL: model.baseUrl, AGENT_API_KEY: 'none', AGENT_MODEL: 'by-hand' }
  ;[server, browser] = await Promise.all([startServer(settings), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
  await model.close()
})

/** The answer that the model is asked for next. */
async function asked(): Promise<ServerResponse> {
  for (;;) {
    const response = answers.shift()
    if (response !== undefined) return response
    await new Promise(resolve => setImmediate(resolve))
  }
}

test('[T4] two people see an answer grow; one reloads in the middle of it and misses nothing', async () => {
  const ada = await openPage(browser, server.url)
  const bob = await openPage(browser, server.url)
  await join(ada.page, 'Ada', 'streams')
  await join(bob.page, 'Bob', 'streams')
  await say(ada.page, '@pickle tell us')
  const answer = await asked()
  stream(answer, delta('Once upon '))
  for (const { page } of [ada, bob]) await conversation(page).getByText('Once upon').waitFor()
  await bob.page.reload()
  await conversation(bob.page).getByText('Once upon').waitFor()
  answer.write(delta('a time.'))
  for (const { page } of [ada, bob]) await conversation(page).getByText('Once upon a time.').waitFor()
  await conversation(ada.page).getByRole('button', { name: 'Stop Pickle' }).waitFor()
  answer.end(finish() + done)
  for (const { page } of [ada, bob]) {
    await conversation(page).getByRole('button', { name: 'Stop Pickle' }).waitFor({ state: 'detached' })
    expect(await lines(page)).toEqual(['@pickle tell us', 'Once upon a time.'])
  }
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('the answer takes the place of its stream: the same element, and no moment without it', async () => {
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada', 'flicker')
  await say(ada.page, '@pickle steady now')
  const answer = await asked()
  stream(answer, delta('Steady '), delta('as a rock.'))
  const line = conversation(ada.page).locator('.line', { hasText: 'Steady as a rock.' })
  await line.waitFor()
  const element = await line.elementHandle()
  answer.end(finish() + done)
  await conversation(ada.page).getByRole('button', { name: 'Stop Pickle' }).waitFor({ state: 'detached' })
  expect(await element?.evaluate(node => [node.isConnected, node.textContent?.includes('Steady as a rock.')])).toEqual([
    true,
    true,
  ])
  await ada.context.close()
})

test('[T5] an answer is stopped from the page, and what was said stays, marked', async () => {
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada', 'stops')
  await say(ada.page, '@pickle go on for ever')
  const answer = await asked()
  stream(answer, delta('On and on '))
  await conversation(ada.page).getByText('On and on').waitFor()
  await conversation(ada.page).getByRole('button', { name: 'Stop Pickle' }).click()
  await conversation(ada.page).getByText('stopped').waitFor()
  expect((await lines(ada.page)).map(line => line.trim())).toEqual(['@pickle go on for ever', 'On and on'])
  answer.destroy()
  await ada.context.close()
})

test('[T4] the composer stays where it is, and what is being read as well, while an answer grows', async () => {
  const ada = await openPage(browser, server.url)
  await join(ada.page, 'Ada', 'steady')
  for (let line = 1; line <= 12; line++) await say(ada.page, `line ${line}\n\n- one\n- two\n- three`)
  await heard(ada.page, 'line 12')
  await say(ada.page, '@pickle write a lot')
  const answer = await asked()
  stream(answer, delta('It begins.'))
  await conversation(ada.page).getByText('It begins.').waitFor()
  await conversation(ada.page).evaluate(log => log.scrollTo({ top: 100 }))
  const place = async () => ({
    read: await conversation(ada.page).getByText('line 1', { exact: true }).boundingBox(),
    composer: await ada.page.getByLabel('Write a line').boundingBox(),
  })
  await ada.page.getByRole('button', { name: 'To the newest line' }).waitFor()
  const before = await place()
  answer.write(delta('\n\nmore '.repeat(60)))
  answer.end(finish() + done)
  await ada.page.getByRole('button', { name: 'To the newest line' }).click()
  await heard(ada.page, 'It begins.')
  await conversation(ada.page).evaluate(log => log.scrollTo({ top: 100 }))
  expect(await place()).toEqual(before)
  await ada.context.close()
})

test('an agent asks before it acts; who may decide has the buttons, and everybody sees what was decided', async () => {
  const { page, context } = await openPage(browser, server.url)
  const decided: unknown[] = []
  await page.routeWebSocket(/\/ws\/circles\//, socket => {
    const far = socket.connectToServer()
    const tell = (seq: number, type: string, data: object) => {
      const timestamp = new Date().toISOString()
      socket.send(JSON.stringify({ type, data, seq, id: `seq:${seq}`, timestamp, channel: 'circle:asks' }))
    }
    far.onMessage(message => {
      socket.send(message)
      if (JSON.parse(String(message)).type !== 'welcome') return
      const expires_at = new Date(Date.now() + 600_000).toISOString()
      const ask = {
        approval: 'a1',
        turn: 't1',
        agent_id: 'owl',
        description: 'Deploy 0.4.2?',
        role: 'member',
        expires_at,
      }
      tell(1, 'approval_requested', ask)
    })
    socket.onMessage(message => {
      const { type, id, data } = JSON.parse(String(message))
      if (type !== 'approve') return far.send(message)
      decided.push(data)
      socket.send(JSON.stringify({ type: 'ack', data: { id } }))
      tell(2, 'approval_decided', { approval: 'a1', turn: 't1', decision: 'approved', user_id: 'guest:Ada' })
    })
  })
  await join(page, 'Ada', 'asks')
  await conversation(page).getByText('Deploy 0.4.2?').waitFor()
  await conversation(page).getByRole('button', { name: 'Approve' }).click()
  await conversation(page).getByText('Approved by Ada.').waitFor()
  expect(await conversation(page).getByRole('button', { name: 'Reject' }).count()).toBe(0)
  expect(decided).toEqual([{ approval: 'a1' }])
  await context.close()
})
