// npm run soak:page -- --minutes 15: two pages chat while the connection is cut and the server killed at random. At the
// end both show the same messages, each once, in the order of the log, and none is missing.
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { install, main } from './toolchain.mjs'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' } } })
const endsAt = Date.now() + Number(values.minutes) * 60_000
const settleMs = 90_000 // longer than any back-off

const between = (low, high) => low + Math.random() * (high - low)
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

await main(async () => {
  await install()
  await build()
  const { startBrowser } = await import('../test/support/browser.ts')
  const { startServer } = await import('../test/support/server.ts')
  const { startTcpProxy } = await import('../test/support/tcp-proxy.ts')
  await using server = await startServer()
  const browser = await startBrowser()
  const proxy = await startTcpProxy(server.port)
  try {
    return await soak(server, browser, proxy)
  } finally {
    await browser.close()
    await proxy.stop()
  }
})

async function soak(server, browser, proxy) {
  const { composer, fireOnline, join, openPage, sendMessage } = await import('../test/web/fixtures.ts')
  const { recordFrames } = await import('../test/web/record-frames.ts')
  const pages = []
  const records = []
  for (const name of ['Ada', 'Bob']) {
    const { page } = await openPage(browser, proxy.url)
    records.push(recordFrames(page, name))
    await join(page, name, 'soak')
    pages.push(page)
  }
  const sent = []
  const count = { cuts: 0, kills: 0 }
  while (Date.now() < endsAt) {
    const page = pages[sent.length % 2]
    sent.push(`message ${sent.length + 1}`)
    await sendMessage(page, sent.at(-1))
    await pause(between(50, 1_500))
    const random = Math.random()
    if (random < 0.08) {
      count.cuts++
      await proxy.stop()
      await pause(between(0, 4_000))
      await proxy.start()
    } else if (random < 0.1) {
      count.kills++
      await server.kill9()
      await server.start()
    }
  }
  for (const page of pages) await Promise.all([composer(page).waitFor(), fireOnline(page)])
  return report(server, sent, count, records)
}

/** Prints what is missing or wrong and returns the exit code. */
async function report(server, sent, count, records) {
  const { check } = await import('../test/support/checker.ts')
  const log = await settledLog(server, sent.length)
  const stored = log.map(({ data }) => data.content)
  const missing = sent.filter(text => !stored.includes(text))
  const duplicates = stored.length - new Set(stored).size
  const isDense = log.every(({ seq }, index) => seq === index + 1)
  console.log(
    `${sent.length} messages, ${count.cuts} cuts, ${count.kills} kills: ${missing.length} missing, ${duplicates} duplicates`,
  )
  const findings = check({
    log,
    acked: records.flatMap(record => record.acked),
    readers: records.map(record => record.asReader()),
  })
  for (const finding of findings) console.log(finding)
  return missing.length === 0 && duplicates === 0 && isDense && findings.length === 0 ? 0 : 1
}

/** Reads the log until it holds this many messages, or for 90 s. */
async function settledLog(server, length) {
  const { createClient } = await import('../src/client/client.ts')
  const circle = createClient(server.url, { name: 'reader' }).circle('soak')
  const readLog = async () => {
    const events = []
    for (let more = true; more; ) {
      const page = await circle.history({ after: events.at(-1)?.seq ?? 0, limit: 200 })
      events.push(...page.events)
      more = page.more
    }
    return events
  }
  const deadline = Date.now() + settleMs
  let events = await readLog()
  while (events.length < length && Date.now() < deadline) {
    await pause(1_000)
    events = await readLog()
  }
  circle.disconnect()
  return events
}
