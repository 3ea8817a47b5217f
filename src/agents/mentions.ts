import { limits } from '../protocol/limits.ts'

// What only looks like a mention: code, addresses of pages and of people. Each pattern reads a text once: no two
// of its repetitions can share a character.
const notTalk = [
  /```[\s\S]*?(?:```|$)/g, // a fence, also one that was never closed
  /(?<!`)``(?!`)[^\n]*?``(?!`)/g, // a code span that may hold a backtick
  /(?<!`)`+[^`\n]+`+/g, // a code span
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/\S+/gi, // https://example.com/@pickle
  /\bwww\.\S+/gi,
]

// What makes it part of an address, a path or a word may stand neither before nor after it.
const mention =
  /(?<![\p{L}\p{N}_.+%/@-])@([a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?)(?![\p{L}\p{N}_@/]|[.-][\p{L}\p{N}])/giu

/** The agents mentioned in a line (`@pickle`), each once, in the order they are named, at most `limits.mentions`. */
export function mentionsIn(content: string, known: ReadonlySet<string>): string[] {
  if (!content.includes('@') || namesIn(content, known).length === 0) return [] // most lines; the rest is read closely
  return namesIn(
    notTalk.reduce((text, pattern) => text.replace(pattern, ' '), content),
    known,
  )
}

function namesIn(text: string, known: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  for (const [, name = ''] of text.matchAll(mention)) {
    if (found.size === limits.mentions) break
    if (known.has(name.toLowerCase())) found.add(name.toLowerCase())
  }
  return [...found]
}
