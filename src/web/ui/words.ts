import { words as first } from '../words/en/first.ts'
import { words as more } from '../words/en/more.ts'
import { partsOf } from '../words/languages.ts'
import { setWords } from '../words/words.ts'

/**
 * A language for numbers, dates and lists, as a BCP 47 tag, and its words: messages in ICU MessageFormat by the keys of
 * `english`. Those that are missing are in English.
 */
export type UiWords = { language: string; messages: { readonly [key: string]: string } }

/** English, as the components say it by default. */
export const english: UiWords = { language: 'en', messages: { ...first, ...more } }

/** Loads the words of a language: `en`, `de` or `ar`; English for any other. */
export async function loadWords(language: string): Promise<UiWords> {
  const found = partsOf(language)
  if (found === undefined) return english
  const [one, other] = await Promise.all(found.map(load => load()))
  return { language, messages: { ...one?.words, ...other?.words } }
}

/** Sets the words of everything that is rendered after this. */
export function applyWords({ language, messages }: UiWords): void {
  setWords(language, { ...english.messages, ...messages }, async () => ({}))
}
