import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { localConfigText, writeConfig } from '../../scripts/local-config.mjs'
import { seriousProblems } from './axe.ts'
import { composer, conversation, join, openTab, randomName, startPage, waitForMessage } from './fixtures.ts'
import { growingReplies, paragraphs, readParagraph, watchParagraph } from './growing-replies.ts'
import { png } from './sheet/png.ts'

// What only a browser shows of files: their way into the message, images in their place, and what is saved.

const site = startPage({}, { configs: [writeConfig('wrangler.local.toml', localConfigText())] })

const photo = { name: 'cat.png', mimeType: 'image/png', buffer: png(720, 400) }
const image = (page: Page) => conversation(page).getByRole('img', { name: 'cat.png' })
const isLoaded = (page: Page) => image(page).evaluate(element => (element as HTMLImageElement).naturalWidth)

test('an image is chosen, sent without a text, shown to everybody in its place, and opened in a tab that runs nothing', async () => {
  const circle = randomName()
  const { page: ada, context, problems } = await site.open()
  const { page: bob, problems: others } = await site.open()
  await join(ada, 'Ada', circle)
  await join(bob, 'Bob', circle)
  await ada.getByLabel('Add files').setInputFiles(photo)
  await ada.getByRole('list', { name: 'Files of this message' }).getByText('cat.png').waitFor()
  await ada.getByRole('button', { name: 'Send', exact: true }).click()
  for (const page of [ada, bob]) {
    await image(page).waitFor()
    await expect.poll(() => isLoaded(page)).toBe(720)
    expect(await conversation(page).locator('.text').count()).toBe(0) // its name is no text of the reader's
    const box = await image(page).boundingBox()
    expect([Math.round(box?.width ?? 0), Math.round(box?.height ?? 0)]).toEqual([360, 200])
  }
  await bob.getByLabel('Add files').setInputFiles({ ...photo, name: 'dog.png' })
  await bob.getByRole('button', { name: 'Remove dog.png' }).waitFor()
  expect(await seriousProblems(bob)).toEqual([])
  const [tab] = await Promise.all([context.waitForEvent('page'), image(ada).click()])
  await tab.waitForURL(/\/api\/signed-files\//)
  expect(await tab.evaluate(() => document.contentType)).toBe('image/png')
  expect([problems, others]).toEqual([[], []])
})

test('the place of an image is there before the image', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  await page.getByLabel('Add files').setInputFiles(photo)
  await page.getByRole('button', { name: 'Remove cat.png' }).waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true)
  await composer(page).fill('look')
  await composer(page).press('Enter')
  await waitForMessage(page, 'look')
  const slow = await context.newPage()
  await slow.route('**/api/signed-files/**', () => {}) // it never comes
  await slow.goto(`${site.server.url}/c/${circle}`)
  const place = conversation(slow).locator('.attachments .image')
  await place.waitFor()
  const box = await place.boundingBox()
  expect([Math.round(box?.width ?? 0), Math.round(box?.height ?? 0)]).toEqual([360, 200])
  await context.close()
})

test('[T4] what is read of a reply that grows stays where it is when images are sent, which come above it', async () => {
  const circle = randomName()
  const [ada, bob] = [await site.open(), await site.open()]
  const replies = await growingReplies(ada.page)
  await join(ada.page, 'Ada', circle)
  await join(bob.page, 'Bob', circle)
  await replies.begin('owl')
  replies.write('owl', paragraphs('owl', 60))
  const line = (text: string) => conversation(ada.page).getByText(text, { exact: true })
  await line('owl 60').waitFor()
  await readParagraph(ada.page, 'owl 5', { at: 0 }) // the images are close to the window
  const watch = await watchParagraph(ada.page, 'owl 5')
  for (let count = 1; count <= 2; count++) {
    await bob.page.getByLabel('Add files').setInputFiles(photo)
    await bob.page.getByRole('button', { name: 'Remove cat.png' }).waitFor()
    await expect.poll(() => bob.page.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true)
    await composer(bob.page).fill(`photo ${count}`)
    await composer(bob.page).press('Enter')
    await waitForMessage(bob.page, `photo ${count}`)
    await replies.received(`photo ${count}`)
    replies.write('owl', `\n\nlater ${count}`)
    await line(`later ${count}`).waitFor({ state: 'attached' })
  }
  expect(await watch()).toBeLessThan(2)
  await conversation(ada.page).evaluate(log => log.scrollTo({ top: 0 }))
  await image(ada.page).first().waitFor()
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('a file is dropped, shows how far it is, can be removed, and is saved by its readers under its name', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  const drop = (name: string) =>
    page.locator('[role="log"]').evaluate((element, file) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([new Uint8Array(40_000)], file))
      element.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
    }, name)
  await page.route('**/files?filename=slow.bin*', () => {}) // it stays on its way
  await drop('slow.bin')
  await page.getByRole('progressbar', { name: 'Sending slow.bin' }).waitFor()
  await composer(page).fill('early')
  await composer(page).press('Enter')
  await page.getByText('Files are still being uploaded.').waitFor()
  await page.getByRole('button', { name: 'Remove slow.bin' }).click()
  await drop('data.bin')
  await page.getByRole('button', { name: 'Remove data.bin' }).waitFor()
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(0)
  await composer(page).press('Enter')
  await waitForMessage(page, 'early')
  const { page: other } = await openTab(context, `${site.server.url}/c/${circle}`)
  const [download] = await Promise.all([
    other.waitForEvent('download'),
    other.getByRole('button', { name: 'Save data.bin, 40 KB' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('data.bin')
  expect(new URL(other.url()).pathname).toBe(`/c/${circle}`)
  await context.close()
})

test('what is pasted anywhere is added, a message has ten files, and they are there when the reader comes back', async () => {
  const circle = randomName()
  const { page, context } = await site.open()
  await join(page, 'Ada', circle)
  const paste = (types: readonly string[] = []) =>
    conversation(page).evaluate((element, texts) => {
      const clipboardData = new DataTransfer()
      for (const type of texts) clipboardData.setData(type, 'cells')
      clipboardData.items.add(new File([new Uint8Array(10)], 'shot.bin'))
      element.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }))
    }, types)
  const removals = page.getByRole('button', { name: 'Remove shot.bin' })
  await paste(['text/plain', 'text/html']) // cells of a table, which come with a picture of them
  for (let number = 1; number <= 10; number++) {
    await paste()
    await expect.poll(() => removals.count()).toBe(number)
  }
  await paste()
  await page.getByText('A message has at most 10 files.').waitFor()
  const goTo = (path: string) =>
    page.evaluate(to => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, path)
  await goTo(`/c/${randomName()}`)
  await expect.poll(() => removals.count()).toBe(0)
  await goTo(`/c/${circle}`)
  await expect.poll(() => removals.count()).toBe(10)
  await context.close()
})

test('a file that is too large says so, and the message can be sent without it', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  await page.route('**/files?filename=*', route =>
    route.fulfill({
      status: 413,
      json: { error: { code: 'too_large', message: 'A file has at most 26214400 bytes.' } },
    }),
  )
  await page.getByLabel('Add files').setInputFiles(photo)
  await page.getByText('A file has at most 26214400 bytes.').waitFor()
  await composer(page).fill('without')
  await composer(page).press('Enter')
  await waitForMessage(page, 'without')
  await context.close()
})
