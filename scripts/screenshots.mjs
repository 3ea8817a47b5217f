// npm run screenshots: takes the pictures of the README in docs/images, with a real server and a real browser.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { install, main, root } from './toolchain.mjs'

const folder = join(root, 'docs/images')

const code = [
  '```ts',
  'const ms = baseMs * 2 ** attempt // everyone at once',
  'await sleep(Math.min(ms, 30_000))',
  '```',
].join('\n')

await main(async () => {
  await install()
  await build()
  const { startBrowser } = await import('../test/support/browser.ts')
  const { startServer } = await import('../test/support/server.ts')
  mkdirSync(folder, { recursive: true })
  await using server = await startServer()
  const browser = await startBrowser()
  try {
    await takePictures(browser, server)
  } finally {
    await browser.close()
  }
})

async function takePictures(browser, server) {
  const fixtures = await import('../test/web/fixtures.ts')
  const { composer, conversation, openPage, sendMessage, waitForMessage } = fixtures
  const pages = []
  for (const name of ['Bob', 'Eve', 'Ada']) {
    const { page } = await openPage(browser, server.url)
    await fixtures.join(page, name, 'release')
    pages.push(page)
  }
  const [bob, eve, ada] = pages
  const sendToAll = async (page, text, excerpt) => {
    await sendMessage(page, text)
    for (const other of pages) await waitForMessage(other, excerpt)
  }
  const message = (page, text) => conversation(page).locator('.message', { hasText: text })

  await sendToAll(bob, 'Morning! **0.4.2** is out, the notes are at https://example.com/notes', 'Morning')
  await sendToAll(ada, 'Lovely. One thing: `retry` has no jitter, so all clients reconnect at once.', 'One thing')
  await sendToAll(bob, ['This is the line:', code].join('\n\n'), 'This is the line')
  await sendToAll(eve, 'I can take it, @Ada', 'I can take it')
  await message(bob, 'I can take it').hover()
  await message(bob, 'I can take it').getByRole('button', { name: 'React', exact: true }).click()
  await message(bob, 'I can take it').getByRole('button', { name: 'React with 👍' }).click()
  await message(ada, 'This is the line').getByRole('button', { name: 'Reply' }).focus()
  await ada.keyboard.press('Enter')
  await ada.getByLabel('Write a reply').fill('Full jitter: a random delay between zero and the limit.')
  await ada.keyboard.press('Enter')
  await ada.keyboard.press('Escape')
  await sendToAll(ada, '@pickle who is here?', 'who is here?')
  await message(ada, 'Pickle').last().waitFor()
  await composer(ada).focus()
  await composer(eve).pressSequentially('On it')
  await ada.getByText('Eve is typing').waitFor()
  await ada.mouse.move(0, 0)
  await ada.screenshot({ path: join(folder, 'page.png') })

  await ada.emulateMedia({ colorScheme: 'dark' })
  await ada.getByRole('button', { name: '1 reply' }).click()
  await ada.screenshot({ path: join(folder, 'page-dark.png') })

  await ada.keyboard.press('Escape')
  await ada.emulateMedia({ colorScheme: 'light' })
  await ada.setViewportSize({ width: 390, height: 844 })
  await ada.mouse.move(0, 0)
  await composer(ada).fill('@')
  await ada.getByRole('listbox').waitFor()
  await ada.screenshot({ path: join(folder, 'page-phone.png') })

  await composer(ada).fill('')
  await ada.setViewportSize({ width: 1280, height: 800 })
  await ada.mouse.move(0, 0)
  await server.kill9()
  await ada.getByText('Offline since').waitFor()
  await sendMessage(ada, 'This will be sent when we are back')
  await conversation(ada).getByText('not sent yet').waitFor()
  await ada.screenshot({ path: join(folder, 'page-offline.png') })
}
