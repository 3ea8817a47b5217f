// npm run soak:page -- --minutes 15: two pages talk over a wire that is cut at random, and a server that is killed now
// and then; in the end both show the same lines, each once, in the order of the log, and none that was said is missing.
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { install, main } from './toolchain.mjs'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' } } })
const endsAt = Date.now() + Number(values.minutes) * 60_000
const settleMs = 90_000 // more than any back-off

const between = (low, high) => low + Math.random() * (high - low)
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

await main(async () => {
  await install()
  await build()
  const { startBrowser } = await import('../test/support/browser.ts')
  const { startServer } = await import('../test/support/server.ts')
  const { startCable } = await import('../test/web/tcp-proxy.ts')
  await using server = await startServer()
  const browser = await startBrowser()
  const cable = await startCable(server.port)
  try {
    return await soak(server, browser, cable)
  } finally {
    await browser.close()
    await cable.cut()
  }
})

async function soak(server, browser, cable) {
  const { composer, hurry, join, openPage, say } = await import('../test/web/fixtures.ts')
  const { overhear } = await import('../test/web/record-frames.ts')
  const pages = []
  const ears = []
  for (const name of ['Ada', 'Bob']) {
    const { page } = await openPage(browser, cable.url)
    ears.push(overhear(page, name))
    await join(page, name, 'soak')
    pages.push(page)
  }
  const said = []
  const count = { cuts: 0, kills: 0 }
  while (Date.now() < endsAt) {
    const page = pages[said.length % 2]
    said.push(`line ${said.length + 1}`)
    await say(page, said.at(-1))
    await pause(between(50, 1_500))
    const dice = Math.random()
    if (dice < 0.08) {
      count.cuts++
      await cable.cut()
      await pause(between(0, 4_000))
      await cable.mend()
    } else if (dice < 0.1) {
      count.kills++
      await server.kill9()
      await server.start()
    }
  }
  for (const page of pages) await Promise.all([composer(page).waitFor(), hurry(page)])
  return verdict(server, said, count, ears)
}

async function verdict(server, said, count, ears) {
  const { check } = await import('../test/support/checker.ts')
  const { connect } = await import('../src/client/client.ts')
  const circle = connect(server.url, { name: 'reader' }).circle('soak')
  const log = async () => {
    const events = []
    for (let more = true; more; ) {
      const page = await circle.history({ after: events.at(-1)?.seq ?? 0, limit: 200 })
      events.push(...page.events)
      more = page.more
    }
    return events
  }
  const waitsUntil = Date.now() + settleMs
  let events = await log()
  while (events.length < said.length && Date.now() < waitsUntil) {
    await pause(1_000)
    events = await log()
  }
  circle.close()
  const kept = events.map(({ data }) => data.content)
  const missing = said.filter(line => !kept.includes(line))
  const twice = kept.length - new Set(kept).size
  const isDense = events.every(({ seq }, at) => seq === at + 1)
  console.log(
    `${said.length} lines, ${count.cuts} cuts, ${count.kills} kills: ${missing.length} missing, ${twice} twice`,
  )
  const findings = check({
    log: events,
    acked: ears.flatMap(ear => ear.acked),
    readers: ears.map(ear => ear.asReader()),
  })
  for (const finding of findings) console.log(finding)
  return missing.length === 0 && twice === 0 && isDense && findings.length === 0 ? 0 : 1
}
