import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, expect, test } from 'vitest'
import { words as german } from '../../../src/web/words/de/first.ts'
import { words as more } from '../../../src/web/words/de/more.ts'
import { words as english } from '../../../src/web/words/en/first.ts'
import { words as moreEnglish } from '../../../src/web/words/en/more.ts'
import { list, number } from '../../../src/web/words/format.ts'
import { problemText } from '../../../src/web/words/problem-text.ts'
import { rich, setWords, t, withWords, wordsOfCode } from '../../../src/web/words/words.ts'

afterEach(() => setWords('en', english))

test('a message has its values in place of its arguments, and the form of its number', () => {
  setWords('en', { ...english, ...moreEnglish })
  expect(t('sidebar.remove', { name: 'dev' })).toBe('Remove dev from the list')
  expect([1, 2, 1_234].map(count => t('conversation.newMessages', { count }))).toEqual([
    '1 new message',
    '2 new messages',
    '1,234 new messages',
  ])
  expect([2, 3, 4, 11, 22].map(place => t('turn.inLine', { place }))).toEqual([
    'waiting, 2nd in line',
    'waiting, 3rd in line',
    'waiting, 4th in line',
    'waiting, 11th in line',
    'waiting, 22nd in line',
  ])
})

test('a value is a text and never a message: what people write formats nothing', () => {
  setWords('en', english)
  expect(t('sidebar.remove', { name: '{name} # {count, plural, other {#}}' })).toBe(
    'Remove {name} # {count, plural, other {#}} from the list',
  )
})

test('in a language from right to left, a value cannot disturb the order of the words around it', () => {
  setWords('ar', english)
  expect(t('sidebar.remove', { name: 'dev' })).toBe('Remove \u2068dev\u2069 from the list')
})

test('a value can be an element', () => {
  setWords('de', german)
  const name = createElement('bdi', null, 'Ada')
  expect(renderToStaticMarkup(createElement('p', null, rich('conversation.privateBeginning', { name })))).toBe(
    '<p>Das ist der Anfang deines privaten Chats mit <bdi>Ada</bdi>. Niemand sonst kann ihn lesen.</p>',
  )
})

test('what is loaded when it is needed brings its words', async () => {
  setWords('de', german, async () => more)
  expect(await withWords(async () => 'a module')).toBe('a module')
  expect(t('thread.count', { count: 0 })).toBe('Noch keine Antworten')
  expect(german).not.toHaveProperty(['thread.count'])
})

test('the code of an error decides its words; without any, its own message is shown as a sentence', async () => {
  const refusal = Object.assign(new Error('only moderators can do this'), { code: 'forbidden' })
  setWords('en', english)
  expect(problemText(refusal)).toBe('Only moderators can do this.')
  setWords('de', german, async () => more)
  await withWords(async () => null)
  expect(problemText(refusal)).toBe('Das darfst du hier nicht.')
  expect(problemText(Object.assign(new Error('not on Sundays'), { code: 'x_closed' }))).toBe('Not on Sundays.')
  expect(problemText(new TypeError('Failed to fetch'))).toBe('Der Server ist nicht erreichbar.')
  expect(wordsOfCode('x_closed')).toBeNull()
})

test('numbers and lists are those of the language', () => {
  setWords('de', german)
  expect([number(1_234.5), list(['a', 'b', 'c'])]).toEqual(['1.234,5', 'a, b und c'])
  setWords('en-GB', english)
  expect([number(1_234.5), list(['a', 'b', 'c'])]).toEqual(['1,234.5', 'a, b, c'])
})

test('a message that does not exist, and a value that is missing, are errors of type', () => {
  setWords('en', english)
  // @ts-expect-error there is no such message
  expect(() => t('sidebar.nothing')).toThrow()
  // @ts-expect-error the name is missing
  t('sidebar.remove')
  // @ts-expect-error it is called `name`
  t('sidebar.remove', { circle: 'dev' })
})
