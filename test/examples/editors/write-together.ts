import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { ExampleSite } from '../example-site.ts'
import { cut, openEditor } from './editors-site.ts'
import { sameOnServer } from './shared-content.ts'
import { distanceOfCaret, goTo, shownText, type TextEditor, textEditors } from './text-editors.ts'

/**
 * Two people write at two places of a text at once, each sees the other's caret where it is, one is cut off and comes back,
 * and both have what the server has.
 */
export async function writeTogether(site: ExampleSite, name: keyof typeof textEditors): Promise<void> {
  const editor: TextEditor = textEditors[name]
  const [ada, bob] = await Promise.all([openEditor(site, name, 'Ada'), openEditor(site, name, 'Bob')])
  const both = [ada.page, bob.page]
  const shows = (page: Page) => shownText(page, editor)
  const agreed = async (text: string): Promise<void> => {
    for (const page of both) await expect.poll(() => shows(page), { message: `what ${name} shows` }).toBe(text)
    for (const page of both) await sameOnServer(site, page, name, editor.type)
  }

  // Who is at the beginning and who at the end is seen before they write: a key is done once the editor has told its caret.
  const caretsAt = async (adas: number, bobs: number): Promise<void> => {
    await expect.poll(() => distanceOfCaret(bob.page, editor, adas), { message: 'Ada’s caret' }).toBeLessThan(4)
    await expect.poll(() => distanceOfCaret(ada.page, editor, bobs), { message: 'Bob’s caret' }).toBeLessThan(4)
  }
  const type = (page: Page, text: string): Promise<void> => page.keyboard.type(text)

  await goTo(ada.page, 'End')
  await type(ada.page, 'in the middle')
  await expect.poll(() => shows(bob.page)).toBe('in the middle')
  // One goes to where the other is, and away from there: a caret of somebody else holds no key up.
  await goTo(ada.page, 'Home')
  await goTo(bob.page, 'Home')
  await caretsAt(0, 0)
  await goTo(bob.page, 'End')
  await caretsAt(0, 'in the middle'.length)
  await Promise.all([type(ada.page, 'At the start, '), type(bob.page, ', at the end')])
  await agreed('At the start, in the middle, at the end')
  await caretsAt('At the start, '.length, 'At the start, in the middle, at the end'.length)

  const restore = await cut(bob)
  await Promise.all([type(ada.page, 'and '), type(bob.page, ' offline')])
  // An editor may show a key some time after it has taken it.
  await expect.poll(() => shows(ada.page)).toBe('At the start, and in the middle, at the end')
  await expect.poll(() => shows(bob.page)).toBe('At the start, in the middle, at the end offline')
  await restore()
  await agreed('At the start, and in the middle, at the end offline')
  await caretsAt('At the start, and '.length, 'At the start, and in the middle, at the end offline'.length)
  expect([ada.problems, bob.problems]).toEqual([[], []])
  await Promise.all([ada.close(), bob.close()])
}
