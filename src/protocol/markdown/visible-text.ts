import { type Leaf, leavesOf, type Piece } from './blocks.ts'
import { type Hidden, hiddenIn } from './inlines.ts'
import { readDefinition } from './links.ts'
import { splitTable } from './tables.ts'

/** Stands where something is not drawn as text. No message contains control characters but tab and line feed. */
export const hiddenMark = '\u0001'
/** Stands before a character that is drawn but means nothing: one that is escaped, or written as a character reference. */
export const escapeMark = '\u0002'

const url = /(?<![A-Za-z])(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.)[^\s\u0001]+/gi

/**
 * The text of a message as it is drawn, as long as the message: what is drawn as something else is replaced by marks.
 * That is code (fenced, indented or in a line), Markdown's own characters, and addresses. Lines behind a `>` repeat what
 * was said before, and are left out. CommonMark with tables and addresses as on GitHub, in time linear in the length.
 */
export function visibleText(text: string): string {
  const marks = new Array<string | null>(text.length).fill(hiddenMark) // null: drawn as it is
  const leaves = leavesOf(text).flatMap(leaf => splitTable(text, leaf))
  const paragraphs = leaves.map(leaf => ({ leaf, content: contentOf(text, leaf) }))
  const definitions = new Set<string>()
  const starts = paragraphs.map(paragraph => skipDefinitions(paragraph, definitions))
  for (const [index, { leaf, content }] of paragraphs.entries()) {
    draw(leaf, marks, { content, start: starts[index] ?? 0, definitions })
  }
  let drawn = ''
  for (let at = 0; at < text.length; at++) drawn += text[at] === '\n' ? '\n' : (marks[at] ?? text[at])
  return drawn.replace(url, address => hiddenMark.repeat(address.length))
}

type Content = { content: string; start: number; definitions: ReadonlySet<string> }

function contentOf(text: string, { pieces }: Leaf): string {
  return pieces.map(({ from, to }) => text.slice(from, to)).join('\n')
}

/** Collects the definitions of links that begin a paragraph, and returns where its text begins. */
function skipDefinitions({ leaf, content }: { leaf: Leaf; content: string }, definitions: Set<string>): number {
  let at = 0
  while (leaf.kind === 'inline' && content[at] === '[') {
    const definition = readDefinition(content, at)
    if (definition === null) break
    definitions.add(definition.name)
    at = definition.end
  }
  return at
}

/** Notes what of a leaf is drawn. */
function draw({ kind, pieces }: Leaf, marks: (string | null)[], { content, start, definitions }: Content): void {
  const hidden = kind === 'html' ? [] : hiddenIn(content.slice(start), definitions)
  const isDrawn: (string | null)[] = new Array<string | null>(content.length).fill(null)
  isDrawn.fill(hiddenMark, 0, start)
  for (const part of hidden) hide(isDrawn, part, start)
  let offset = 0
  for (const piece of pieces) {
    copy(piece, marks, isDrawn, offset)
    offset += piece.to - piece.from + 1
  }
}

function hide(isDrawn: (string | null)[], { from, to, drawn }: Hidden, start: number): void {
  isDrawn.fill(drawn === null ? hiddenMark : escapeMark, start + from, start + to)
  for (const [index, unit] of (drawn ?? '').split('').reverse().entries()) isDrawn[start + to - 1 - index] = unit
}

function copy(
  { from, to, isQuoted }: Piece,
  marks: (string | null)[],
  isDrawn: (string | null)[],
  offset: number,
): void {
  if (isQuoted) return
  for (let at = from; at < to; at++) marks[at] = isDrawn[offset + at - from] ?? null
}
