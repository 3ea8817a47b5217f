import { limits } from './limits.ts'
import { escapeMark, visibleText } from './markdown/visible-text.ts'

// What a mention is, for the server, the client and the page: `@name` in what a message draws as text (T2).

/** A part of a text: [from, to). */
export type Range = { from: number; to: number }

const latin = '\\p{Script=Latin}\\p{Nd}' // digits of every script, for they go on with a word, too
// Before the `@`: nothing that could make it an address or a path.
const before = `(?<![A-Za-z0-9_.+%/@\\-${escapeMark}])`
// After a name in Latin letters: nothing that goes on with the word, or makes it an address or a path.
const after = `(?!${escapeMark}*(?:[${latin}\\p{M}_@/]|[.-]${escapeMark}*[${latin}]))`
const agentMention = new RegExp(`${before}@([A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?)${after}`, 'gu')
const anyMention = new RegExp(
  `${before}@(?:[${latin}](?:[${latin}\\p{M}_.-]{0,62}[${latin}\\p{M}])?${after}|(?![${latin}])\\p{L}[\\p{L}\\p{M}\\p{N}]{0,63})`,
  'gu',
)

/** Returns the agents that a message mentions (`@pickle`), each once, in their order, at most `limits.mentions`. */
export function mentionsIn(content: string, known: ReadonlySet<string>): string[] {
  if (!content.includes('@')) return [] // quick exits for most messages
  const lower = content.toLowerCase()
  for (const id of known) if (lower.includes(`@${id}`)) return agentsIn(visibleText(content), known)
  return []
}

/** Returns the places of everything that is a mention by its form, whether there is somebody of this name or not. */
export function mentionRanges(content: string): Range[] {
  if (!content.includes('@')) return []
  return [...visibleText(content).matchAll(anyMention)].map(({ 0: text, index }) => ({
    from: index,
    to: index + text.length,
  }))
}

/** Returns the text without its mentions. */
export function stripMentions(content: string): string {
  let text = ''
  let at = 0
  for (const { from, to } of mentionRanges(content)) {
    text += content.slice(at, from)
    at = to
  }
  return (text + content.slice(at)).trim()
}

/**
 * Does a message mention the user of this name? `others`: names of other users, because `@Ada Bob` mentions Ada Bob and
 * not Ada where both exist.
 */
export function isMentioned(content: string, name: string, others: readonly string[] = []): boolean {
  const wanted = fold(name)
  if (wanted === '' || !content.includes('@') || !fold(content).includes(`@${wanted}`)) return false
  const longer = others.map(fold).filter(other => other.length > wanted.length && other.startsWith(wanted))
  const text = fold(visibleText(content))
  for (const { index } of text.matchAll(new RegExp(`${before}@`, 'gu'))) {
    const at = index + 1
    if (endsAt(text, at, wanted) && !longer.some(other => endsAt(text, at, other))) return true
  }
  return false
}

/** Returns those of some names that a message mentions: the longest where one begins with another. */
export function mentionedNames(content: string, names: readonly string[]): Set<string> {
  const folded = fold(content)
  const likely = names.filter(name => folded.includes(`@${fold(name)}`)) // few, of perhaps thousands
  return new Set(likely.filter(name => isMentioned(content, name, likely)))
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** Does the name stand here, as a whole? */
function endsAt(text: string, at: number, name: string): boolean {
  if (!text.startsWith(name, at)) return false
  const ends = new RegExp(`[${latin}]$`, 'u').test(name) ? after : `(?!${escapeMark}*\\p{M})`
  const end = new RegExp(ends, 'uy')
  end.lastIndex = at + name.length
  return end.test(text)
}

function agentsIn(text: string, known: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  for (const [, name = ''] of text.matchAll(agentMention)) {
    if (found.size === limits.mentions) break
    if (known.has(name.toLowerCase())) found.add(name.toLowerCase())
  }
  return [...found]
}
