import { words as arFirst } from '../../../src/web/words/ar/first.ts'
import { words as arMore } from '../../../src/web/words/ar/more.ts'
import { words as deFirst } from '../../../src/web/words/de/first.ts'
import { words as deMore } from '../../../src/web/words/de/more.ts'
import { words as enFirst } from '../../../src/web/words/en/first.ts'
import { words as enMore } from '../../../src/web/words/en/more.ts'

/** All messages of each language, by key. */
export const catalogues: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['en', { ...enFirst, ...enMore }],
  ['de', { ...deFirst, ...deMore }],
  ['ar', { ...arFirst, ...arMore }],
])
