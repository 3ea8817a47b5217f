// What may follow the text of a link, and definitions of links. Every function returns the end of what it read, or null.

const maxParentheses = 32 // within an address
const label = /\[(?:[^\\[\]]|\\[\s\S]){1,999}\]/y
const bracketed = /<(?:[^<>\n\\]|\\.)*>/y
const titles = new Map([
  ['"', /"(?:[^"\\]|\\[\s\S])*"/y],
  ["'", /'(?:[^'\\]|\\[\s\S])*'/y],
  ['(', /\((?:[^()\\]|\\[\s\S])*\)/y],
])

/** Reads `(address "title")`. */
export function readResource(content: string, at: number): number | null {
  if (content[at] !== '(') return null
  const start = skipSpace(content, at + 1)
  if (content[start] === ')') return start + 1
  const address = readAddress(content, start)
  if (address === null) return null
  let next = skipSpace(content, address)
  if (next > address && titles.has(content[next] ?? '')) {
    const title = readTitle(content, next)
    if (title === null) return null
    next = skipSpace(content, title)
  }
  return content[next] === ')' ? next + 1 : null
}

/** Reads `[label]`, and returns the name of its definition, too. */
export function readLabel(content: string, at: number): { end: number; name: string } | null {
  const end = match(label, content, at)
  const name = end === null ? '' : nameOf(content.slice(at + 1, end - 1))
  return end === null || name === '' ? null : { end, name }
}

/** The name by which labels find their definition. */
export function nameOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase().toUpperCase()
}

/** Reads one definition, `[label]: address "title"`, that begins a paragraph. */
export function readDefinition(content: string, at: number): { end: number; name: string } | null {
  const read = readLabel(content, at)
  if (read === null || content[read.end] !== ':') return null
  const address = readAddress(content, skipSpace(content, read.end + 1))
  if (address === null) return null
  const beforeTitle = skipSpace(content, address)
  const title = beforeTitle > address ? readTitle(content, beforeTitle) : null
  const end = (title === null ? null : endOfLine(content, title)) ?? endOfLine(content, address)
  return end === null ? null : { end, name: read.name }
}

function readTitle(content: string, at: number): number | null {
  const pattern = titles.get(content[at] ?? '')
  return pattern === undefined ? null : match(pattern, content, at)
}

function readAddress(content: string, at: number): number | null {
  if (content[at] === '<') return match(bracketed, content, at)
  let depth = 0
  let end = at
  for (; end < content.length; end++) {
    const char = content[end] ?? ''
    if (char <= ' ' || char === '\u007f') break
    if (char === '\\' && end + 1 < content.length && content.charCodeAt(end + 1) > 32) end += 1
    else if (char === '(' && ++depth > maxParentheses) return null
    else if (char === ')' && --depth < 0) break
  }
  return end === at || depth > 0 ? null : end
}

/** The place after the line feed, if only spaces come before it. */
function endOfLine(content: string, at: number): number | null {
  const [spaces = ''] = /^[ \t]*/.exec(content.slice(at, at + 1_000)) ?? []
  const end = at + spaces.length
  if (end >= content.length) return content.length
  return content[end] === '\n' ? end + 1 : null
}

function skipSpace(content: string, at: number): number {
  let end = at
  while (content[end] === ' ' || content[end] === '\t' || content[end] === '\n') end++
  return end
}

function match(pattern: RegExp, content: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(content) ? pattern.lastIndex : null
}
