/** A piece of a text, beginning at index `at`; a mention is a piece of its own. */
export type TextPiece = { at: number; text: string; isMention: boolean }

const mention = /(^|[^\p{L}\p{N}_@/])(@[\p{L}\p{N}](?:[\p{L}\p{N}_.-]{0,62}[\p{L}\p{N}_])?)/gu

/** Splits a text into its mentions and what is between them; joined, the pieces are the text. */
export function splitMentions(text: string): TextPiece[] {
  const pieces: TextPiece[] = []
  let from = 0
  for (const match of text.matchAll(mention)) {
    const [, lead = '', name = ''] = match
    const at = match.index + lead.length
    if (at > from) pieces.push({ at: from, text: text.slice(from, at), isMention: false })
    pieces.push({ at, text: name, isMention: true })
    from = at + name.length
  }
  if (from < text.length) pieces.push({ at: from, text: text.slice(from), isMention: false })
  return pieces
}
