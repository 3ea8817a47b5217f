import { expect, test } from 'vitest'
import {
  composer,
  conversation,
  framesIn,
  join,
  openTab,
  randomName,
  sendMessage,
  startPage,
  waitForMessage,
} from './fixtures.ts'

const site = startPage()

test('by keyboard alone: join, send, edit the last message, reply in a thread, go to another circle', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await page.getByLabel('Your name').waitFor()
  await page.keyboard.type('Ada')
  await page.keyboard.press('Tab')
  await page.keyboard.type(circle)
  await page.keyboard.press('Enter')
  await composer(page).waitFor()
  await page.keyboard.type('one mistkae')
  await page.keyboard.press('Enter')
  await waitForMessage(page, 'one mistkae')
  await page.keyboard.press('ArrowUp')
  await page.getByLabel('Edit this message').waitFor()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('none')
  await page.keyboard.press('Enter')
  await waitForMessage(page, 'none')
  await conversation(page).getByText('edited').waitFor()
  await conversation(page).getByRole('button', { name: 'Reply' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Write a reply').waitFor()
  await page.keyboard.type('in a thread')
  await page.keyboard.press('Enter')
  await conversation(page).getByText('1 reply').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary', { name: 'Who is here' }).waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('lobby')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'lobby' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/c/lobby')
  await context.close()
})

test('a mention is completed, and the person mentioned sees it while in another circle', async () => {
  const circle = randomName()
  const ada = await site.open()
  const bob = await site.open()
  await join(bob.page, 'Bob', circle)
  await bob.page.goto(`${site.server.url}/c/lobby`)
  await join(ada.page, 'Ada', circle)
  await composer(ada.page).fill('Look, @Bo')
  await ada.page.getByRole('option', { name: '@Bob' }).waitFor()
  await ada.page.keyboard.press('Tab')
  expect(await composer(ada.page).inputValue()).toBe('Look, @Bob ')
  await ada.page.keyboard.press('Enter')
  await waitForMessage(ada.page, 'Look')
  await bob.page.getByRole('link', { name: `${circle} 1 unread, 1 mentioning you` }).waitFor()
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('what is written stays with its writer and its circle, through another circle and a reload', async () => {
  const [circle, other] = [randomName(), randomName()]
  const { page, context } = await site.open()
  const draft = () => composer(page).inputValue()
  await join(page, 'Ada', circle)
  await composer(page).fill('not finished')
  await page.getByLabel('Go to a circle').fill(other)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: other }).waitFor()
  expect(await draft()).toBe('')
  await page.goBack()
  await page.getByRole('heading', { name: circle }).waitFor()
  expect(await draft()).toBe('not finished')
  await page.reload()
  await composer(page).waitFor()
  expect(await draft()).toBe('not finished')
  await composer(page).press('Enter')
  await waitForMessage(page, 'not finished')
  await page.reload()
  await composer(page).waitFor()
  expect(await draft()).toBe('')
  await context.close()
})

test('leaving forgets everything of the person, in every tab', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  await sendMessage(page, 'sent')
  await waitForMessage(page, 'sent')
  const { page: second } = await openTab(context, `${site.server.url}/c/${circle}`)
  await composer(second).waitFor()
  await composer(second).fill('a draft')
  await page.evaluate(() => localStorage.setItem(`circles ${location.origin} Ada circle:other m1`, '{"id":"m1"}')) // unsent
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out?' }).click()
  await page.getByLabel('Your name').waitFor()
  await second.getByLabel('Your name').waitFor()
  expect(await second.evaluate(() => Object.keys(localStorage).filter(key => key !== 'circles theme'))).toEqual([])
  await context.close()
})

test('the Enter and the Escape that end a composition neither send, save nor close', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  await sendMessage(page, 'first')
  await waitForMessage(page, 'first')
  const press = (label: string, key: string) =>
    page.getByLabel(label).evaluate(
      (field, key) =>
        // As Safari does it: the composition has ended, and the key has the code of an input method.
        field.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode: 229, bubbles: true, cancelable: true })),
      key,
    )
  await composer(page).fill('\u306b\u307b\u3093')
  await press('Write a message', 'Enter')
  expect(await composer(page).inputValue()).toBe('\u306b\u307b\u3093')
  await composer(page).fill('')
  await composer(page).press('ArrowUp')
  await page.getByLabel('Edit this message').fill('\u306b')
  await press('Edit this message', 'Enter')
  await press('Edit this message', 'Escape')
  expect(await page.getByLabel('Edit this message').inputValue()).toBe('\u306b')
  await page.getByLabel('Edit this message').press('Enter')
  await waitForMessage(page, '\u306b')
  expect(await conversation(page).locator('.message').count()).toBe(1)
  await context.close()
})

test('a returning reader finds the first new message marked, and looking at it marks it as read', async () => {
  const circle = randomName()
  const ada = await site.open()
  const bob = await site.open()
  await join(bob.page, 'Bob', circle)
  await join(ada.page, 'Ada', circle)
  await sendMessage(ada.page, 'seen')
  await waitForMessage(bob.page, 'seen')
  await bob.page.goto(`${site.server.url}/c/lobby`)
  await composer(bob.page).waitFor()
  await sendMessage(ada.page, 'missed')
  const link = bob.page.getByRole('link', { name: `${circle} 1 unread` })
  await link.click()
  await conversation(bob.page).getByText('New', { exact: true }).waitFor()
  await ada.page.getByText('Seen by Bob').waitFor()
  await bob.page.keyboard.press('Escape')
  await conversation(bob.page).getByText('New', { exact: true }).waitFor({ state: 'detached' })
  await link.waitFor({ state: 'detached' })
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('workspace events and an agent’s activity are shown as they are published', async () => {
  const name = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', name)
  const publish = (events: unknown[]) =>
    fetch(`${site.server.url}/api/events?name=ada`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    })
  const clean = {
    branch: 'main',
    head: 'abcdef1234567',
    ahead: 1,
    behind: 0,
    staged: [],
    untracked: [],
    conflicted: [],
  }
  const status = { ...clean, upstream: 'origin/main', changed: ['README.md'] }
  await publish([{ id: `${name}-1`, type: 'workspace.git_status', channel: `workspace:${name}`, data: status }])
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type(`workspace:${name}`)
  await page.keyboard.press('Enter')
  await page.getByText('1 ahead and 0 behind origin/main').waitFor()
  const changed = { path: 'src/app.ts', size: 12 }
  await publish([{ id: `${name}-2`, type: 'workspace.file_changed', channel: `workspace:${name}`, data: changed }])
  await conversation(page).getByText('src/app.ts was changed').waitFor()
  const files = page.getByRole('complementary', { name: 'Who is here' }).locator('.file-tree')
  await files.getByText('app.ts', { exact: true }).click()
  await files.getByText('src/app.ts was changed').waitFor()
  await page.goto(`${site.server.url}/c/${name}`)
  await composer(page).waitFor()
  await sendMessage(page, '@pickle hello')
  await page.getByRole('complementary', { name: 'Who is here' }).getByRole('link', { name: 'Pickle' }).click()
  await conversation(page).getByText(`A turn in circle:${name} finished`).waitFor()
  await context.close()
})

test('on a phone there is one column with drawers, and nothing is wider than the screen', async () => {
  const { page, context, problems } = await site.open('', { viewport: { width: 390, height: 844 } })
  await join(page, 'Ada', randomName())
  await sendMessage(page, `${'long'.repeat(1_250)}`)
  await sendMessage(page, ['```js', `const wide = "${'x'.repeat(400)}"`, '```'].join('\n'))
  await waitForMessage(page, 'const wide')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await page.getByRole('button', { name: /Who is here/ }).click()
  await page.getByRole('complementary', { name: 'Who is here' }).getByText('Ada').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Circles', exact: true }).click()
  await page.getByLabel('Go to a circle or create one').waitFor()
  expect(problems).toEqual([])
  await context.close()
})

test('what is said before the first page of history is here is shown, however late the list is measured', async () => {
  const { page, context } = await site.open()
  await page.addInitScript(holdMeasures)
  const [stored, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  await page.routeWebSocket(/\/ws\/circles\//, socket => {
    const server = socket.connectToServer()
    socket.onMessage(message => server.send(message))
    server.onMessage(async message => {
      const isHistory = framesIn(message).some(({ type }) => type === 'history')
      if (isHistory) await released.promise
      socket.send(message)
      if (String(message).includes('"second"')) stored.resolve()
    })
  })
  await page.reload()
  await join(page, 'Ada', randomName())
  await sendMessage(page, 'first')
  await sendMessage(page, 'second')
  await stored.promise
  const rows = conversation(page).locator('.spacer + div')
  const height = (): Promise<string> => rows.evaluate(({ style }) => style.height)
  await rows.waitFor({ state: 'attached' })
  const before = await height()
  released.resolve()
  await expect.poll(height).not.toBe(before)
  await page.evaluate('releaseMeasures()')
  await waitForMessage(page, 'first')
  await waitForMessage(page, 'second')
  await context.close()
})

/** In a page, as on a machine that is busy: nothing is measured until `releaseMeasures()`. */
function holdMeasures(): void {
  const Observer = window.ResizeObserver
  let held: (() => void)[] | null = []
  window.ResizeObserver = class extends Observer {
    constructor(tell: ResizeObserverCallback) {
      super((entries, observer) => {
        if (held === null) tell(entries, observer)
        else held.push(() => tell(entries, observer))
      })
    }
  }
  const releaseMeasures = (): void => {
    const all = held ?? []
    held = null
    for (const deliver of all) deliver()
  }
  Object.assign(window, { releaseMeasures })
}

test('10,000 messages scroll, and only the visible ones are rendered', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await page.route('**/ws/**', route => route.continue())
  await page.routeWebSocket(/\/ws\/circles\//, socket => {
    const server = socket.connectToServer()
    server.onMessage(message => socket.send(withHistory(message)))
    socket.onMessage(message => server.send(message))
  })
  await join(page, 'Ada', circle)
  await waitForMessage(page, 'message 9999')
  expect(await conversation(page).locator('.message').count()).toBeLessThan(100)
  // The list measures its rows first, so that a single scroll may end elsewhere.
  await page.waitForFunction(() => {
    const log = document.querySelector('[role=log]')
    log?.scrollTo({ top: log.scrollHeight / 2 })
    return /message 5\d\d\d/.test(log?.textContent ?? '')
  })
  expect(await conversation(page).locator('.message').count()).toBeLessThan(100)
  await context.close()
})

/** Appends a history of 9,999 messages to the welcome of an empty circle, as the server of a long log would send it. */
function withHistory(message: string | Buffer): string {
  const frames = framesIn(message)
  const welcome = frames.findIndex(({ type }) => type === 'welcome')
  if (welcome < 0) return String(message)
  const { timestamp, channel } = frames[welcome]
  const count = 9_999
  const author = { user_id: 'guest:bob', user_name: 'Bob', client_id: null, hop: 0 }
  const events = Array.from({ length: count }, (_, index) => ({
    type: 'message',
    data: { ...author, content: `message ${index + 1}` },
    seq: index + 1,
    id: `seq:${index + 1}`,
    timestamp,
    channel,
  }))
  return JSON.stringify(frames.toSpliced(welcome + 1, 0, { type: 'history', data: { events, more: false } }))
}
