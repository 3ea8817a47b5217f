import type { Author } from '../../client/client.ts'

// Latin letters, each followed by the letters of other scripts and the digits that look like it.
const lookalikes = new Map(
  [
    'aаαɑ',
    'bЬв',
    'cсϲ',
    'dԁ',
    'eеєε',
    'gɡ',
    'hһн',
    'jјϳ',
    'kкκ',
    'lіιı1|iӏ',
    'mм',
    'nпη',
    'oоοσ0',
    'pрρ',
    'qԛ',
    'rг',
    'sѕ',
    'tтτ',
    'uυս',
    'vνѵ',
    'wԝω',
    'xхχ',
    'yуγ',
    'zʐ',
  ].flatMap(([letter = '', ...others]) => others.map(other => [other, letter] as const)),
)

// Suffixes that do not make a different name. They are matched against a skeleton, where an i is an l.
const suffixes = /(?:agent|bot|assistant|official|al)+$/

/** Returns a form that is the same for names that look alike: without case, accents, spaces and look-alike letters. */
export function skeletonOf(name: string): string {
  const bare = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}|]/gu, '')
  const skeleton = [...bare].map(letter => lookalikes.get(letter) ?? letter).join('')
  return skeleton.replaceAll('rn', 'm').replace(suffixes, '') || skeleton
}

type Named = Pick<Author, 'id' | 'name' | 'kind'>

/** Returns the ids of the people whose name looks like the name of another person or of an agent. */
export function confusableNames(authors: Iterable<Named>): ReadonlySet<string> {
  const bySkeleton = new Map<string, Map<string, Named>>()
  for (const author of authors) {
    const skeleton = skeletonOf(author.name)
    const group = bySkeleton.get(skeleton) ?? new Map<string, Named>()
    bySkeleton.set(skeleton, group.set(`${author.kind} ${author.id}`, author))
  }
  const groups = [...bySkeleton.values()].filter(group => group.size > 1)
  return new Set(groups.flatMap(group => [...group.values()].flatMap(({ id, kind }) => (kind === 'person' ? id : []))))
}

/** Returns the id with its look-alike letters and invisible characters written as code points, `[U+0430]`. */
export function displayId(id: string): string {
  const plain = [...id].map(letter => {
    const code = letter.codePointAt(0) ?? 0
    return code > 0x7f && (lookalikes.has(letter.toLowerCase()) || !/[\p{L}\p{N}]/u.test(letter))
      ? `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
      : letter
  })
  return plain.join('')
}
