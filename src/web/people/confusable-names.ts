import type { Author } from '../../client/client.ts'

// Letters of other scripts, and figures, that a hurried eye takes for a Latin letter: the letter, then its twins.
const twins = new Map(
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
  ].flatMap(([letter = '', ...others]) => others.map(twin => [twin, letter] as const)),
)

// What says that something is a program, and does not make a name another one.
const titles = /(?:agent|bot|assistant|official|al)+$/ // as it looks: an i is an l

/** How a name looks at a glance: case, marks, spaces and letters that look the same make no difference. */
export function skeletonOf(name: string): string {
  const bare = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}|]/gu, '')
  const look = [...bare].map(letter => twins.get(letter) ?? letter).join('')
  return look.replaceAll('rn', 'm').replace(titles, '') || look
}

type Named = Pick<Author, 'id' | 'name' | 'kind'>

/** The ids of people whose name looks like that of somebody else, or like an agent's. */
export function confusableNames(everybody: Iterable<Named>): ReadonlySet<string> {
  const byLook = new Map<string, Map<string, Named>>()
  for (const one of everybody) {
    const look = skeletonOf(one.name)
    const alike = byLook.get(look) ?? new Map<string, Named>()
    byLook.set(look, alike.set(`${one.kind} ${one.id}`, one))
  }
  const several = [...byLook.values()].filter(alike => alike.size > 1)
  return new Set(several.flatMap(alike => [...alike.values()].flatMap(({ id, kind }) => (kind === 'person' ? id : []))))
}

/** An id as it cannot be mistaken: a letter that looks like another is written as its number. */
export function displayId(id: string): string {
  const plain = [...id].map(letter => {
    const code = letter.codePointAt(0) ?? 0
    return code > 0x7f && (twins.has(letter.toLowerCase()) || !/[\p{L}\p{N}]/u.test(letter))
      ? `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
      : letter
  })
  return plain.join('')
}
