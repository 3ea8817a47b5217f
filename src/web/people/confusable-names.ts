import type { Author } from '../../client/client.ts'

/** What letters look like: `signOf` a letter or sign before its case is folded, `twinOf` after accents are taken off. */
export type Letters = { signOf(sign: string): string; twinOf(letter: string): string }

/** The letters of ASCII. */
export const plainLetters: Letters = {
  signOf: sign => sign,
  twinOf: letter => (letter === '0' ? 'o' : /[iI1|]/.test(letter) ? 'l' : letter.toLowerCase()),
}

/** Returns whether a name has letters of which `plainLetters` knows nothing. */
export const isBeyondAscii = (name: string): boolean => /[^\x20-\x7e]/.test(name)

// Suffixes that do not make a different name. They are matched against a skeleton, where an i is an l.
const suffixes = /(?:agent|bot|assistant|official|al)+$/

/**
 * Returns a form that is the same for names that look alike: without case, accents, spaces, invisible characters and
 * look-alike letters. It is empty for a name of which nothing can be seen.
 */
export function skeletonOf(name: string, { signOf, twinOf }: Letters): string {
  const latin = [...name].map(signOf).join('') // signs too, and before NFKD changes them
  const bare = latin.normalize('NFKD').replace(/\p{Default_Ignorable_Code_Point}|[^\p{L}\p{N}|]/gu, '')
  const skeleton = [...bare].map(twinOf).join('').replaceAll('rn', 'm').replaceAll('vv', 'w')
  return skeleton.replace(suffixes, '') || skeleton
}

type Named = Pick<Author, 'id' | 'name' | 'kind'>

/** Returns the ids of the people whose name looks like the name of another person or of an agent, or like nothing. */
export function confusableNames(authors: Iterable<Named>, letters: Letters): ReadonlySet<string> {
  const bySkeleton = new Map<string, Map<string, Named>>()
  for (const author of authors) {
    const skeleton = skeletonOf(author.name, letters)
    const group = bySkeleton.get(skeleton) ?? new Map<string, Named>()
    bySkeleton.set(skeleton, group.set(`${author.kind} ${author.id}`, author))
  }
  const groups = [...bySkeleton]
    .filter(([skeleton, group]) => group.size > 1 || skeleton === '')
    .map(([, group]) => group)
  return new Set(groups.flatMap(group => [...group.values()].flatMap(({ id, kind }) => (kind === 'person' ? id : []))))
}

/** Returns the id with its look-alike letters and invisible characters written as code points, `[U+0430]`. */
export function displayId(id: string, { twinOf }: Letters): string {
  const plain = [...id].map(letter => {
    const code = letter.codePointAt(0) ?? 0
    return code > 0x7f && isMistakable(letter, twinOf)
      ? `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
      : letter
  })
  return plain.join('')
}

const isMistakable = (letter: string, twinOf: Letters['twinOf']): boolean =>
  /\p{Default_Ignorable_Code_Point}|[^\p{L}\p{N}]/u.test(letter) ||
  letter.normalize('NFKC') !== letter ||
  /^[a-z]$/.test(twinOf(letter))
