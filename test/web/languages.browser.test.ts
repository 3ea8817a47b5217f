import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { words as arabicFirst } from '../../src/web/words/ar/first.ts'
import { words as arabicMore } from '../../src/web/words/ar/more.ts'
import { words as germanFirst } from '../../src/web/words/de/first.ts'
import { words as germanMore } from '../../src/web/words/de/more.ts'
import { seriousProblems } from './axe.ts'
import { conversation, join, openPage, openTab, randomName, startPage, waitForMessage } from './fixtures.ts'
import { plainWords, pseudoMessage } from './words/pseudo.ts'

const site = startPage()

const languages = [
  { locale: 'de-AT', dir: 'ltr', words: { ...germanFirst, ...germanMore } },
  { locale: 'ar', dir: 'rtl', words: { ...arabicFirst, ...arabicMore } },
] as const

type Words = (typeof languages)[number]['words']

/** Fills in the join form and waits for the composer. */
async function joinIn(page: Page, words: Words, name: string, circle: string): Promise<void> {
  await page.getByLabel(words['join.name']).fill(name)
  await page.getByLabel(words['join.circle']).fill(circle)
  await page.keyboard.press('Enter')
  await page.getByLabel(words['composer.label']).waitFor()
}

/** Opens a page whose English has an accent on each letter. */
async function openInPseudo(): Promise<{ page: Page; close(): Promise<void> }> {
  const { page, context } = await openPage(site.browser, 'about:blank')
  await page.route('**/assets/words-en-*', async route => {
    const body = await (await route.fetch()).text()
    const module: object = await import(`data:text/javascript,${encodeURIComponent(body)}`)
    const [[name, words] = ['', {}]] = Object.entries(module)
    const pseudo = Object.fromEntries(Object.entries<string>(words).map(([key, text]) => [key, pseudoMessage(text)]))
    await route.fulfill({
      contentType: 'text/javascript',
      body: `const words = ${JSON.stringify(pseudo)}\nexport { words as ${name} }`,
    })
  })
  await page.goto(site.server.url)
  return { page, close: () => context.close() }
}

// What people, programs and the browser's own formats say, and names.
const foreign =
  '.text, .name, main > p.visually-hidden, time, .day, bdi, code, kbd, pre, textarea, option[lang], .avatar, [role="option"] b, h1'
const names = new Set([
  'Circles',
  'Ctrl',
  'Esc',
  'Enter',
  'AM',
  'PM',
  'pickle',
  'Pickle',
  'scribe',
  'Scribe',
  'Ada',
  'guest',
])

/** Returns the words that can be seen or heard on a page and do not come from a catalogue. */
async function foreignWords(page: Page): Promise<string[]> {
  const texts = await page.evaluate(selector => {
    const found: string[] = []
    for (const element of document.body.querySelectorAll('*')) {
      if (element.closest('script, style, noscript') || element.closest(selector)) continue
      const attributes = element.matches('li') ? [] : ['aria-label', 'title', 'placeholder', 'alt'] // of agents: their own words
      for (const name of attributes) found.push(element.getAttribute(name) ?? '')
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.nodeValue ?? '')
    }
    return found
  }, foreign)
  const dates =
    /\b(Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day\b|\b(Jan|Febr)uary\b|\b(March|April|May|June|July|August|at)\b|\b(Septem|Octo|Novem|Decem)ber\b/g
  return texts.flatMap(text => plainWords(text.replace(dates, '')).filter(word => !names.has(word)))
}

/** Returns how far the name of the current circle is from the sign before it: names are in another script than the page. */
const gapBeforeName = (page: Page): Promise<number> =>
  page.locator('.circle-list a[aria-current]').evaluate(link => {
    const text = document.createRange()
    text.selectNodeContents(link.querySelector('.name') ?? link)
    const [sign, name] = [(link.querySelector('.icon') ?? link).getBoundingClientRect(), text.getBoundingClientRect()]
    return Math.round(Math.max(sign.left - name.right, name.left - sign.right))
  })

// The first test: circles of others would be in the list.
test('nothing that the page says is missing from the catalogues', async () => {
  const { page, close } = await openInPseudo()
  const circle = '0-0'
  const say = (text: string) => pseudoMessage(text)
  await page.getByLabel(say('Your name')).waitFor()
  expect(await foreignWords(page)).toEqual([])
  await page.getByLabel(say('Your name')).fill('Ada')
  await page.getByLabel(say('Circle')).fill(circle)
  await page.keyboard.press('Enter')
  const field = page.getByLabel(say('Write a message'))
  await field.waitFor()
  await field.fill('@pickle hello')
  await page.keyboard.press('Enter')
  await conversation(page).getByText('pickle hello').first().waitFor()
  await page
    .locator('.message', { has: page.getByText(say('agent'), { exact: true }) })
    .first()
    .waitFor()
  expect(await foreignWords(page)).toEqual([])

  const message = conversation(page).locator('.message').first()
  await message.hover()
  await message.getByRole('button', { name: say('React'), exact: true }).click()
  await message.getByRole('button', { name: `${say('React with')} 👍` }).click()
  await message.hover()
  await message.getByRole('button', { name: say('Reply'), exact: true }).click()
  await page.getByLabel(say('Write a reply')).waitFor()
  expect(await foreignWords(page)).toEqual([])
  await page.keyboard.press('Escape')

  for (const panel of ['Search', 'Notifications', 'Settings', 'Notes']) {
    await page.getByRole('button', { name: say(panel), exact: true }).click()
    await page
      .getByRole('complementary', { name: say(panel) })
      .getByRole('heading', { name: say(panel) })
      .waitFor()
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
    expect(await foreignWords(page), panel).toEqual([])
  }
  await page.getByRole('button', { name: say('Keyboard shortcuts'), exact: true }).click()
  await page.getByRole('dialog').waitFor()
  expect(await foreignWords(page)).toEqual([])
  await page.keyboard.press('Escape')
  await field.fill('/')
  await page.getByRole('listbox').waitFor()
  expect((await foreignWords(page)).filter(word => !/^(plans|none|title|resume|agent)$/i.test(word))).toEqual([])
  await close()
})

test.each(languages)(
  'a browser in $locale gets the page in its language, and no other',
  async ({ locale, dir, words }) => {
    const { page, context, problems } = await site.open('', { locale })
    const loaded: string[] = []
    page.on('request', request => loaded.push(new URL(request.url()).pathname))
    await page.reload()
    await joinIn(page, words, 'Ada', randomName())
    expect(await page.locator('html').getAttribute('lang')).toBe(locale)
    expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe(dir)
    expect(await gapBeforeName(page)).toBe(8)
    await page.getByLabel(words['composer.label']).fill('@pickle hello')
    await page.keyboard.press('Enter')
    await waitForMessage(page, '@pickle hello')
    await page
      .locator('.message', { has: page.getByText(words['message.agent'], { exact: true }) })
      .first()
      .waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.getByRole('button', { name: words['header.settings'] }).click()
    await page.getByLabel(words['settings.title'], { exact: true }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.getByRole('button', { name: words['header.search'] }).click()
    await page.getByRole('searchbox', { name: words['search.label'] }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    const spoken = loaded.filter(path => path.includes('/words-'))
    const language = locale.slice(0, 2)
    expect(spoken.map(path => path.slice(0, -'-12345678.js'.length))).toEqual(
      expect.arrayContaining([`/assets/words-${language}-first`, `/assets/words-${language}-more`]),
    )
    expect(spoken.filter(path => !path.includes(`/words-${language}-`))).toEqual([])
    expect(problems).toEqual([])
    await context.close()
  },
)

test('the language is chosen in the settings, stays for this browser, and what is being written is kept', async () => {
  const { page, context } = await site.open()
  await join(page, 'Ada', randomName())
  await page.getByLabel('Write a message').fill('half a sentence')
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  const field = page.getByLabel(germanFirst['composer.label'])
  await field.waitFor()
  expect(await field.inputValue()).toBe('half a sentence')
  const other = await openTab(context, page.url())
  await other.page.getByRole('button', { name: germanFirst['header.settings'] }).click()
  await other.page
    .getByRole('combobox', { name: germanMore['language.title'] })
    .selectOption(germanMore['language.browser'])
  await other.page.getByLabel('Write a message').waitFor()
  await context.close()
})

test('an error of the server is in the words for its code', async () => {
  const circle = randomName()
  const { page, context } = await site.open('', { locale: 'de' })
  const words = { ...germanFirst, ...germanMore }
  await joinIn(page, words, 'Ada', circle)
  await page.getByLabel(words['composer.label']).fill('/agent nobody')
  await page.keyboard.press('Enter')
  await page.getByText(words['error.agent_unavailable']).or(page.getByText(words['error.invalid'])).waitFor()
  await context.close()
})
