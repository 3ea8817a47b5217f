// npm run measure:page: how fast the page responds with 2,000 messages and a CPU that is four times slower, whether opening
// a panel moves the conversation, and how much memory the page uses after 500 and after 2,000 messages.
import { build } from './build.mjs'
import { install, main } from './toolchain.mjs'

const messages = 2_000

await main(async () => {
  await install()
  const code = await build()
  if (code !== 0) return code
  const { startBrowser } = await import('../test/support/browser.ts')
  const { startServer } = await import('../test/support/server.ts')
  await using server = await startServer()
  const browser = await startBrowser()
  try {
    await measure(browser, server.url)
  } finally {
    await browser.close()
  }
  return 0
})

async function measure(browser, url) {
  const { composer, conversation, join, openPage, waitForMessage } = await import('../test/web/fixtures.ts')
  const { page } = await openPage(browser, url)
  await page.addInitScript(() => {
    globalThis.durations = []
    const observer = new PerformanceObserver(list => {
      for (const entry of list.getEntries())
        if (entry.interactionId > 0) globalThis.durations.push([entry.name, entry.duration])
    })
    observer.observe({ type: 'event', durationThreshold: 16 })
  })
  await page.reload()
  await join(page, 'Ada', 'long')
  const session = await page.context().newCDPSession(page)
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    return `${(usedSize / 1e6).toFixed(1)} MB, ${await page.evaluate(() => document.querySelectorAll('*').length)} elements`
  }
  await post(url, { from: 1, to: 500 })
  await waitForMessage(page, 'Message 500 ')
  console.log(`memory after 500 messages: ${await heap()}`)
  await post(url, { from: 501, to: messages })
  await waitForMessage(page, `Message ${messages} `)
  console.log(`memory after ${messages} messages: ${await heap()}`)

  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.evaluate(() => globalThis.durations.splice(0))
  const message = conversation(page).locator('.message').last()
  const top = async () => Math.round((await message.boundingBox())?.y ?? -1)
  const moved = []
  const report = async name => {
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 300))))
    const found = await page.evaluate(() => globalThis.durations.splice(0))
    const longest = Math.max(0, ...found.map(([, duration]) => duration))
    console.log(`${name}: ${found.length} interactions over 16 ms, the longest ${longest} ms`)
  }
  await composer(page).click()
  await page.keyboard.type('A sentence with @pi and some words', { delay: 60 })
  await page.keyboard.press('Escape')
  await report('typing')
  await page.keyboard.press('Enter')
  await waitForMessage(page, 'some words')
  await report('sending')
  for (const [round, label] of ['opened for the first time', 'opened again'].entries()) {
    for (const panel of ['Search', 'Notifications', 'Settings']) {
      const before = await top()
      await page.getByRole('button', { name: panel, exact: true }).click()
      await page.getByRole('complementary', { name: panel }).waitFor()
      await report(`${panel}, ${label}`)
      moved.push(Math.abs((await top()) - before))
      await page.keyboard.press('Escape')
    }
    if (round === 1) console.log(`the last message moved by at most ${Math.max(...moved)} px`)
  }
  await report('closing panels')
  await message.hover()
  await message.getByRole('button', { name: 'React', exact: true }).click()
  await page.getByRole('button', { name: 'React with 👍' }).click()
  await report('reacting')
  await message.getByRole('button', { name: 'Reply' }).click()
  await page.getByLabel('Write a reply').waitFor()
  await report('opening a thread')
  await page.keyboard.press('Escape')
  await conversation(page).focus()
  for (const key of ['PageUp', 'PageUp', 'PageUp', 'Home', 'End', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key)
  await report('scrolling by keys')
}

/** Stores messages, some of them with Markdown. */
async function post(url, { from, to }) {
  for (let at = from; at <= to; at += 20) {
    const batch = Array.from({ length: Math.min(20, to - at + 1) }, (_, index) => at + index)
    const sends = batch.map(number => send(url, { number, text: `Message ${number} of **many**, with \`code\`` }))
    for (const response of await Promise.all(sends))
      if (!response.ok) throw new Error(`expected 201, got ${response.status}`)
  }
}

/** Sends a message as one of 200 people: each may send a few in a short time. */
function send(url, { number, text }) {
  return fetch(`${url}/api/circles/long/messages?name=Person${number % 200}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: text }),
  })
}
