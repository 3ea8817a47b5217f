// npm run screenshots: takes a picture of every state of the page at five sizes, light and dark, into dist/screenshots,
// with a sheet of each size, and those of the README into docs/images. `-- --size phone join thread`: only these.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { install, main, root } from './toolchain.mjs'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { size: { type: 'string' } } })
const folder = join(root, 'dist/screenshots')
const schemes = ['light', 'dark']

/** What the README and the documentation show: at most six pictures. */
const shown = [
  { state: 'conversation', size: '1440', scheme: 'light', file: 'page.png' },
  { state: 'thread', size: '1440', scheme: 'dark', file: 'page-dark.png' },
  { state: 'agents at work', size: '1024', scheme: 'light', file: 'page-agents.png' },
  { state: 'approvals', size: 'phone', scheme: 'light', file: 'page-phone.png' },
  { state: 'Arabic', size: 'phone', scheme: 'dark', file: 'page-arabic.png' },
]

await main(async () => {
  await install()
  const code = await build()
  if (code !== 0) return code
  const { startBrowser } = await import('../test/support/browser.ts')
  const { sizes: all, startSheetServer } = await import('../test/web/sheet/show-states.ts')
  const { states } = await import('../test/web/sheet/states.ts')
  const sizes = all.filter(({ name }) => values.size === undefined || name === values.size)
  if (positionals.length === 0 && values.size === undefined) rmSync(folder, { recursive: true, force: true })
  for (const { name } of sizes) mkdirSync(join(folder, name), { recursive: true })
  const wanted = states.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  await using server = await startSheetServer()
  const browser = await startBrowser()
  const missing = []
  try {
    for (const size of sizes) {
      for (const state of wanted) {
        await takeState(browser, server.url, { state, size }).catch(error => {
          missing.push(`${state.name}, ${size.name}: ${error.message.split('\n')[0]}`)
        })
      }
    }
    for (const size of sizes) for (const scheme of schemes) await takeSheet(browser, { states: wanted, size, scheme })
  } finally {
    await browser.close()
  }
  for (const line of missing) console.log(line)
  return missing.length === 0 ? 0 : 1
})

function fileOf(size, state, scheme) {
  return join(folder, size.name, `${state.name.replaceAll(' ', '-')}-${scheme}.png`)
}

/** Takes the pictures of a state at one size, and of those the README shows. */
async function takeState(browser, url, { state, size }) {
  const { showState } = await import('../test/web/sheet/show-states.ts')
  const { page, context } = await showState(browser, url, { state, size })
  try {
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: fileOf(size, state, scheme) })
      const picture = shown.find(one => one.state === state.name && one.size === size.name && one.scheme === scheme)
      if (picture !== undefined) await page.screenshot({ path: join(root, 'docs/images', picture.file) })
    }
  } finally {
    await context.close()
  }
}

/** Puts the pictures of one size onto one page, to be compared. */
async function takeSheet(browser, { states, size, scheme }) {
  const columns = Math.max(1, Math.floor(2_400 / Math.max(size.width * scale(size), 1)))
  const items = states.map(state => {
    const source = pathToFileURL(fileOf(size, state, scheme))
    return `<figure><img src="${source}" width="${Math.round(size.width * scale(size))}"><figcaption>${state.name}</figcaption></figure>`
  })
  const html = `<!doctype html><title>${size.name}, ${scheme}</title><style>
    body { display: grid; grid-template-columns: repeat(${columns}, max-content); gap: 12px; margin: 12px; font: 13px sans-serif; background: #888 }
    figure { margin: 0 } img { display: block } figcaption { padding: 2px }
  </style>${items.join('\n')}`
  const path = join(folder, `${size.name}-${scheme}.html`)
  writeFileSync(path, html)
  const page = await browser.newPage({ viewport: { width: 2_424, height: 800 } })
  await page.goto(pathToFileURL(path).href)
  await page.screenshot({ path: path.replace(/html$/, 'png'), fullPage: true })
  await page.close()
}

function scale({ width }) {
  return width > 600 ? 0.4 : 0.75
}
