import { setWords, type Words } from './words.ts'

/** What loads a part of the words of a language. */
type Part = () => Promise<{ words: Words }>

const english: readonly [Part, Part] = [() => import('./en/first.ts'), () => import('./en/more.ts')]

const languages = new Map<string, readonly [Part, Part]>([
  ['en', english],
  ['de', [() => import('./de/first.ts'), () => import('./de/more.ts')]],
  ['ar', [() => import('./ar/first.ts'), () => import('./ar/more.ts')]],
])

/** The languages of the page, as BCP 47 tags. public/theme.js chooses one of them before the first paint. */
export const languageTags = (): string[] => [...languages.keys()]

/** Returns what loads the two parts of the words of a language, a BCP 47 tag; undefined: there are none. */
export const partsOf = (tag: string): readonly [Part, Part] | undefined => languages.get(tag.slice(0, 2))

/** Loads the words of a language, a BCP 47 tag; those of others stay on the server. */
export async function loadWords(tag: string): Promise<void> {
  const [first, more] = partsOf(tag) ?? english
  const { words } = await first()
  setWords(tag, words, async () => (await more()).words)
}
