import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { Doc, encodeStateAsUpdate } from 'yjs'
import { aToken, secret } from '../support/tokens.ts'
import { seriousProblems } from './axe.ts'
import { composer, conversation, fireOnline, join, randomName, startPage } from './fixtures.ts'

// The notes of a circle, in two browsers: what is written together, who sees whom where, and what is kept.

const site = startPage({ AUTH_SECRET: secret })

const editor = (page: Page) => page.getByRole('textbox', { name: /^Notes of / })
const status = (page: Page) => page.locator('.notes-status > span').first()
const lines = (page: Page) =>
  editor(page).evaluate(element =>
    [...element.querySelectorAll('.cm-line')].map(line => {
      const copy = line.cloneNode(true) as HTMLElement
      for (const other of copy.querySelectorAll('.cm-other-caret, .cm-placeholder, .cm-suggested')) other.remove()
      return copy.textContent
    }),
  )

async function openNotes(name: string, circle: string) {
  const opened = await site.open()
  opened.page.on('console', message => {
    if (message.type() === 'error' && /\b404\b/.test(message.text())) opened.problems.push(message.text())
  })
  await join(opened.page, name, circle)
  await opened.page.getByRole('button', { name: 'Notes', exact: true }).click()
  await editor(opened.page).waitFor()
  await expect.poll(() => status(opened.page).textContent()).toBe('Saved')
  return opened
}

/** Writes at one end of the notes. */
async function write(page: Page, where: 'Home' | 'End', text: string): Promise<void> {
  await editor(page).focus()
  await page.keyboard.press(`ControlOrMeta+${where}`)
  await page.keyboard.type(text)
}

async function textOnServer(circle: string): Promise<string> {
  const response = await fetch(`${site.server.url}/api/documents/${circle}/notes?name=Ada`)
  return ((await response.json()) as { text: string }).text
}

/** How many updates of notes are kept on the device. */
const updatesKept = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const found = (await indexedDB.databases()).find(({ name }) => name?.endsWith('/notes'))
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const opening = indexedDB.open(found?.name ?? 'none')
    opening.onerror = reject
    opening.onsuccess = () => {
      const counting = opening.result.transaction('updates').objectStore('updates').count()
      opening.result.close()
      counting.onsuccess = () => resolve(counting.result)
    }
    return promise
  })

/** How far the cursor of somebody else stands from the end of the last line, in pixels. */
async function distanceFromEnd(page: Page, name: string): Promise<number> {
  const caret = page.locator('.cm-other-caret', { hasText: name })
  const end = await page
    .locator('.cm-line')
    .last()
    .evaluate(line => {
      const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT, node =>
        node.parentElement?.closest('.cm-other-caret') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
      )
      let last = texts.nextNode()
      for (let next = last; next !== null; next = texts.nextNode()) last = next
      const range = document.createRange()
      range.selectNodeContents(last ?? line)
      const { right, top, bottom } = range.getBoundingClientRect()
      return { right, middle: (top + bottom) / 2 }
    })
  const box = await caret.boundingBox()
  if (box === null || end.middle < box.y || end.middle > box.y + box.height) return Number.POSITIVE_INFINITY
  return Math.abs(box.x - end.right)
}

test('two people write at two places at once, and each sees the other’s cursor where it is', async () => {
  const circle = randomName()
  const [ada, bob] = await Promise.all([openNotes('Ada', circle), openNotes('Bob', circle)])
  expect(await seriousProblems(ada.page)).toEqual([])
  await write(ada.page, 'End', '# Plan\n\nend')
  await expect.poll(() => lines(bob.page)).toEqual(['# Plan', '', 'end'])
  await Promise.all([
    write(ada.page, 'Home', 'What Ada writes at the top. '),
    write(bob.page, 'End', ', and **what Bob writes** at the bottom'),
  ])
  const all = ['What Ada writes at the top. # Plan', '', 'end, and **what Bob writes** at the bottom']
  for (const { page } of [ada, bob]) {
    await expect.poll(() => lines(page)).toEqual(all)
    await expect.poll(() => status(page).textContent()).toBe('Saved')
  }
  expect(await textOnServer(circle)).toBe(all.join('\n'))
  await expect.poll(() => distanceFromEnd(ada.page, 'Bob')).toBeLessThan(4)
  await bob.page.keyboard.press('Shift+Home') // Bob selects the line
  await ada.page.locator('.cm-other-selection').first().waitFor()
  await ada.page.getByText('with Bob').waitFor()
  expect(await seriousProblems(ada.page)).toEqual([])
  // The circle says it once, with the way there; the next line comes a minute later.
  await bob.page.keyboard.press('Escape')
  await expect.poll(() => editor(bob.page).count()).toBe(0)
  await conversation(bob.page).getByText('edited notes').getByRole('link', { name: 'notes' }).click()
  await expect.poll(() => lines(bob.page)).toEqual(all)
  expect(await conversation(bob.page).getByText('edited notes').count()).toBe(1)
  expect([ada.problems, bob.problems]).toEqual([[], []])
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('what is written without a network is kept, and joins what others wrote meanwhile', async () => {
  const circle = randomName()
  const [ada, bob] = await Promise.all([openNotes('Ada', circle), openNotes('Bob', circle)])
  await write(ada.page, 'End', 'middle')
  await expect.poll(() => lines(bob.page)).toEqual(['middle'])
  await site.server.kill9()
  await expect.poll(() => status(ada.page).textContent()).toContain('Offline')
  await write(ada.page, 'Home', 'before ')
  await write(bob.page, 'End', ' after')
  await expect.poll(() => status(ada.page).textContent()).toBe('Offline. Your changes are kept here.')
  await site.server.start()
  for (const { page } of [ada, bob]) await fireOnline(page)
  for (const { page } of [ada, bob]) {
    await expect.poll(() => lines(page)).toEqual(['before middle after'])
    await expect.poll(() => status(page).textContent()).toBe('Saved')
  }
  expect(await textOnServer(circle)).toBe('before middle after')
  expect(await updatesKept(ada.page)).toBeGreaterThan(0)
  await ada.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await ada.page.getByRole('button', { name: 'Sign out?' }).click()
  await expect.poll(() => updatesKept(ada.page)).toBe(0)
  await Promise.all([ada.context.close(), bob.context.close()])
})

test('a suggestion is accepted, a version kept, compared and restored, all by keyboard', async () => {
  const circle = randomName()
  const { page, context, problems } = await openNotes('Ada', circle)
  const press = async (name: string, key = 'Enter') => {
    await page.getByRole('button', { name }).focus()
    await page.keyboard.press(key)
  }
  await write(page, 'End', 'Is it / on Monday?') // keys of the page write here, too
  await expect.poll(() => textOnServer(circle)).toBe('Is it / on Monday?')
  await press('Versions')
  await page.getByLabel('Name of this version').fill('first')
  await page.keyboard.press('Enter')
  await page.getByRole('listitem').filter({ hasText: 'first' }).waitFor()
  const response = await fetch(`${site.server.url}/api/documents/${circle}/notes?name=Eve`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ edits: [{ old: 'Monday', new: 'Friday' }], suggest: true }),
  })
  expect(response.ok).toBe(true)
  const suggestion = page.getByRole('article', { name: 'Suggestion by Eve' }) // it comes by itself
  await suggestion.waitFor()
  expect(await seriousProblems(page)).toEqual([])
  // It stands in the text, too, until it is decided.
  const marks = async () => [
    await editor(page).locator('.cm-suggested-away').allTextContents(),
    await editor(page).locator('.cm-suggested').allTextContents(),
  ]
  await expect.poll(marks).toEqual([['Monday'], ['Friday']])
  expect(await lines(page)).toEqual(['Is it / on Monday?'])
  await write(page, 'Home', 'Well: ')
  await expect.poll(marks).toEqual([['Monday'], ['Friday']])
  await press('Accept')
  await expect.poll(() => lines(page)).toEqual(['Well: Is it / on Friday?'])
  await expect.poll(marks).toEqual([[], []])
  await expect.poll(() => suggestion.count()).toBe(0)
  await press('Compare first')
  await page.locator('del', { hasText: 'on Monday' }).waitFor()
  await press('Restore first')
  await expect.poll(() => lines(page)).toEqual(['Is it / on Monday?'])
  await editor(page).focus()
  await page.keyboard.press('Escape')
  await expect.poll(() => editor(page).count()).toBe(0)
  await composer(page).fill('still here')
  expect(problems).toEqual([])
  await context.close()
})

/** Where the focus is: the name of a control, also of the editor's, which is in a shadow root; null: nowhere. */
const focused = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const { activeElement } = document
    const inner = activeElement?.shadowRoot?.activeElement ?? activeElement
    if (inner === null || inner === document.body) return null
    return inner.getAttribute('aria-label') ?? inner.textContent
  })

test('notes are opened, written, left and decided about by keys alone, and have names and roles for who hears them', async () => {
  const circle = randomName()
  const { page, context, problems } = await site.open()
  await join(page, 'Ada', circle)
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await page.getByRole('button', { name: 'Notes', exact: true }).focus()
  await press('Enter')
  await expect.poll(() => focused(page)).toBe(`Notes of ${circle}`)
  await page.keyboard.type('On Monday')
  await expect.poll(() => textOnServer(circle)).toBe('On Monday')

  // Tab leaves the text for what follows, Shift+Tab comes back.
  await press('Tab')
  expect(await focused(page)).toBe('Versions')
  await press('Shift+Tab')
  expect(await focused(page)).toBe(`Notes of ${circle}`)
  await press('Tab', 'Enter', 'Tab')
  expect(await focused(page)).toBe('Name of this version')
  await page.keyboard.type('first')
  await press('Enter')
  await page.getByRole('button', { name: /^Compare first/ }).waitFor()

  for (const [old, next] of [
    ['Monday', 'Friday'],
    ['Monday', 'Sunday'],
  ]) {
    await fetch(`${site.server.url}/api/documents/${circle}/notes?name=Eve`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ edits: [{ old, new: next }], suggest: true }),
    })
  }
  const notes = page.getByRole('complementary', { name: 'Notes' })
  const suggestions = notes.getByRole('region', { name: 'Suggestions' }).getByRole('article')
  await expect.poll(() => suggestions.count()).toBe(2)
  await expect.poll(() => notes.getByRole('status').textContent()).toBe('Suggestion by Eve, Suggestion by Eve')
  expect(await suggestions.first().ariaSnapshot()).toBe(
    `- article "Suggestion by Eve":\n  - paragraph: Eve suggests\n  - paragraph:\n    - deletion: Monday\n    - insertion: Friday\n  - paragraph:\n    - button "Accept"\n    - button "Reject"`,
  )
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await seriousProblems(page), `${viewport.width} ${colorScheme}`).toEqual([])
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await editor(page).focus()
  await press('Tab', 'Tab')
  expect(await focused(page)).toBe('Reject')
  await press('Enter')
  await expect.poll(() => suggestions.count()).toBe(1)
  expect(await focused(page)).toBe('Notes') // and not at the beginning of the page
  await editor(page).focus()
  await press('Tab', 'Enter')
  await expect.poll(() => lines(page)).toEqual(['On Sunday'])
  await expect.poll(() => focused(page)).toBe('Notes')
  await press('Escape')
  await expect.poll(() => editor(page).count()).toBe(0)
  expect(problems).toEqual([])
  await context.close()
})

test('who may only read sees the notes and cannot change them', async () => {
  const circle = randomName()
  const ada = await openNotes('Ada', circle)
  await write(ada.page, 'End', 'to be read')
  const { page, context } = await site.open()
  await join(page, 'Bob', circle)
  await page.getByRole('button', { name: 'Notes', exact: true }).click()
  await expect.poll(() => lines(page)).toEqual(['to be read'])
  const owner = await aToken(Date.now(), { sub: 'olga', channels: { 'circle:*': 'owner' } })
  await fetch(`${site.server.url}/api/circles/${circle}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${owner}` },
    body: JSON.stringify({ status: 'archived' }),
  })
  await page.getByText('You can read these notes but not change them.').waitFor()
  await editor(page).focus()
  await page.keyboard.type('not this')
  expect(await lines(page)).toEqual(['to be read'])
  await Promise.all([ada.context.close(), context.close()])
})

test('notes and other documents have addresses, which lines lead to, and a reload keeps', async () => {
  const circle = randomName()
  const { page, context, problems } = await openNotes('Ada', circle)
  const path = () => new URL(page.url()).pathname
  expect(path()).toBe(`/c/${circle}/documents/notes`)
  await write(page, 'End', 'kept')
  await expect.poll(() => status(page).textContent()).toBe('Saved')
  await page.reload()
  await expect.poll(() => lines(page)).toEqual(['kept'])
  await editor(page).focus()
  await page.keyboard.press('Escape')
  await expect.poll(path).toBe(`/c/${circle}`)
  expect(await editor(page).count()).toBe(0)
  await page.goBack()
  await expect.poll(() => lines(page)).toEqual(['kept'])

  // A text that another program began is edited as the notes are; what is no text is shown.
  const response = await fetch(`${site.server.url}/api/documents/${circle}/plan?name=Eve`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ edits: [{ old: '', new: 'The plan' }] }),
  })
  expect(response.ok).toBe(true)
  const doc = new Doc()
  doc.getArray('steps').push(['first', 'second'])
  const imported = await fetch(`${site.server.url}/api/documents/${circle}/steps/import?name=Eve`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(encodeStateAsUpdate(doc)),
  })
  expect(imported.ok).toBe(true)
  await page.goto(`${site.server.url}/c/${circle}/documents/plan`)
  const plan = page.getByRole('textbox', { name: `plan of ${circle}` })
  await expect.poll(() => plan.textContent()).toBe('The plan')
  await page.goto(`${site.server.url}/c/${circle}/documents/steps`)
  await page.getByText('"first"').waitFor()
  await page.goto(`${site.server.url}/c/${circle}/documents/nothing`)
  await page.getByRole('complementary', { name: 'nothing' }).getByRole('alert').waitFor()
  expect(problems.filter(problem => !problem.includes('404'))).toEqual([])
  await context.close()
})

test('on a phone, in the dark, the address of the notes leads to them, and closing and going back work', async () => {
  const circle = randomName()
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' as const }
  const { page, context } = await site.open(`/c/${circle}/documents/notes`, phone)
  await join(page, 'Ada', circle)
  await editor(page).waitFor()
  expect(await seriousProblems(page)).toEqual([])
  await page.getByRole('button', { name: 'Close notes' }).click()
  await composer(page).click()
  await page.goBack()
  await editor(page).click()
  await page.goForward()
  await composer(page).click()
  await context.close()
})
