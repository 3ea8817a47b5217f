import { limits } from '../protocol/limits.ts'

// Text in which a mention does not count: code, URLs and email addresses. Each pattern reads a text once, since no two
// of its repetitions can match the same character.
const ignoredText = [
  /```[\s\S]*?(?:```|$)/g, // a fence, also one that was never closed
  /(?<!`)``(?!`)[^\n]*?``(?!`)/g, // a code span that may contain a backtick
  /(?<!`)`+[^`\n]+`+/g, // a code span
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/\S+/gi, // https://example.com/@pickle
  /\bwww\.\S+/gi,
]

// A mention may not have a character beside it that makes it part of an address, a path or a word.
const mention =
  /(?<![\p{L}\p{N}_.+%/@-])@([a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?)(?![\p{L}\p{N}_@/]|[.-][\p{L}\p{N}])/giu

/** Returns the agents that a text mentions (`@pickle`), each once, in their order, at most `limits.mentions`. */
export function mentionsIn(content: string, known: ReadonlySet<string>): string[] {
  if (!content.includes('@') || namesIn(content, known).length === 0) return [] // quick exit for most messages
  return namesIn(
    ignoredText.reduce((text, pattern) => text.replace(pattern, ' '), content),
    known,
  )
}

/** Removes everything that looks like a mention, whether such an agent exists or not. */
export function stripMentions(content: string): string {
  return content.replace(/(?<![\w.])@[a-z0-9][a-z0-9_-]*/gi, '').trim()
}

function namesIn(text: string, known: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  for (const [, name = ''] of text.matchAll(mention)) {
    if (found.size === limits.mentions) break
    if (known.has(name.toLowerCase())) found.add(name.toLowerCase())
  }
  return [...found]
}
