// Raw HTML of CommonMark: where a block of it begins and ends, and what a tag within a paragraph is.

const attribute = String.raw`\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>${'`'}]+|'[^']*'|"[^"]*"))?`
const openTag = String.raw`<[A-Za-z][A-Za-z0-9-]*(?:${attribute})*\s*\/?>`
const closeTag = String.raw`<\/[A-Za-z][A-Za-z0-9-]*\s*>`

const blockNames =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul'

// Each beginning with its end; null: the block ends before a blank line.
const blocks: readonly [begin: RegExp, end: RegExp | null][] = [
  [/^<(?:script|pre|textarea|style)(?:\s|>|$)/i, /<\/(?:script|pre|textarea|style)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![A-Za-z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [new RegExp(`^</?(?:${blockNames})(?:\\s|/?>|$)`, 'i'), null],
]
const anyTag = new RegExp(`^(?:${openTag}|${closeTag})\\s*$`) // begins a block, but does not interrupt a paragraph

/** How a block of HTML that begins with this line ends; undefined if the line begins none. */
export function htmlBlockEnd(line: string, interruptsParagraph: boolean): RegExp | null | undefined {
  const block = blocks.find(([begin]) => begin.test(line))
  if (block !== undefined) return block[1]
  return !interruptsParagraph && anyTag.test(line) ? null : undefined
}

const longestTag = 2_000 // characters; without a bound, many tags that never close would cost the square of the length
const tag = new RegExp(
  `^(?:${openTag}|${closeTag}|<!--(?:>|->|[\\s\\S]*?-->)|<\\?[\\s\\S]*?\\?>|<![A-Za-z][^>]*>|<!\\[CDATA\\[[\\s\\S]*?\\]\\]>)`,
)
const autolink =
  /^<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>/

/** The length of what a `<` begins, an address in angle brackets or raw HTML; null if it is only a character. */
export function angleAt(content: string, at: number): { length: number; isAddress: boolean } | null {
  const text = content.slice(at, at + longestTag)
  const address = autolink.exec(text)
  if (address !== null) return { length: address[0].length, isAddress: true }
  const html = tag.exec(text)
  return html === null ? null : { length: html[0].length, isAddress: false }
}
