import { IntlMessageFormat } from 'intl-messageformat'
import { expect, test } from 'vitest'
import { formatParts, setLocale } from '../../../src/web/words/format.ts'
import { catalogues } from './catalogues.ts'

const english = catalogues.get('en') ?? {}
const others = [...catalogues.keys()].filter(language => language !== 'en')
const isCode = (key: string): boolean => /^(error|cause)\./.test(key)

/** An argument of a message, as the reference implementation reads it. */
type Argument = { name: string; type: string; forms: string[] }

// What the reference implementation calls the elements of a message (formatjs.github.io, icu-messageformat-parser).
const types = new Map([
  [1, 'argument'],
  [2, 'number'],
  [5, 'select'],
  [6, 'plural'],
])

type Ast = ReturnType<IntlMessageFormat['getAst']>

function argumentsOf(elements: Ast): Argument[] {
  return elements.flatMap((element): Argument[] => {
    const kind = types.get(element.type)
    if (element.type === 0 || element.type === 7) return [] // a text, and the number sign in a plural
    if (kind === undefined || !('value' in element)) throw new Error(`no such element is formatted: ${element.type}`)
    if (!('options' in element)) return [{ name: element.value, type: kind, forms: [] }]
    const type = 'pluralType' in element && element.pluralType === 'ordinal' ? 'ordinal' : kind
    const own = { name: element.value, type, forms: Object.keys(element.options) }
    return [own, ...Object.values(element.options).flatMap(({ value }) => argumentsOf(value))]
  })
}

const read = (message: string): Argument[] => argumentsOf(new IntlMessageFormat(message, 'en').getAst())

const signature = (message: string): string[] =>
  [
    ...new Set(
      read(message).map(({ name, type, forms }) =>
        type === 'select' ? `${name} ${type} ${forms.toSorted().join()}` : `${name} ${type}`,
      ),
    ),
  ].toSorted()

test.each(others)('each message is there in %s, and no other', language => {
  const keys = Object.keys(catalogues.get(language) ?? {}).filter(key => !isCode(key))
  expect(keys.toSorted()).toEqual(Object.keys(english).toSorted())
})

test.each(others)('each message has the same arguments in %s', language => {
  const catalogue = catalogues.get(language) ?? {}
  const signatures = (words: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.keys(english).map(key => [key, signature(words[key] ?? '')]))
  expect(signatures(catalogue)).toEqual(signatures(english))
})

test.each([...catalogues.keys()])('each plural in %s has all forms of that language, and no other', language => {
  const wrong = Object.entries(catalogues.get(language) ?? {}).flatMap(([key, message]) =>
    read(message)
      .filter(({ type }) => type === 'plural' || type === 'ordinal')
      .map(({ type, forms }) => ({
        key,
        forms: forms.filter(form => !form.startsWith('=')).toSorted(),
        wanted: new Intl.PluralRules(language, { type: type === 'ordinal' ? 'ordinal' : 'cardinal' })
          .resolvedOptions()
          .pluralCategories.toSorted(),
      }))
      .filter(({ forms, wanted }) => forms.join() !== wanted.join()),
  )
  expect(wrong).toEqual([])
})

test('no message has an apostrophe, which the reference implementation would take for a quotation mark', () => {
  const all = [...catalogues].flatMap(([language, words]) =>
    Object.entries(words).map(([key, message]) => ({ where: `${language} ${key}`, message })),
  )
  expect(all.filter(({ message }) => message.includes("'"))).toEqual([])
  expect(all.length).toBeGreaterThan(1_000)
})

const counts = [0, 1, 2, 3, 4, 5, 11, 21, 22, 23, 100, 101, 102, 1_234]
const isolates = /[\u2068\u2069]/g

test.each([...catalogues.keys()])('messages in %s read as the reference implementation formats them', language => {
  setLocale(language)
  const wrong = Object.entries(catalogues.get(language) ?? {}).flatMap(([key, message]) => {
    const read = argumentsOf(new IntlMessageFormat(message, language).getAst())
    const choices = read.find(({ type }) => type === 'select')?.forms ?? ['other']
    return choices.flatMap(choice =>
      counts
        .map(count =>
          Object.fromEntries(
            read.map(({ name, type }) => [
              name,
              type === 'argument' ? `‹${name}›` : type === 'select' ? choice : count,
            ]),
          ),
        )
        .map(values => ({
          key,
          ours: formatParts<string | number>(message, values).join('').replace(isolates, ''),
          theirs: String(new IntlMessageFormat(message, language).format(values)).replace(isolates, ''),
        }))
        .filter(({ ours, theirs }) => ours !== theirs),
    )
  })
  setLocale('en')
  expect(wrong).toEqual([])
})

// What is the same in another language: names of keys, units, an example, and words that German has taken over.
const shared = new Map([
  ['de', ['event.took', 'files.kilobytes', 'files.megabytes', 'settings.rulesExample', 'code.language']],
  ['ar', ['keys.enter', 'keys.shift', 'keys.ctrl', 'settings.rulesExample']],
])
const germanToo = new Set(['Agent', 'Circles', 'Code', 'Live', 'Moderator', 'Status', 'Thread', 'Token'])

test.each(others)('no message in %s is left in English', language => {
  const catalogue = catalogues.get(language) ?? {}
  const wordsOf = (message = ''): string[] =>
    (message.replace(/\{[^{}]*\}/g, '').match(/\p{L}{2,}/gu) ?? []).filter(word => !germanToo.has(word))
  const same = Object.keys(english).filter(key => wordsOf(english[key]).length > 0 && catalogue[key] === english[key])
  expect(same.filter(key => !shared.get(language)?.includes(key))).toEqual([])
})
