import { expect, test } from 'vitest'
import {
  composer,
  conversation,
  join,
  openTab,
  randomName,
  sendMessage,
  startPage,
  waitForMessage,
} from './fixtures.ts'

// What only a browser shows of single controls: sizes, focus, what lies under a finger, what a drop does.

const site = startPage()

test('by keyboard: a question mark is a letter, lists are one stop each, and the focus never falls to the body', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  await composer(page).press('?')
  expect(await composer(page).inputValue()).toBe('?')
  await composer(page).press('ControlOrMeta+/')
  await page.getByRole('dialog').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await composer(page).fill('')
  for (const text of ['one', 'two', 'three']) {
    await sendMessage(page, text)
    await waitForMessage(page, text)
  }
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName)
  await conversation(page).focus()
  await page.keyboard.press('ArrowUp')
  expect(await focused()).toMatch(/^Ada, /)
  await page.keyboard.press('ArrowRight')
  expect(await focused()).toBe('React')
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('React with 👍')
  await page.keyboard.press('Escape')
  await expect.poll(focused).toMatch(/^Ada, /)
  // From the conversation to the composer it is one step, however many messages there are.
  await conversation(page).focus()
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Write a message')
  await page.keyboard.press('F6')
  await page.keyboard.press('F6')
  expect(await page.evaluate(() => document.activeElement?.closest('.sidebar') !== null)).toBe(true)
  // The message that is edited goes, and the focus with it.
  await composer(page).focus()
  await composer(page).press('ArrowUp')
  await page.getByLabel('Edit this message').fill('changed')
  await page.getByLabel('Edit this message').press('Enter')
  await waitForMessage(page, 'changed')
  await expect.poll(focused).toBe('Write a message')
  await context.close()
})

test('a file that is dropped anywhere on the conversation goes into the message, and elsewhere it opens nothing', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  const drop = (selector: string): Promise<boolean> =>
    page.locator(selector).evaluate(element => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['a = 1'], 'a.py'))
      return !element.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
    })
  expect(await drop('.sidebar')).toBe(true)
  expect(await composer(page).inputValue()).toBe('')
  expect(await drop('[role="log"]')).toBe(true)
  await expect.poll(() => composer(page).inputValue()).toContain('a = 1')

  expect(await page.getByLabel('Add files').count()).toBe(0) // this deployment has no bucket
  await page.locator('[role="log"]').evaluate((element, name) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([new Uint8Array(10)], name))
    element.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
  }, 'x.bin')
  await page.getByText('This server keeps no files.').waitFor()
  await context.close()
})

test('a task list has its boxes beside its items, and bullets of right-to-left text are on the right', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  await sendMessage(page, '- [x] done\n- [ ] open')
  await sendMessage(page, '- **שלום** עולם')
  const items = conversation(page).locator('.task-list-item')
  await items.first().waitFor()
  const box = await items.first().locator('input').boundingBox()
  expect([box && box.width < 20, (await items.first().boundingBox())?.height]).toEqual([true, 22])
  const hebrew = conversation(page).locator('li', { hasText: 'עולם' })
  expect(await hebrew.evaluate(item => getComputedStyle(item).direction)).toBe('rtl')
  await context.close()
})

test('a message that failed goes back into the field; a phone writes lines with Enter and shows tools after a tap', async () => {
  const { page } = await site.open()
  const context = await site.browser.newContext({
    hasTouch: true,
    isMobile: true,
    viewport: { width: 390, height: 844 },
  })
  await page.close()
  const { page: phone } = await openTab(context, site.server.url)
  await join(phone, 'Ada', randomName())
  await composer(phone).tap()
  await phone.keyboard.type('one')
  await phone.keyboard.press('Enter')
  await phone.keyboard.type('two')
  expect(await composer(phone).inputValue()).toBe('one\ntwo')
  await phone.getByRole('button', { name: 'Send' }).tap()
  await waitForMessage(phone, 'two')
  expect(await composer(phone).evaluate(field => field === document.activeElement)).toBe(true)
  const message = conversation(phone).locator('.message')
  const react = message.getByRole('button', { name: 'React', exact: true })
  // Where a tool is, but not shown, a tap is one on the message.
  const place = await react.boundingBox()
  expect([place && place.width >= 44, place && place.height >= 44]).toEqual([true, true])
  await phone.touchscreen.tap((place?.x ?? 0) + 10, (place?.y ?? 0) + 30)
  expect(await phone.getByRole('button', { name: 'React with 👍' }).count()).toBe(0)
  await message.getByText('one').tap()
  await react.tap()
  await phone.getByRole('button', { name: 'React with 👍' }).waitFor()
  await composer(phone).fill('x'.repeat(40_000))
  await phone.getByText('Too long by').waitFor()
  await phone.getByRole('button', { name: 'Send' }).tap()
  await phone.getByText('Not sent').waitFor()
  await phone.getByRole('button', { name: 'Edit', exact: true }).last().tap()
  expect((await composer(phone).inputValue()).length).toBe(40_000)
  await context.close()
})

test('two tabs of one browser are two guests; who makes a circle owns it; a private one says how to invite', async () => {
  const circle = randomName()
  const { page: ada, context } = await site.open()
  await join(ada, 'Ada', circle)
  const { page: bob } = await openTab(context, `${site.server.url}/c/${circle}`)
  await composer(bob).waitFor()
  await bob.getByRole('button', { name: 'Sign out', exact: true }).click()
  await bob.getByRole('button', { name: 'Sign out?' }).click()
  await ada.getByLabel('Your name').waitFor()
  await join(ada, 'Ada', circle)
  await join(bob, 'Bob', circle)
  await ada.reload()
  await ada.locator('.account').getByText('Ada').waitFor()
  await bob.reload()
  await bob.locator('.account').getByText('Bob').waitFor()
  // Ada made it, so she may change it.
  await ada.getByRole('button', { name: 'Settings' }).click()
  await ada.getByLabel('Who can join').selectOption('private')
  await ada.getByLabel('Title').fill('Ours')
  await ada.getByRole('button', { name: 'Save' }).click()
  await ada.getByText('Saved.').waitFor()
  // To come back without an address is to come to the last circle; what is no address says so.
  await ada.goto(site.server.url)
  await ada.getByRole('heading', { name: circle }).waitFor()
  await conversation(ada).getByText('write /invite').waitFor()
  await ada.goto(`${site.server.url}/nonsense`)
  await ada.getByText('There is no such page').waitFor()
  // A stranger finds a door, not a page that loads for ever.
  const eve = await site.open()
  await join(eve.page, 'Eve', randomName())
  await eve.page.goto(`${site.server.url}/c/${circle}`)
  await eve.page.getByText('This circle does not exist, or it is private.').waitFor()
  expect(await eve.page.getByLabel('Write a message').count()).toBe(0)
  await eve.page.goto(`${site.server.url}/c/${circle}#invitation=used-up`)
  await eve.page.getByRole('button', { name: 'Accept the invitation' }).click()
  await eve.page.getByText('The invitation did not work').waitFor()
  await Promise.all([context.close(), eve.context.close()])
})
